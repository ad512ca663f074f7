// npm scripts side by side; each one's output in one piece when it ends. Arguments: their names. Exit 1 when one fails.
import { spawn } from 'node:child_process';

const npm = process.env['npm_execpath'];
if (npm === undefined) throw new Error('Start this by npm: it runs the scripts of package.json.');

const codes = await Promise.all(process.argv.slice(2).map(run));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

/** Resolves to the exit code, or null after a signal. */
function run(name) {
  const child = spawn(process.execPath, [npm, 'run', name], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(output));
      resolve(code);
    });
  });
}

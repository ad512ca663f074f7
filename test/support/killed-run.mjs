// A run, or a cleanup, in a process of its own that kills itself before operation number `killAt` (0: never).
// Arguments: JSON {mode, killAt, signal, contract, organization, output, folder, checks}. Prints JSON lines.
import { setTimeout as pause } from 'node:timers/promises';

const options = JSON.parse(process.argv[2]);
const root = new URL('../../', import.meta.url);
const places = { checksFolder: new URL('dist/checks/', root), packageFolder: root };

let count = 0;
const operations = [];
const operation = (name) => {
  count += 1;
  operations.push(name);
  if (count === options.killAt) process.kill(process.pid, options.killSignal ?? 'SIGKILL');
};
const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => controller.abort(new Error('interrupted')));

// Each mode loads only its own half: loading takes most of the time of a process.
if (options.mode === 'run') {
  const { loadChecks } = await import('../../dist/src/cli/check-catalog.js');
  const { prepareRun } = await import('../../dist/src/cli/execute-run.js');
  const run = await prepareRun(
    {
      contract: options.contract,
      organization: options.organization,
      writes: 'all',
      gate: 'go',
      output: options.output,
      seed: 'killed',
      selected: options.checks,
      signal: controller.signal,
      operation,
    },
    places,
    await loadChecks(places.checksFolder),
  );
  const gathered = await run.execute();
  process.stdout.write(JSON.stringify({ folder: gathered.folder, how: gathered.how, operations }) + '\n');
} else {
  const { recoverRun } = await import('../../dist/src/cli/recover.js');
  const result = await recoverRun(
    options.folder,
    { organization: options.organization },
    places,
    controller.signal,
    operation,
  );
  process.stdout.write(JSON.stringify({ ...result, operations }) + '\n');
}
// The event loop must empty by itself: an open handle would show as a time-out here.
await pause(0);

import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createPrivateFolder, writePrivateFile } from '../keys.js';

/** A program of this folder at work in a process of its own. */
export interface RunningProgram {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly processId: number;
  /** Resolves when it has said goodbye and is gone; killed after five seconds. */
  stop(): Promise<void>;
}

const readyWithinMs = 20_000;
const goneWithinMs = 5_000;
const mostErrorText = 2_000;

/**
 * Starts a program of this folder and waits until it says where it listens.
 *
 * @param folder where its configuration lies while it runs, readable by its owner only
 * @throws Error with the first words of its stderr when it does not get ready
 */
export async function startProgram(name: string, folder: string, configuration: object): Promise<RunningProgram> {
  await createPrivateFolder(folder);
  const file = await writePrivateFile(folder, `${name}.json`, JSON.stringify(configuration));
  const own = fileURLToPath(import.meta.url);
  const fromSource = own.endsWith('.ts');
  const program = fileURLToPath(new URL(`./${name}${fromSource ? '.ts' : '.js'}`, import.meta.url));
  const child = spawn(process.execPath, [...(fromSource ? ['--import', 'tsx'] : []), program, file], {
    cwd: dirname(program),
    stdio: ['pipe', 'pipe', 'pipe'],
    // Nothing of the parent's environment is any of its business.
    env: {},
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, mostErrorText);
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });

  async function stop(): Promise<void> {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), goneWithinMs);
    await gone;
    clearTimeout(timer);
    await rm(file, { force: true });
  }

  const origin = await new Promise<string | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), readyWithinMs);
    const lines = createInterface({ input: child.stdout });
    lines.once('line', (line) => {
      clearTimeout(timer);
      resolve((JSON.parse(line) as { listening: string }).listening);
    });
    void gone.then(() => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
  if (origin === undefined) {
    await stop();
    throw new Error(`the AI system ${name} did not start: ${complaint.trim()}`);
  }
  return { origin, processId: child.pid ?? 0, stop };
}

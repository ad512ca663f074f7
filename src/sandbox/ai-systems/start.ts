import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createPrivateFolder, writePrivateFile } from '../keys.js';
import type { Configuration } from './configuration.js';
import { newToken } from './door.js';

export type AiSystemName = 'integrated' | 'answering-machine';

/** A reference AI system at work in a process of its own. */
export interface RunningAiSystem {
  /** `aiSystem.query.url`, `aiSystem.control.url` and the door for calls. */
  readonly queryUrl: string;
  readonly controlUrl: string;
  readonly callUrl: string;
  /** Bearer token of all three. */
  readonly token: string;
  /** `aiSystem.webhook.url`, and what an event posted there is signed with. */
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly processId: number;
  /** Resolves when it has ended its subscription and is gone; killed after five seconds. */
  stop(): Promise<void>;
}

const readyWithinMs = 10_000;
const goneWithinMs = 5_000;
const mostErrorText = 2_000;

/**
 * Starts a reference AI system and waits until it listens.
 *
 * @param folder where its configuration lies while it runs, readable by its owner only
 * @throws Error with the first words of its stderr when it does not get ready
 */
export async function startAiSystem(
  name: AiSystemName,
  folder: string,
  settings: Omit<Configuration, 'controlToken' | 'webhookSecret' | 'port'>,
): Promise<RunningAiSystem> {
  const token = newToken();
  await createPrivateFolder(folder);
  const webhookSecret = newToken();
  const configuration: Configuration = { ...settings, controlToken: token, webhookSecret, port: 0 };
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
  return {
    queryUrl: `${origin}/availability`,
    controlUrl: `${origin}/control`,
    callUrl: `${origin}/call`,
    token,
    webhookUrl: `${origin}/webhook`,
    webhookSecret,
    processId: child.pid ?? 0,
    stop,
  };
}

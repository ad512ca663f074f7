import { join } from 'node:path';
import type { Configuration } from './configuration.js';
import type { AiSystemName } from './names.js';
import { newToken } from './door.js';
import { startProgram } from './start-program.js';

export type { AiSystemName };

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
  /** `aiSystem.auditExport.url`: the log of its writes, behind the same token, and the file it lies in. */
  readonly logUrl: string;
  readonly logFile: string;
  readonly processId: number;
  /** Resolves when it has ended its subscription and is gone; killed after five seconds. */
  stop(): Promise<void>;
}

/**
 * Starts a reference AI system and waits until it listens.
 *
 * @param folder where its configuration lies while it runs, readable by its owner only
 * @throws Error with the first words of its stderr when it does not get ready
 */
export async function startAiSystem(
  name: AiSystemName,
  folder: string,
  settings: Omit<Configuration, 'controlToken' | 'webhookSecret' | 'port' | 'logFile'>,
): Promise<RunningAiSystem> {
  const token = newToken();
  const webhookSecret = newToken();
  const logFile = join(folder, `${name}-writes.ndjson`);
  const configuration: Configuration = { ...settings, controlToken: token, webhookSecret, port: 0, logFile };
  const program = await startProgram(name, folder, configuration);
  const { origin } = program;
  return {
    queryUrl: `${origin}/availability`,
    controlUrl: `${origin}/control`,
    callUrl: `${origin}/call`,
    token,
    webhookUrl: `${origin}/webhook`,
    webhookSecret,
    logUrl: `${origin}/log`,
    logFile,
    processId: program.processId,
    stop: () => program.stop(),
  };
}

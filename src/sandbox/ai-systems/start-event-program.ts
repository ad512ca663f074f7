import type { ProductConfiguration } from './configuration.js';
import { newToken } from './door.js';
import { startProgram } from './start-program.js';
import type { RunningAiSystem } from './start.js';

/** A product at work that is told of events and keeps no log. */
export type RunningEventProgram = Omit<RunningAiSystem, 'queryUrl' | 'callUrl' | 'logUrl' | 'logFile'>;

/** Starts a product that works on what it is told and waits until it listens, like `startAiSystem`. */
export async function startEventProgram<Settings extends ProductConfiguration>(
  name: string,
  folder: string,
  settings: Omit<Settings, 'controlToken' | 'webhookSecret' | 'port'>,
): Promise<RunningEventProgram> {
  const token = newToken();
  const webhookSecret = newToken();
  const program = await startProgram(name, folder, { ...settings, controlToken: token, webhookSecret, port: 0 });
  const { origin, processId } = program;
  return {
    controlUrl: `${origin}/control`,
    token,
    webhookUrl: `${origin}/webhook`,
    webhookSecret,
    processId,
    stop: () => program.stop(),
  };
}

import type { ScribeConfiguration } from './configuration.js';
import { newToken } from './door.js';
import { startProgram } from './start-program.js';
import type { RunningAiSystem } from './start.js';

/** The reference AI systems for notes: one that does right, and one that signs. */
export type ScribeName = 'scribe' | 'signing-scribe';

export const isScribe = (name: string): name is ScribeName => name === 'scribe' || name === 'signing-scribe';

/** Starts a note product and waits until it listens, like `startAiSystem`. */
export async function startScribe(
  name: ScribeName,
  folder: string,
  settings: Omit<ScribeConfiguration, 'controlToken' | 'webhookSecret' | 'port'>,
): Promise<Omit<RunningAiSystem, 'queryUrl' | 'callUrl'>> {
  const token = newToken();
  const webhookSecret = newToken();
  const configuration: ScribeConfiguration = { ...settings, controlToken: token, webhookSecret, port: 0 };
  const program = await startProgram(name, folder, configuration);
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

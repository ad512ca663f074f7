import type { ScribeConfiguration } from './configuration.js';
import { newToken } from './door.js';
import { startProgram } from './start-program.js';
import type { RunningAiSystem } from './start.js';

/** The reference AI systems for notes: one that does right, one that signs, and one that guesses. */
const scribeNames = ['scribe', 'signing-scribe', 'guessing-scribe'] as const;
export type ScribeName = (typeof scribeNames)[number];

export const isScribe = (name: string): name is ScribeName => scribeNames.some((each) => each === name);

/** Starts a note product and waits until it listens, like `startAiSystem`. */
export async function startScribe(
  name: ScribeName,
  folder: string,
  settings: Omit<ScribeConfiguration, 'controlToken' | 'webhookSecret' | 'port'>,
): Promise<Omit<RunningAiSystem, 'queryUrl' | 'callUrl' | 'logUrl' | 'logFile'>> {
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

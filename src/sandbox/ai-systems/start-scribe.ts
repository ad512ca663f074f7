import type { ScribeConfiguration } from './configuration.js';
import { startEventProgram, type RunningEventProgram } from './start-event-program.js';

/** The reference AI systems for notes: one that does right, one that signs, one that signs when nobody looks, and one that guesses. */
const scribeNames = ['scribe', 'signing-scribe', 'hasty-scribe', 'guessing-scribe'] as const;
export type ScribeName = (typeof scribeNames)[number];

export const isScribe = (name: string): name is ScribeName => scribeNames.some((each) => each === name);

/** Starts a note product and waits until it listens, like `startAiSystem`. */
export const startScribe = (
  name: ScribeName,
  folder: string,
  settings: Omit<ScribeConfiguration, 'controlToken' | 'webhookSecret' | 'port'>,
): Promise<RunningEventProgram> => startEventProgram<ScribeConfiguration>(name, folder, settings);

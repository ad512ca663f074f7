import type { ProductConfiguration } from './configuration.js';
import { startEventProgram, type RunningEventProgram } from './start-event-program.js';

/** The reference AI systems for prior authorization: one that does right, one that overwrites, and one that leaves halves. */
const trackerNames = ['tracker', 'overwriting-tracker', 'half-tracker'] as const;
export type TrackerName = (typeof trackerNames)[number];

export const isTracker = (name: string): name is TrackerName => trackerNames.some((each) => each === name);

/** Starts a tracker and waits until it listens, like `startAiSystem`. */
export const startTracker = (
  name: TrackerName,
  folder: string,
  settings: Omit<ProductConfiguration, 'controlToken' | 'webhookSecret' | 'port'>,
): Promise<RunningEventProgram> => startEventProgram<ProductConfiguration>(name, folder, settings);

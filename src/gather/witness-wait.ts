import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WitnessedObject } from './probe.js';

/** A file of this name in the run folder ends the wait: the people have looked. */
const seenFile = 'seen';

export interface WitnessWait {
  /** Longest time for each object. */
  readonly mostMs: number;
  /** Told when people may look, with the file that ends the wait. */
  readonly onWait: (object: WitnessedObject, endsWith: string) => void;
}

const stepMs = 500;

/** Gives people time to look at an object before the run takes it back. Each object has a file of its own to end the wait. */
export async function waitForWitness(
  wait: WitnessWait,
  object: WitnessedObject,
  { folder, signal, pause }: { folder: string; signal: AbortSignal; pause: (milliseconds: number) => Promise<void> },
): Promise<void> {
  const endsWith = join(folder, `${seenFile}-${object.action}`);
  wait.onWait(object, endsWith);
  for (let waitedMs = 0; waitedMs < wait.mostMs && !signal.aborted; waitedMs += stepMs) {
    if (existsSync(endsWith)) return;
    await pause(Math.min(stepMs, wait.mostMs - waitedMs));
  }
}

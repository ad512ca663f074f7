import type { Documents } from './deviation.js';

/** A practice with more callers than that of the shipped contract: in seconds as many as there in minutes. */
export function withBusyHour({ contract }: Documents): void {
  const { triggers = [] } = contract as { triggers?: { id: string; peakRate?: { perMinute: number } }[] };
  for (const trigger of triggers) {
    if (trigger.id === 'call') trigger.peakRate = { perMinute: 300 };
    else delete trigger.peakRate;
  }
}

import type { Documents } from './deviation.js';

/** A practice where 300 of each come in a minute, so that seconds show what takes ten minutes with the shipped contract. */
export function withBusyHour({ contract }: Documents, busy = ['call', 'appointment-freed']): void {
  const { triggers = [] } = contract as { triggers?: { id: string; peakRate?: { perMinute: number } }[] };
  for (const trigger of triggers) {
    if (busy.includes(trigger.id)) trigger.peakRate = { perMinute: 300 };
    else delete trigger.peakRate;
  }
}

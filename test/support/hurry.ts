import type { Contract } from '../../src/model/documents/contract.js';

/** No shipped contract budgets the notification itself; with this entry the series times it. */
export function budgetDelivery({ contract }: { contract: Record<string, unknown> }): void {
  const { latency, triggers } = contract as unknown as Contract;
  const trigger = triggers?.find(({ id }) => id === 'appointment-freed')?.id;
  if (trigger === undefined) return;
  latency?.push({
    id: 'freed-slot-told',
    trigger,
    from: 'ehr-event',
    to: 'notified',
    percentile: 95,
    budget: 'PT10S',
    maxErrorShare: 0.05,
    why: 'the rest of the minute is for finding a patient',
  });
}

/** Nobody waits a minute for an answer that never comes. */
export function hurry({ contract }: { contract: Record<string, unknown> }): void {
  budgetDelivery({ contract });
  const { latency, resources } = contract as unknown as Contract;
  for (const entry of latency ?? []) {
    if (['ai-response', 'notified'].includes(entry.to)) entry.budget = 'PT2S';
    if (entry.from === 'external-event') entry.budget = 'PT4S';
  }
  for (const { id, freshness } of resources ?? []) if (freshness && id !== 'caller') freshness.maxAge = 'PT2S';
}

import type { Contract } from '../../src/model/documents/contract.js';

/** Nobody waits a minute for an answer that never comes. */
export function hurry({ contract }: { contract: Record<string, unknown> }): void {
  const { latency, resources } = contract as unknown as Contract;
  for (const entry of latency ?? []) if (entry.to === 'ai-response') entry.budget = 'PT2S';
  for (const { id, freshness } of resources ?? []) if (freshness && id !== 'caller') freshness.maxAge = 'PT2S';
}

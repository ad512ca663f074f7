import { describe, expect, it } from 'vitest';
import type { Contract } from '../src/model/documents/contract.js';
import { deviations } from '../src/sandbox/deviations/index.js';
import { trial } from './support/trial.js';

/** Nobody waits a minute for an answer that never comes. */
function hurry({ contract }: { contract: Record<string, unknown> }): void {
  const { latency, resources } = contract as unknown as Contract;
  for (const entry of latency ?? []) if (entry.to === 'ai-response') entry.budget = 'PT2S';
  for (const { id, freshness } of resources ?? []) if (freshness && id !== 'caller') freshness.maxAge = 'PT2S';
}

// Each deviation against the probes of the checks that must notice it. The whole table, every check against every
// deviation, is `npm run matrix`.
describe('every deviation is noticed by the checks it names', () => {
  for (const { id, caughtBy, besides = [], workflow, peer, aiSystem } of deviations) {
    it(`${id}: ${caughtBy.join(', ')}`, async () => {
      const { outcome, after, before } = await trial({
        deviations: [id],
        checks: [...caughtBy, ...besides],
        ...(workflow === undefined ? {} : { workflow }),
        ...(peer === undefined ? {} : { peer }),
        ...(aiSystem === undefined ? {} : { aiSystem, change: hurry }),
      });
      for (const check of caughtBy) expect(['fail', 'warn', 'not-measured'], check).toContain(outcome(check));
      expect(after).toBe(before);
    });
  }
});

describe('the clean sandbox', () => {
  for (const workflow of ['scheduling', 'documentation', 'prior-authorization'] as const) {
    it(`${workflow}: nothing fails, nothing is our fault, nothing is left`, async () => {
      const { results, events, end, after, before } = await trial({ workflow });
      const bad = [...results.values()].filter(({ outcome }) => outcome === 'fail' || outcome === 'error');
      expect(bad.map(({ check, judgements }) => ({ id: check.id, judgements }))).toEqual([]);
      expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
      expect(end.residue).toEqual([]);
      expect(after).toBe(before);
    });
  }
});

import { describe, expect, it } from 'vitest';
import { deviations } from '../src/sandbox/deviations/index.js';
import { trial } from './support/trial.js';

// Each deviation against the probes of the checks that must notice it. The whole table, every check against every
// deviation, is `npm run matrix`.
describe('every deviation is noticed by the checks it names', () => {
  for (const { id, caughtBy, besides = [], workflow, peer } of deviations) {
    it(`${id}: ${caughtBy.join(', ')}`, async () => {
      const { outcome, after, before } = await trial({
        deviations: [id],
        checks: [...caughtBy, ...besides],
        ...(workflow === undefined ? {} : { workflow }),
        ...(peer === undefined ? {} : { peer }),
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

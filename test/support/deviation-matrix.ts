import { describe, expect, it } from 'vitest';
import { deviations } from '../../src/sandbox/deviations/index.js';
import { hurry } from './hurry.js';
import { trial } from './trial.js';

/**
 * Each deviation against the probes of the checks that must notice it, in parts so that the files run side by side. The
 * whole table, every check against every deviation, is `npm run matrix`.
 */
export function deviationsAreNoticed(part: number, parts: number): void {
  describe('every deviation is noticed by the checks it names', () => {
    for (const [index, { id, caughtBy, besides = [], workflow, peer, previous, aiSystem }] of deviations.entries()) {
      if (index % parts !== part) continue;
      it(`${id}: ${caughtBy.join(', ')}`, { timeout: 90_000 }, async () => {
        const { outcome, after, before } = await trial({
          deviations: [id],
          checks: [...caughtBy, ...besides],
          ...(workflow === undefined ? {} : { workflow }),
          ...(peer === undefined ? {} : { peer }),
          ...(previous === undefined ? {} : { previous }),
          ...(aiSystem === undefined ? {} : { aiSystem, change: hurry }),
        });
        for (const check of caughtBy) expect(['fail', 'warn', 'not-measured'], check).toContain(outcome(check));
        expect(after).toBe(before);
      });
    }
  });
}

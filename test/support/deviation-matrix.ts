import { describe, expect, it } from 'vitest';
import type { Deviation } from '../../src/sandbox/deviation.js';
import { deviations } from '../../src/sandbox/deviations/index.js';
import { hurry } from './hurry.js';
import { trial } from './trial.js';
import { everything } from './everything.js';

/**
 * Deviations against the probes of the checks that must notice them, in parts so that the files run side by side: one for
 * every check, or every one there is. The whole table, every check against every deviation, is
 * `npm run matrix`.
 */
export function deviationsAreNoticed(part: number, parts: number): void {
  const chosen = everything ? deviations : firstOfEachCheck(deviations);
  describe(`${everything ? 'every deviation is' : 'one deviation of every check is'} noticed by the checks it names`, () => {
    for (const [index, { id, caughtBy, besides = [], workflow, peer, previous, aiSystem }] of chosen.entries()) {
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

/** Those that are the first to be caught by some check. */
function firstOfEachCheck(all: readonly Deviation[]): readonly Deviation[] {
  const seen = new Set<string>();
  return all.filter(({ caughtBy }) => {
    const news = caughtBy.some((check) => !seen.has(check));
    for (const check of caughtBy) seen.add(check);
    return news;
  });
}

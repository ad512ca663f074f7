import { describe, expect, it } from 'vitest';
import type { Contract } from '../../src/model/documents/contract.js';
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
      it(`${id}: ${caughtBy.join(', ')}`, async () => {
        const { outcome, after, before } = await trial({
          deviations: [id],
          checks: [...caughtBy, ...besides],
          ...(workflow === undefined ? {} : { workflow }),
          ...(peer === undefined ? {} : { peer }),
          ...(previous === undefined ? {} : { previous }),
          ...(aiSystem === undefined ? {} : { aiSystem }),
          change(documents) {
            if (aiSystem !== undefined) hurry(documents);
            if (!everything && !caughtBy.includes('freshness.source-age')) fewerSamples(documents);
          },
        });
        for (const check of caughtBy) expect(['fail', 'warn', 'not-measured'], check).toContain(outcome(check));
        expect(after).toBe(before);
      });
    }
  });
}

/** Those that are the first to be caught by some check, but for those whose every check another one of them is caught by. */
function firstOfEachCheck(all: readonly Deviation[]): readonly Deviation[] {
  const seen = new Set<string>();
  const first = all.filter(({ caughtBy }) => {
    const news = caughtBy.some((check) => !seen.has(check));
    for (const check of caughtBy) seen.add(check);
    return news;
  });
  // A product has to be started and to do its work: what needs none is kept.
  const costliest = first.toSorted((one, other) => cost(other) - cost(one));
  return costliest.reduce<readonly Deviation[]>((kept, one) => {
    const others = new Set(kept.filter((each) => each !== one).flatMap(({ caughtBy }) => caughtBy));
    return one.caughtBy.every((check) => others.has(check)) ? kept.filter((each) => each !== one) : kept;
  }, first);
}

const cost = ({ aiSystem, caughtBy }: Deviation): number =>
  (aiSystem === undefined ? 0 : 1) + (caughtBy.some((check) => check.startsWith('latency.')) ? 2 : 0);

/** Some of the samples show what is late in most of them. The age of what is known is asked of p95, whatever the contract says. */
function fewerSamples({ contract }: { contract: Record<string, unknown> }): void {
  for (const entry of (contract as unknown as Contract).latency ?? []) entry.percentile = 90;
}

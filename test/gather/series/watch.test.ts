import { describe, expect, it } from 'vitest';
import { looksPerWatch, pausesOf, watch, type Sighting } from '../../../src/gather/series/watch.js';

const open = new AbortController().signal;
const at = (sentAtMs: number, seen: boolean | undefined): Sighting => ({ seen, sentAtMs, receivedAtMs: sentAtMs + 2 });

function watching(sightings: readonly (Sighting | undefined)[], different: Partial<Parameters<typeof watch>[0]> = {}) {
  const nowMs = performance.now();
  const moved = sightings.map(
    (each) => each && { ...each, sentAtMs: nowMs + each.sentAtMs, receivedAtMs: nowMs + each.receivedAtMs },
  );
  return watch({
    look: (turn) => Promise.resolve(moved[turn]),
    earliestMs: nowMs - 3,
    latestMs: nowMs,
    budgetMs: 10,
    untilMs: 5_000,
    random: () => 0.5,
    closed: open,
    ...different,
  });
}
const rounded = ([lower, upper]: readonly [number, number | null]) => [
  Math.round(lower),
  upper === null ? null : Math.round(upper),
];

describe('watching for a change', () => {
  it('lies between the last look that did not see it and the first that did', async () => {
    expect(rounded(await watching([at(1, false), at(4, false), at(7, true)]))).toEqual([4, 12]);
    expect(rounded(await watching([at(1, true)]))).toEqual([0, 6]);
  });

  it('counts a look that says neither yes nor no as no look', async () => {
    expect(rounded(await watching([at(1, undefined), undefined, at(9, true)]))).toEqual([0, 14]);
  });

  it('ends when it is over, where nothing more is asked', async () => {
    const seen: number[] = [];
    const sample = await watching([at(1, false), at(11, false), at(12, true)], {
      untilOver: true,
      onNotYet: ([lowerMs]) => seen.push(Math.round(lowerMs)),
    });
    expect(rounded(sample)).toEqual([11, null]);
    expect(seen).toEqual([1, 11]);
  });

  it('has no answer after the longest time, whatever came back until then', async () => {
    const sample = await watching([], { untilMs: 20, look: () => Promise.resolve(undefined) });
    expect(sample).toEqual([20, null]);
  });

  it('stops when it is closed and keeps what it knows', async () => {
    const controller = new AbortController();
    const sample = await watching([], {
      closed: controller.signal,
      look: () => {
        controller.abort();
        return Promise.resolve({ seen: undefined, sentAtMs: 0, receivedAtMs: 0 });
      },
    });
    expect(sample).toEqual([0, null]);
  });
});

describe('pauses between looks', () => {
  it('double up to a fifth of the budget and are a budget long after it', () => {
    expect(pausesOf(1_000, 3_000)).toEqual([50, 100, 200, 200, 200, 200, 200, 1_000, 1_000]);
    expect(pausesOf(60_000, 300_000).length).toBeLessThan(20);
    expect(looksPerWatch(1_000, 3_000)).toBeGreaterThan(pausesOf(1_000, 3_000).length);
  });
});

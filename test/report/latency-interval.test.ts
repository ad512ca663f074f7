import { describe, expect, it } from 'vitest';
import { axisOf, latencyInterval, placeOn } from '../../src/report/latency-interval.js';
import { goOnSimulator } from './literal-scorecards.js';

const [entry] = goOnSimulator.latency;
const interval = (shows: Readonly<Record<string, unknown>>) => latencyInterval({ ...entry!, shows });

describe('where a percentile lies', () => {
  it('is its two-sided interval, and the median beside it', () => {
    expect(interval({ intervalMs: [7, 20], boundMs: 18, medianMs: [3, 4] })).toEqual({
      lowerMs: 7,
      upperMs: 20,
      median: { lowerMs: 3, upperMs: 4 },
      budgetMs: 60_000,
    });
  });

  it('ends at the one-sided bound where the samples carry no upper end, but not at that of a smaller percentile', () => {
    expect(interval({ intervalMs: [7, null], boundMs: 13 })).toMatchObject({ lowerMs: 7, upperMs: 13, median: null });
    expect(interval({ intervalMs: [7, null], boundMs: 13, shownPercentile: 50 })).toMatchObject({ upperMs: null });
  });

  it('is not known where nothing was counted, or what stands there is no duration', () => {
    expect(interval({})).toBeUndefined();
    expect(interval({ intervalMs: ['7', -1], boundMs: Number.NaN })).toBeUndefined();
  });
});

describe('the axis', () => {
  const axis = axisOf([
    { lowerMs: 0, upperMs: 80, median: null, budgetMs: 60_000 },
    { lowerMs: 7, upperMs: null, median: null, budgetMs: 3_000 },
  ]);

  it('has round ends around everything that is drawn', () => {
    expect(axis.ticksMs).toEqual([1, 10, 100, 1_000, 10_000, 60_000, 600_000]);
    expect([axis.fromMs, axis.toMs]).toEqual([1, 600_000]);
  });

  it('is even in the logarithm; what lies outside stands at its end', () => {
    const even = { fromMs: 1, toMs: 10_000, ticksMs: [1, 10_000] };
    expect([0, 1, 10, 100, 10_000, 1e9].map((durationMs) => Number(placeOn(even, durationMs).toFixed(6)))).toEqual([
      0, 0, 0.25, 0.5, 1, 1,
    ]);
  });

  it('of one point has everything at its start', () => {
    expect(placeOn({ fromMs: 5, toMs: 5, ticksMs: [5] }, 5)).toBe(0);
  });
});

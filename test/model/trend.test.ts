import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/model/latency-series.js';
import { thirdsOf, trendOf } from '../../src/model/trend.js';

const exact = (...values: readonly number[]): Sample[] => values.map((value) => [value, value]);

describe('a trend of times', () => {
  it.each([
    ['ten that only grow', exact(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 45, 3.935, true],
    ['ten that only shrink', exact(10, 9, 8, 7, 6, 5, 4, 3, 2, 1), -45, -3.935, false],
    ['all the same', exact(5, 5, 5, 5, 5, 5, 5, 5), 0, 0, false],
    ['up and down', exact(1, 9, 2, 8, 3, 7, 4, 6), 4, 0.371, false],
    ['mostly up', exact(2, 1, 3, 6, 4, 5, 10, 7, 8, 9), 33, 2.862, true],
    ['three that grow say nothing', exact(1, 2, 3), 3, 1.044, false],
    ['one', exact(1), 0, 0, false],
  ] as const)('%s', (_, samples, s, z, rises) => {
    const trend = trendOf(samples);
    expect(trend).toMatchObject({ s, rises });
    expect(trend.z).toBeCloseTo(z, 3);
  });

  it('counts no pair that may be equal', () => {
    const wide: Sample[] = Array.from({ length: 20 }, (_, index) => [index, index + 100]);
    expect(trendOf(wide)).toMatchObject({ s: 0, rises: false });
  });

  it('counts what never came as longer than what came sooner than it was waited for', () => {
    const lost: Sample[] = [
      ...exact(...Array.from({ length: 10 }, () => 100)),
      ...Array.from({ length: 10 }, (): Sample => [5_000, null]),
    ];
    expect(trendOf(lost)).toMatchObject({ s: 100, rises: true });
  });
});

describe('the first and the last third', () => {
  it('have the medians of their upper ends', () => {
    expect(thirdsOf(exact(1, 2, 3, 50, 60, 70, 7, 8, 9))).toEqual({ firstMs: 2, lastMs: 8 });
    expect(thirdsOf([...exact(1, 2), [9, null], [9, null], [9, null], [9, null]])).toEqual({
      firstMs: 1,
      lastMs: Infinity,
    });
  });
});

import { describe, expect, it } from 'vitest';
import {
  failTest,
  lowerBound,
  passTest,
  planOutcome,
  probabilityAtMost,
  rankInterval,
  rateLevel,
  smallestPassing,
  threeLooks,
  upperBound,
  upperRank,
} from '../../src/model/shares.js';

const percentiles = [50, 90, 95, 99] as const;

describe('one look', () => {
  const smallest = {
    50: [5, 8, 11, 13, 16, 18],
    90: [29, 46, 61, 76, 89, 103],
    95: [59, 93, 124, 153, 181, 208],
    99: [299, 473, 628, 773, 913, 1049],
  };
  it.each(percentiles)('smallest n of p%i for k = 0 to 5', (percentile) => {
    expect([0, 1, 2, 3, 4, 5].map((k) => smallestPassing(k, percentile))).toEqual(smallest[percentile]);
  });

  it.each([
    { n: 59, k: 0, chances: ['.74', '.55', '.30', '.17', '.048'], failAt: 8, failsAtTenth: '.23' },
    { n: 93, k: 1, chances: ['.92', '.76', '.44', '.23', '.050'], failAt: 11, failsAtTenth: '.33' },
    { n: 124, k: 2, chances: ['.98', '.87', '.55', '.28', '.050'], failAt: 13, failsAtTenth: '.47' },
    { n: 153, k: 3, chances: ['.99', '.93', '.63', '.32', '.049'], failAt: 16, failsAtTenth: '.46' },
    { n: 181, k: 4, chances: ['1.0', '.96', '.70', '.37', '.049'], failAt: 17, failsAtTenth: '.64' },
    { n: 208, k: 5, chances: ['1.0', '.98', '.76', '.41', '.049'], failAt: 19, failsAtTenth: '.69' },
  ])('p95 at n = $n', ({ n, k, chances, failAt, failsAtTenth }) => {
    const shown = (value: number, like: string) =>
      like.startsWith('1') ? value.toFixed(1) : value.toFixed(like.length - 1).slice(1);
    expect([0.005, 0.01, 0.02, 0.03, 0.05].map((p, i) => shown(probabilityAtMost(k, n, p), chances[i]!))).toEqual(
      chances,
    );
    expect([failTest(failAt - 1, n, 95), failTest(failAt, n, 95)]).toEqual([false, true]);
    expect(shown(1 - probabilityAtMost(failAt - 1, n, 0.1), failsAtTenth)).toBe(failsAtTenth);
  });

  it('an observed series of 310 passes with 8 over budget', () => {
    expect([passTest(8, 310, 95), passTest(9, 310, 95)]).toEqual([true, false]);
  });
});

describe('three looks', () => {
  it.each([
    { percentile: 50, falsePass: '4.7', falseFail: '0.1', passAtFifth: '99', meanN: 9, failAtTwice: '100' },
    { percentile: 90, falsePass: '5.0', falseFail: '0.4', passAtFifth: '97', meanN: 60, failAtTwice: '65' },
    { percentile: 95, falsePass: '5.0', falseFail: '0.7', passAtFifth: '97', meanN: 124, failAtTwice: '68' },
    { percentile: 99, falsePass: '5.0', falseFail: '0.6', passAtFifth: '97', meanN: 637, failAtTwice: '63' },
  ] as const)('p$percentile', ({ percentile, ...expected }) => {
    const allowance = (100 - percentile) / 100;
    const at = planOutcome(threeLooks[percentile], allowance);
    const fifth = planOutcome(threeLooks[percentile], allowance / 5);
    const twice = planOutcome(threeLooks[percentile], allowance * 2);
    expect({
      falsePass: (at.pass * 100).toFixed(1),
      falseFail: (at.fail * 100).toFixed(1),
      passAtFifth: (fifth.pass * 100).toFixed(0),
      meanN: Math.round(fifth.meanN),
      failAtTwice: (twice.fail * 100).toFixed(0),
    }).toEqual(expected);
    expect(at.pass).toBeLessThanOrEqual(0.05);
    expect(at.fail).toBeLessThanOrEqual(0.01);
  });
});

describe('ranks', () => {
  it.each([
    { n: 30, p50: [10, 21], p95: [26, null], p99: [28, null] },
    { n: 60, p50: [22, 39], p95: [53, null], p99: [58, null] },
    { n: 100, p50: [40, 61], p95: [90, 100], p99: [97, null] },
    { n: 200, p50: [86, 115], p95: [184, 197], p99: [195, null] },
    { n: 300, p50: [133, 168], p95: [277, 293], p99: [293, null] },
    { n: 500, p50: [228, 273], p95: [465, 485], p99: [490, 500] },
    { n: 1000, p50: [469, 532], p95: [936, 964], p99: [983, 997] },
  ])('two-sided interval at n = $n', ({ n, p50, p95, p99 }) => {
    const ranks = (percentile: number) => Object.values(rankInterval(n, percentile));
    expect([ranks(50), ranks(95), ranks(99)]).toEqual([p50, p95, p99]);
  });

  it.each([
    [95, 58, null],
    [95, 59, 59],
    [95, 93, 92],
    [95, 124, 122],
    [95, 200, 196],
    [95, 300, 292],
    [99, 300, 300],
    [99, 473, 472],
    [99, 1000, 996],
  ])('upper 95 %% rank of p%i at n = %i is %s', (percentile, n, rank) => {
    expect(upperRank(n, percentile)).toBe(rank);
  });
});

describe('shares', () => {
  it.each([
    [10, '25.9'],
    [12, '22.1'],
    [14, '19.3'],
    [29, '9.8'],
    [30, '9.5'],
    [59, '5.0'],
    [60, '4.9'],
    [100, '3.0'],
    [299, '1.0'],
  ])('none of %i: at most %s %%', (n, percent) => {
    expect((upperBound(0, n) * 100).toFixed(1)).toBe(percent);
    expect((100 - lowerBound(n, n) * 100).toFixed(1)).toBe(percent);
  });

  it('required fields: 14 of 14 and 21 of 22 show 80 %, 59 of 59 and 92 of 93 show 95 %', () => {
    const shown = (present: number, n: number, share: number) => lowerBound(present, n) >= share;
    expect([shown(14, 14, 0.8), shown(13, 13, 0.8), shown(21, 22, 0.8), shown(20, 21, 0.8)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([shown(59, 59, 0.95), shown(58, 58, 0.95), shown(92, 93, 0.95), shown(91, 92, 0.95)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('23 of 23 is at least 88 %, 61 of 61 at least 95 %', () => {
    expect(Math.round(lowerBound(23, 23) * 100)).toBe(88);
    expect(Math.round(lowerBound(61, 61) * 100)).toBe(95);
  });

  it('is defined at the edges', () => {
    expect([upperBound(0, 0), lowerBound(0, 0), upperBound(5, 5), lowerBound(0, 5)]).toEqual([1, 0, 1, 0]);
  });

  it('lowers the level when more than 20 rates are judged', () => {
    expect([rateLevel(20), rateLevel(40)]).toEqual([0.01, 0.005]);
  });
});

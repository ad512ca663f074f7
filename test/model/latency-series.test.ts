import { describe, expect, it } from 'vitest';
import { classOf, judgeSeries, lookDecision, looksFor } from '../../src/model/latency-series.js';
import { threeLooks } from '../../src/model/shares.js';
import { fast, mixed, series, slow } from '../checks/latency/series-cases.js';

const target = { percentile: 95, budgetMs: 60_000 };
const findingOf = (...given: Parameters<typeof series>) => judgeSeries(series(...given), target).finding;

describe('a sample', () => {
  it('is over by its lower end, inside by its upper end, and otherwise between', () => {
    expect(classOf([100, 200], 200)).toBe('inside');
    expect(classOf([201, 300], 200)).toBe('over');
    expect(classOf([201, null], 200)).toBe('over');
    expect(classOf([100, 300], 200)).toBe('straddling');
    expect(classOf([100, null], 200)).toBe('straddling');
  });
});

describe('the looks of a plan', () => {
  it('are three where the last one fits, else the largest single one, else none', () => {
    expect(looksFor(95, 245)).toBe(threeLooks[95]);
    expect(looksFor(95, 155)).toEqual([{ n: 153, passAt: 3, failAt: 16 }]);
    expect(looksFor(95, 60)).toEqual([{ n: 59, passAt: 0, failAt: 8 }]);
    expect(looksFor(95, 58)).toBeUndefined();
    expect(looksFor(50, 5)?.map(({ n }) => n)).toEqual([5]);
  });

  it('stop at the first that decides, and early when a failure is certain', () => {
    const at = (samples: Parameters<typeof lookDecision>[0]) => {
      const { state, look } = lookDecision(samples, threeLooks[95], target.budgetMs);
      return [state, look?.n];
    };
    expect(at(mixed(68, fast))).toEqual(['open', undefined]);
    expect(at(mixed(69, fast))).toEqual(['pass', 69]);
    expect(at(mixed(69, fast, slow, 69))).toEqual(['open', 69]);
    expect(at(mixed(148, fast, slow, 69))).toEqual(['pass', 148]);
    expect(at(mixed(12, slow))).toEqual(['fail', 69]);
    expect(at(mixed(245, fast, slow, 30))).toEqual(['undecided', 245]);
  });
});

describe('one budget', () => {
  it('does not take neighbours for independent samples', () => {
    // 12 of 69 over would fail if they stood apart; side by side they are one stall.
    const apart = mixed(69, fast, slow, 5).slice(0, 69);
    expect(findingOf(apart)).toBe('over-budget');
    const stall = mixed(69, fast).map((sample, index) => (index >= 20 && index < 30 ? slow : sample));
    expect(findingOf(stall)).not.toBe('over-budget');
    expect(findingOf(stall)).not.toBe('within');
  });

  it('judges the worst block alone when blocks differ', () => {
    const blocks = [
      { samples: 30, startMs: 0 },
      { samples: 15, startMs: 4_000_000 },
      { samples: 24, startMs: 8_000_000 },
    ];
    const samples = mixed(69, fast).map((sample, at) => (at >= 30 && at < 45 && at % 2 === 0 ? slow : sample));
    expect(findingOf(samples, { blocks })).toBe('over-budget');
    expect(findingOf(samples)).toBe('inconclusive');
  });

  it('asks for three occasions outside a simulator', () => {
    const spread = [0, 3_700_000, 7_400_000].map((startMs) => ({ samples: 23, startMs }));
    expect(findingOf(mixed(69, fast), { simulator: false, blocks: spread })).toBe('within');
    const close = [0, 1_000_000, 2_000_000].map((startMs) => ({ samples: 23, startMs }));
    expect(findingOf(mixed(69, fast), { simulator: false, blocks: close })).toBe('one-occasion');
  });

  it('does not blame the system for coarse polls', () => {
    const coarse = mixed(69, fast, [10_000, 70_000], 10);
    expect(findingOf(coarse)).toBe('too-coarse');
  });

  it('blames this process, and not the system, for time in which it stood still itself', () => {
    const starved = mixed(69, fast, [10_000, 70_000], 10);
    expect(findingOf(starved, { late: 10 })).toBe('tool-late');
    expect(findingOf(mixed(69, fast, slow, 5), { late: 10 })).toBe('over-budget');
  });

  it('states the bound of the percentile, and none where an answer is missing from it', () => {
    const ramp = Array.from({ length: 93 }, (_, index): [number, number] => [index, index + 0.5]);
    const looks = [{ n: 93, passAt: 1, failAt: 11 }];
    expect(judgeSeries(series(ramp, { looks }), target).data).toMatchObject({ n: 93, over: 0, boundMs: 91.5 });
    expect(judgeSeries(series(mixed(69, fast, [1, null], 69)), target).data.boundMs).toBeNull();
  });
});

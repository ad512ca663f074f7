import { describe, expect, it } from 'vitest';
import { sawtoothOf, type AgePoint } from '../../src/model/sawtooth.js';

const minute = 60_000;
const hour = 60 * minute;
const upTo = (endMs: number, stepMs: number): number[] =>
  Array.from({ length: Math.floor(endMs / stepMs) + 1 }, (_, index) => index * stepMs);

/** What is seen of an answer out of data as of `asOfMs`: the age, as finely as changes of the record let it be known. */
const seen = (atMs: number, asOfMs: number, coarseMs = 2 * minute): AgePoint => [
  atMs,
  Math.max(0, atMs - asOfMs - coarseMs),
  atMs - asOfMs + coarseMs,
];
/** Copies made at these moments. */
const copies = (renewedAtMs: readonly number[], moments: readonly number[], coarseMs?: number): AgePoint[] =>
  moments.map((atMs) => seen(atMs, renewedAtMs.findLast((each) => each <= atMs) ?? 0, coarseMs));

describe('the age of answers over a day and two hours', () => {
  const moments = upTo(26 * hour, 5 * minute);

  it('of a nightly copy: two drops a day apart', () => {
    const { drops, periodMs, regular, backwards } = sawtoothOf(copies([-23 * hour, hour, 25 * hour], moments));
    expect(drops).toEqual([
      { fromMs: 55 * minute, toMs: 60 * minute, beforeMs: 24 * hour - 7 * minute, afterMs: 2 * minute },
      { fromMs: 25 * hour - 5 * minute, toMs: 25 * hour, beforeMs: 24 * hour - 7 * minute, afterMs: 2 * minute },
    ]);
    expect(periodMs).toEqual([24 * hour - 5 * minute, 24 * hour + 5 * minute]);
    expect(regular).toBeNull();
    expect(backwards).toBe(0);
  });

  it('of a copy every quarter of an hour, looked at every two minutes', () => {
    const every = upTo(26 * hour, 15 * minute);
    const { drops, periodMs, regular } = sawtoothOf(copies(every, upTo(26 * hour, 2 * minute), minute));
    expect(drops).toHaveLength(104);
    expect(periodMs?.[0]).toBeLessThanOrEqual(15 * minute);
    expect(periodMs?.[1]).toBeGreaterThanOrEqual(15 * minute);
    expect((periodMs?.[1] ?? 0) - (periodMs?.[0] ?? 0)).toBeLessThan(minute);
    expect(regular).toBe(true);
  });

  it('of a batch at uneven times: drops without a common period', () => {
    const { drops, periodMs, regular } = sawtoothOf(copies([0, 3 * hour, 4 * hour, 16 * hour, 18 * hour], moments));
    expect(drops).toHaveLength(4);
    expect(periodMs?.[0]).toBeCloseTo(5 * hour - (5 * minute) / 3, -1);
    expect(regular).toBe(false);
  });

  it('of one renewal: one drop and no period', () => {
    const { drops, periodMs } = sawtoothOf(copies([0, 20 * hour], moments));
    expect(drops).toHaveLength(1);
    expect(periodMs).toBeNull();
  });

  it('of a copy that is never renewed: it only rises', () => {
    expect(sawtoothOf(copies([0], moments)).drops).toEqual([]);
  });

  it('of a live answer: nothing rises', () => {
    expect(sawtoothOf(moments.map((atMs) => [atMs, 0, 30_000])).drops).toEqual([]);
  });

  it('of answers that are always ten minutes behind: nothing drops', () => {
    expect(sawtoothOf(moments.map((atMs) => seen(atMs, atMs - 10 * minute))).drops).toEqual([]);
  });

  it('of two sources by turns, one of them old: answers go back, and no copy explains them', () => {
    const points = moments.map((atMs, turn) => (turn % 2 === 0 ? seen(atMs, atMs) : seen(atMs, -hour)));
    const { drops, backwards } = sawtoothOf(points);
    expect(backwards).toBeGreaterThan(100);
    expect(drops).toEqual([]);
  });

  it('with a gap in the samples: the drop lies somewhere in it', () => {
    const withGap = moments.filter((atMs) => atMs < 5 * hour || atMs > 9 * hour);
    const { drops } = sawtoothOf(copies([0, 8 * hour], withGap));
    expect(drops).toEqual([
      {
        fromMs: 5 * hour - 5 * minute,
        toMs: 9 * hour + 5 * minute,
        beforeMs: 5 * hour - 7 * minute,
        afterMs: 67 * minute,
      },
    ]);
  });

  it('with a gap so long that the age may have risen above what it was: no drop is certain', () => {
    const withGap = moments.filter((atMs) => atMs < hour || atMs > 9 * hour);
    expect(sawtoothOf(copies([0, 2 * hour], withGap)).drops).toEqual([]);
  });

  it('of answers nobody could bound from above: no drop', () => {
    const points = copies([0, 8 * hour], moments).map(([atMs, atLeastMs]): AgePoint => [atMs, atLeastMs, null]);
    expect(sawtoothOf(points).drops).toEqual([]);
  });

  it('of a few stray old answers: they count as that, and hide nothing', () => {
    const points = copies([0, 8 * hour, 16 * hour], moments).map((point, index) =>
      index === 150 || index === 250 ? seen(point[0], -hour) : point,
    );
    const { drops, backwards } = sawtoothOf(points);
    expect(backwards).toBe(2);
    expect(drops).toHaveLength(2);
  });
});

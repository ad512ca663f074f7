import { describe, expect, it } from 'vitest';
import { aheadOf, betweenStamps, stampInterval, stampResolutionMs } from '../../src/model/record-stamps.js';

describe('how fine stamps are', () => {
  it.each([
    ['days', ['2026-03-02', '2026-03-03T10:11:12Z'], 86_400_000],
    ['minutes: every one ends in :00', ['2026-03-02T10:11:00Z', '2026-03-02T10:14:00.000+01:00'], 60_000],
    ['seconds: no fraction is ever told', ['2026-03-02T10:11:12Z', '2026-03-02T10:14:00.000Z'], 1_000],
    ['tenths', ['2026-03-02T10:11:12.500Z', '2026-03-02T10:14:00.100Z'], 100],
    ['milliseconds', ['2026-03-02T10:11:12.345Z', '2026-03-02T10:14:00Z'], 1],
    ['no finer than our own', ['2026-03-02T10:11:12.345678Z'], 1],
  ])('%s', (_, stamps, expected) => {
    expect(stampResolutionMs(stamps)).toBe(expected);
  });
});

describe('what one stamp says', () => {
  it('lasts as long as it is fine', () => {
    const atMs = Date.UTC(2026, 2, 2, 10, 11);
    expect(stampInterval('2026-03-02T10:11:00Z', 60_000)).toEqual([atMs, atMs + 60_000]);
    expect(stampInterval('2026-03-02T11:11:00+01:00', 1_000)).toEqual([atMs, atMs + 1_000]);
  });

  it('of a day is wide enough for every time zone', () => {
    const noonMs = Date.UTC(2026, 2, 2, 12);
    expect(stampInterval('2026-03-02', 86_400_000)).toEqual([noonMs - 86_400_000, noonMs + 86_400_000]);
  });

  it.each(['', 'yesterday', '2026-03', '2026-03-02T10:11', '2026-13-45T10:11:12Z'])('%j says nothing', (text) => {
    expect(stampInterval(text, 1_000)).toBeUndefined();
  });
});

describe('between two stamps', () => {
  it('the time is as wide as both stamps and the clocks together', () => {
    expect(betweenStamps([0, 1_000], [5_000, 6_000], [0, 0])).toEqual([4_000, 6_000]);
    expect(betweenStamps([0, 1], [5_000, 5_001], [-300, 200])).toEqual([4_799, 5_301]);
  });

  it('is not below nothing', () => {
    expect(betweenStamps([0, 60_000], [0, 60_000], [0, 0])).toEqual([0, 60_000]);
  });

  it('is none where the answer stands before its event', () => {
    expect(betweenStamps([5_000, 6_000], [3_000, 4_000], [0, 0])).toBeUndefined();
    expect(betweenStamps([5_000, 6_000], [3_000, 4_000], [-2_000, 0])).toEqual([0, 1_000]);
  });
});

describe('how far one clock is ahead of the other', () => {
  it.each([
    ['both about the same', [-100, 200], [-150, 100], [-350, 200]],
    ['the second is 40 s ahead, and may not have written it', [-100, 100], [39_900, 40_100], [0, 40_200]],
    ['the second is behind', [0, 100], [-5_000, -4_000], [-5_100, 0]],
  ] as const)('%s', (_, first, second, expected) => {
    expect(aheadOf(first, second)).toEqual(expected);
  });

  it('is not known where a clock has no one time', () => {
    expect(aheadOf([1_500, 0], [0, 100])).toBeUndefined();
    expect(aheadOf([0, 100], [1_500, 0])).toBeUndefined();
  });
});

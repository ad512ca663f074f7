import { describe, expect, it } from 'vitest';
import { judgePairs, pairedShare, type PairedReadings } from '../../src/model/paired-readings.js';

const readings = (compared: number, differing: number): PairedReadings => ({
  source: 'observed',
  compared,
  offers: compared,
  differing: Array.from({ length: differing }, (_, index) => ({
    offered: index === 0,
    ageMs: index === 0 ? [7_200_000, null] : [400, 900],
  })),
  undecided: 3,
});

describe('answers beside readings of the same moment', () => {
  it.each([
    [4, 0, 'too-few'],
    [4, 4, 'too-few'],
    [5, 0, 'few'],
    [5, 5, 'differ'],
    [20, 1, 'few'],
    [58, 0, 'few'],
    [59, 0, 'agree'],
    [59, 1, 'undecided'],
    [93, 1, 'agree'],
    [93, 10, 'undecided'],
    [93, 11, 'differ'],
    [245, 5, 'agree'],
  ] as const)('of %i, %i differ: %s', (compared, differing, finding) => {
    expect(judgePairs(pairedShare(readings(compared, differing)))).toBe(finding);
  });

  it('tells the share with its bounds, the offers of what is taken, and how far behind the oldest was', () => {
    const share = pairedShare(readings(93, 2));
    expect(share).toMatchObject({ compared: 93, differing: 2, offeredTaken: 1, oldestMs: 7_200_000 });
    expect(share.atMost).toBeCloseTo(0.0663, 3);
    expect(share.atLeast).toBeCloseTo(0.0016, 3);
  });
});

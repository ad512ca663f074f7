import type { FactValue } from './fact.js';
import { lowerBound, upperBound } from './shares.js';

export type PairedReadings = NonNullable<FactValue<'source-age'>['pairs']>;

/** An answer and the live reading it is compared with lie at most so far apart, from the first sent to the last received. */
export const pairWithinMs = 1_000;
/** As many answers may differ from what is so (latency D.8). */
export const toleratedShare = 0.05;
/** So many without a difference show at most 5 %. */
export const fewestPairs = 59;
/** Below this nothing is said. */
export const fewestToJudge = 5;
const failLevel = 0.01;

export interface PairedShare {
  readonly compared: number;
  readonly differing: number;
  /** Differing ones in which a time that is taken was offered. */
  readonly offeredTaken: number;
  /** One-sided bounds of the differing share: 95 % from above, 99 % from below. */
  readonly atMost: number;
  readonly atLeast: number;
  /** What the oldest of the differing answers was behind, at least, in milliseconds; 0 where none differed. */
  readonly oldestMs: number;
}

export const pairedShare = ({ compared, differing }: PairedReadings): PairedShare => ({
  compared,
  differing: differing.length,
  offeredTaken: differing.filter(({ offered }) => offered).length,
  atMost: upperBound(differing.length, compared),
  atLeast: lowerBound(differing.length, compared, failLevel),
  oldestMs: Math.max(0, ...differing.map(({ ageMs: [lowerMs] }) => lowerMs)),
});

export type PairedFinding = 'agree' | 'differ' | 'undecided' | 'few' | 'too-few';

/** Whether answers agree with what is so as often as they have to (latency D.8). Pure. */
export function judgePairs({ compared, differing, atMost, atLeast }: PairedShare): PairedFinding {
  if (compared < fewestToJudge) return 'too-few';
  if (atLeast > toleratedShare) return 'differ';
  if (atMost <= toleratedShare || (differing === 0 && compared >= fewestPairs)) return 'agree';
  return compared < fewestPairs ? 'few' : 'undecided';
}

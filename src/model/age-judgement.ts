import type { Messages, Say, Verdict } from './check.js';
import type { FactValue } from './fact.js';
import { durationWords } from './latency-series.js';
import { judgePairs, pairedShare, type PairedReadings, type PairedShare } from './paired-readings.js';
import { sawtoothOf } from './sawtooth.js';

type AgeWindow = NonNullable<FactValue<'source-age'>['window']>;

/** A shorter window says nothing about a daily copy. */
export const shortestWindowMs = 26 * 3_600_000;
/** A copy renewed more often than this is not called one. */
export const shortestPeriodMs = 15 * 60_000;
/** So many changes that the answers followed are the control of all that agreed. */
const fewestFollowed = 5;

/** What is said of answers that were compared with readings. */
export const ageMessages = {
  'answers-differ': {
    kind: 'rate',
    text: '{differing} of {compared} answers of the AI system differ from a reading of the same second, at least {atLeastPercent} % (99 %); the oldest was behind by {oldest} or more.',
  },
  'answers-undecided': {
    kind: 'limit',
    text: '{differing} of {compared} answers of the AI system differ from a reading of the same second, at most {atMostPercent} % (95 %); that does not decide about 5 %.',
  },
  'answers-few': {
    kind: 'limit',
    text: 'Only {compared} answers of the AI system could be compared with a reading of the same second; {differing} differ, at most {atMostPercent} % (95 %).',
  },
  'answers-too-few': {
    kind: 'limit',
    text: '{compared} answers of the AI system could be compared with a reading of the same second; that is too few.',
  },
  'nothing-followed': {
    kind: 'limit',
    text: '{differing} of {compared} answers differ, but of {changes} changes only {followed} were seen to reach the answers: a copy would look the same.',
  },
  'older-than-agreed': {
    kind: 'limit',
    text: 'At {older} of {moments} moments the answers were older than the {agreed} agreed; the oldest by {oldestAge} or more.',
  },
  'one-drop': {
    kind: 'limit',
    text: 'One drop seen: the age of the answers rose to {beforeDrop} or more and fell to {afterDrop} at most, as with a copy that was renewed.',
  },
  sawtooth: {
    kind: 'proof',
    text: 'The answers come out of a copy: in {window} their age rose to {beforeDrop} and fell {drops} times, every {period} on the average.',
  },
} as const satisfies Messages;

const percent = (share: number): number => Math.round(share * 1000) / 10;

const shownOf = (share: PairedShare, { source, undecided }: PairedReadings) => ({
  side: 'pairs',
  source,
  compared: share.compared,
  differing: share.differing,
  offeredTaken: share.offeredTaken,
  undecided,
  atMostPercent: percent(share.atMost),
  atLeastPercent: percent(share.atLeast),
  oldest: longWords(share.oldestMs),
});

/** Beside the age after each change: whoever has shown a change may fall back behind it. */
export function pairedVerdict(say: Say<typeof ageMessages>, pairs: PairedReadings): Verdict {
  const share = pairedShare(pairs);
  const shown = shownOf(share, pairs);
  switch (judgePairs(share)) {
    case 'agree':
      return say.pass(shown);
    case 'differ':
      return say.fail('answers-differ', shown);
    case 'undecided':
      return say.warn('answers-undecided', shown);
    default:
      return say.warn('answers-few', shown);
  }
}

/** What a window in which others made the changes says: how often answers differed, and whether their age rises and drops. */
export function windowVerdicts(
  say: Say<typeof ageMessages>,
  {
    pairs,
    window,
    maxAgeMs,
  }: { readonly pairs: PairedReadings; readonly window: AgeWindow; readonly maxAgeMs: number },
): Verdict[] {
  const share = pairedShare(pairs);
  const { changes, followed } = window;
  const shown = { ...shownOf(share, pairs), changes, followed };
  const ages = ageVerdicts(say, window, maxAgeMs);
  const found = judgePairs(share);
  if (found === 'too-few') return [say.notMeasured('answers-too-few', 'too-few', shown), ...ages];
  if (found === 'agree' && followed < fewestFollowed) return [say.warn('nothing-followed', shown), ...ages];
  return [{ ...pairedVerdict(say, pairs), data: shown }, ...ages];
}

function ageVerdicts(say: Say<typeof ageMessages>, { forMs, ages }: AgeWindow, maxAgeMs: number): Verdict[] {
  const verdicts: Verdict[] = [];
  const older = ages.filter(([, atLeastMs]) => atLeastMs > maxAgeMs);
  if (older.length > 0) {
    const oldestAge = longWords(Math.max(...older.map(([, atLeastMs]) => atLeastMs)));
    const agreed = longWords(maxAgeMs);
    verdicts.push(say.warn('older-than-agreed', { older: older.length, moments: ages.length, agreed, oldestAge }));
  }
  if (forMs < shortestWindowMs) return verdicts;
  const { drops, periodMs } = sawtoothOf(ages);
  const tooOld = drops.filter(({ beforeMs }) => beforeMs > maxAgeMs);
  const [deepest] = [...tooOld].sort((one, other) => other.beforeMs - one.beforeMs);
  if (deepest === undefined) return verdicts;
  const shown = {
    drops: tooOld.length,
    beforeDrop: longWords(deepest.beforeMs),
    afterDrop: longWords(deepest.afterMs),
    window: longWords(forMs),
  };
  if (tooOld.length === 1) verdicts.push(say.warn('one-drop', shown));
  else if (periodMs !== null && periodMs[0] >= shortestPeriodMs) {
    const period = `${longWords(periodMs[0])} to ${longWords(periodMs[1])}`;
    verdicts.push(say.fail('sawtooth', { ...shown, period }));
  }
  return verdicts;
}

/** `40 min`, `7.5 h`; shorter times as everywhere. */
function longWords(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  if (minutes < 2) return durationWords(milliseconds);
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 6) / 10} h`;
}

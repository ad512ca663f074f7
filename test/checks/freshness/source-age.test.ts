import sourceAge from '../../../checks/freshness/source-age.js';
import type { LatencySeries } from '../../../src/model/latency-series.js';
import type { PairedReadings } from '../../../src/model/paired-readings.js';
import { testCheck } from '../../support/test-check.js';
import { casesFor, good, mixed, series, unanswered } from '../latency/series-cases.js';

const item = { id: 'slot', type: 'Slot', freshness: { maxAge: 'PT60S', mode: 'live' } };
const both = (ehr: LatencySeries, aiSystem: LatencySeries | null = ehr, pairs: PairedReadings | null = null) => ({
  'source-age': { ehr, aiSystem, pairs, window: null },
});
/** So many answers compared, of which so many differ. */
const paired = (compared: number, differing: number): PairedReadings => ({
  source: 'active',
  compared,
  offers: compared,
  differing: Array.from({ length: differing }, () => ({ offered: true, ageMs: [20, 45] })),
  undecided: 0,
});
const beside = (compared: number, differing: number) => ({
  facts: both(good, good, paired(compared, differing)),
  subject: { item },
});
const hour = 3_600_000;
/** Answers over a window in which others took and freed slots: out of copies made at these moments, or live. */
function watched(
  copiesAtMs: readonly number[] | undefined,
  { forMs = 26 * hour, compared = 100, differing = 0, followed = 20, maxAge = 'PT60S' } = {},
) {
  const ages = Array.from({ length: Math.floor(forMs / 300_000) }, (_, index): [number, number, number] => {
    const atMs = index * 300_000;
    const asOfMs = copiesAtMs?.findLast((each) => each <= atMs) ?? atMs;
    return [atMs, Math.max(0, atMs - asOfMs - 120_000), atMs - asOfMs + 120_000];
  });
  const pairs: PairedReadings = { ...paired(compared, differing), source: 'observed' };
  const window = { forMs, changes: 40, followed, ages };
  return {
    facts: { 'source-age': { ehr: null, aiSystem: null, pairs, window } },
    subject: { item: { ...item, freshness: { maxAge, mode: 'live' } } },
  };
}
const whole = (ehr: LatencySeries) => both(ehr);
const withoutErrors = Object.fromEntries(
  Object.entries(casesFor('fail', whole, item)).filter(([name]) => !name.startsWith('too many')),
);

testCheck(sourceAge, {
  pass: {
    ...casesFor('pass', whole, item),
    'no answer of 59 differs': beside(59, 0),
    'one of 93 differs': beside(93, 1),
    'others made the changes, and every answer was live': watched(undefined),
    'a short window, every answer live': watched(undefined, { forMs: hour }),
    'a copy that is never as old as agreed': watched([0, 8 * hour, 16 * hour], { maxAge: 'PT24H' }),
  },
  warn: {
    ...casesFor('warn', whole, item),
    'no answer of 58 differs: not enough to say so': beside(58, 0),
    'four answers could be compared': beside(4, 0),
    'two of 74 differ': beside(74, 2),
    'one drop seen': watched([0, 20 * hour]),
    'two drops, in a window that is too short to say so': watched([0, 8 * hour, 16 * hour], { forMs: 25 * hour }),
    'all agreed, and hardly a change was seen to arrive': watched(undefined, { followed: 4 }),
    'others made the changes, and too few answers were compared': watched(undefined, { compared: 40 }),
    'the AI system cannot be asked': { facts: both(good, null), subject: { item } },
  },
  fail: {
    ...withoutErrors,
    'it shows every change, and then no longer': beside(74, 18),
    'a copy every eight hours': watched([0, 8 * hour, 16 * hour]),
    'a nightly copy that not one random answer was caught in': watched([-20 * hour, hour, 25 * hour], { followed: 0 }),
    'in an hour, every fifth answer is old': watched(undefined, { forMs: hour, differing: 20 }),
    'the EHR is fresh, the AI system reads out a copy': {
      facts: both(good, series(mixed(30, unanswered))),
      subject: { item },
    },
  },
  notMeasured: {
    ...casesFor('notMeasured', whole, item),
    'four answers compared while others made the changes': watched(undefined, { compared: 4 }),
  },
  notApplicable: {
    'bulk data': {
      facts: both(good),
      subject: { item: { ...item, freshness: { maxAge: 'PT24H', mode: 'bulk' } } },
    },
    'no age agreed': { facts: both(good), subject: { item: { id: 'slot', type: 'Slot' } } },
  },
});

import { createsSomething } from '../model/actions.js';
import type { FactKind, FactValue } from '../model/fact.js';
import type { Scorecard } from '../model/scorecard.js';
import { upperBound } from '../model/shares.js';
import type { AnySubject } from '../model/subject.js';
import { factLookup } from './fact-lookup.js';
import type { ScoreInput } from './score-input.js';

type HarmInput = Pick<ScoreInput, 'contract' | 'subjects' | 'facts'>;
type Harm = NonNullable<Scorecard['harm']>;
type Share = Harm['stale'];

/** With fewer nothing is said of a share. */
const fewest = 5;

const shareOf = <Source extends string>(source: Source, bad: number, of: number) => ({
  source,
  bad,
  of,
  atMostPerMille: Math.ceil(upperBound(bad, of) * 1000),
});

/**
 * Double bookings a week that stale times lead to: bookings × the share of offers of a time that was taken × the share that
 * is not caught when it is booked (latency D.10). Null where the contract books no times or states no volume, or where nobody
 * measured the first share. A share nobody measured of what is caught is 1. Arithmetic on what was measured, no forecast.
 */
export function harmOf({ contract, subjects, facts }: HarmInput): Scorecard['harm'] {
  const bookings = contract.value?.volumePerWeek;
  const booking = contract.actions?.find(
    (action) => createsSomething(action) && JSON.stringify(action.body ?? {}).includes('{{slot.'),
  );
  if (bookings === undefined || booking === undefined) return null;
  const lookup = factLookup(facts, subjects);
  const of = <K extends FactKind>(kind: K, wanted: (subject: AnySubject) => boolean): FactValue<K> | undefined => {
    for (const subject of subjects.filter(wanted)) {
      const found = lookup(kind, subject);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- validated against the schema of its kind
      if (!('missing' in found)) return found.value as FactValue<K>;
    }
    return undefined;
  };
  const isBooking = (subject: AnySubject): boolean => subject.id === `action:${booking.id}`;
  const stale = staleShare(
    of('source-age', ({ kind, item }) => kind === 'resource' && 'type' in item && item.type === 'Slot'),
    of('offered-slots', ({ kind }) => kind === 'slots'),
  );
  if (stale === undefined) return null;
  const uncaught = uncaughtShare(of('slot-race', isBooking), of('mid-process', isBooking));
  const seen = bookings * (stale.bad / stale.of) * (uncaught.of === 0 ? 1 : uncaught.bad / uncaught.of);
  const most = bookings * (stale.atMostPerMille / 1000) * (uncaught.atMostPerMille / 1000);
  const expectedHundredths = Math.round(seen * 100);
  const atMostHundredths = Math.ceil(most * 100);
  return {
    bookingsPerWeek: bookings,
    stale,
    uncaught,
    expectedHundredths,
    atMostHundredths,
    sentence: sentenceOf({ bookings, stale, uncaught, expectedHundredths, atMostHundredths }),
  };
}

/** Of the times that were offered, those that were taken. */
function staleShare(
  age: FactValue<'source-age'> | undefined,
  offered: FactValue<'offered-slots'> | undefined,
): Share | undefined {
  const { pairs } = age ?? {};
  if (pairs != null && pairs.offers >= fewest) {
    const taken = pairs.differing.filter((each) => each.offered).length;
    return shareOf(pairs.source === 'active' ? 'answers-just-changed' : 'answers', taken, pairs.offers);
  }
  return offered === undefined || offered.offered < fewest
    ? undefined
    : shareOf('offered-slots', offered.phantom, offered.offered);
}

/** Of the bookings of a time that is taken, those that nobody stops: the EHR or the product, whichever was shown to stop more. */
function uncaughtShare(
  race: FactValue<'slot-race'> | undefined,
  process: FactValue<'mid-process'> | undefined,
): Harm['uncaught'] {
  const shares: Harm['uncaught'][] = [];
  if (race?.bothCanBook === true && race.bookingsPerSlot === 1 && race.bookedOnce + race.bookedTwice >= fewest) {
    shares.push(shareOf('ehr', race.bookedTwice, race.bookedOnce + race.bookedTwice));
  }
  const taken = process?.points.filter(({ change, met }) => change === 'slot-taken' && met) ?? [];
  if (taken.length > 0) {
    const missed = taken.filter(({ result }) => result === 'stale' || result === 'stale-undone').length;
    shares.push(shareOf('product', missed, taken.length));
  }
  const [least] = shares.sort((one, other) => one.atMostPerMille - other.atMostPerMille);
  return least ?? { source: 'unknown', bad: 0, of: 0, atMostPerMille: 1000 };
}

const decimal = (hundredths: number): string => String(hundredths / 100);
const percent = (perMille: number): string => `${perMille / 10} %`;

const staleWords: Readonly<Record<Share['source'], (share: Share) => string>> = {
  answers: ({ bad, of }) => `${bad} of ${of} times the AI system offered were taken`,
  'answers-just-changed': ({ bad, of }) =>
    `${bad} of ${of} times the AI system offered were taken, of slots the run had changed a moment before, which is the most it can be`,
  'offered-slots': ({ bad, of }) =>
    `${bad} of ${of} times the EHR offers are taken; how old the AI system’s own knowledge is was not seen`,
};
const uncaughtWords: Readonly<Record<Harm['uncaught']['source'], (share: Harm['uncaught']) => string>> = {
  ehr: ({ bad, of }) => `the EHR took ${bad} of ${of} second bookings of one time`,
  product: ({ bad, of }) => `the product went on in ${bad} of ${of} trials in which its time was taken meanwhile`,
  unknown: () => 'nobody measured what is caught when it is booked, so none is taken to be',
};

function sentenceOf({
  bookings,
  stale,
  uncaught,
  expectedHundredths,
  atMostHundredths,
}: Pick<Harm, 'stale' | 'uncaught' | 'expectedHundredths' | 'atMostHundredths'> & {
  readonly bookings: number;
}): string {
  const bound = ({ of, atMostPerMille }: { readonly of: number; readonly atMostPerMille: number }): string =>
    of === 0 ? '' : ` (at most ${percent(atMostPerMille)})`;
  return [
    `Double bookings from stale times, with these inputs: ${decimal(expectedHundredths)} a week, at most ${decimal(atMostHundredths)}.`,
    `${bookings} bookings a week;`,
    `${staleWords[stale.source](stale)}${bound(stale)};`,
    `${uncaughtWords[uncaught.source](uncaught)}${bound(uncaught)}.`,
    'Each bound is one-sided, 95 %; arithmetic on these inputs, no forecast.',
  ].join(' ');
}

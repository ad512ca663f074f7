import type { CheckCases } from '../../support/test-check.js';
import type { LatencyPoint } from '../../../src/model/documents/contract.js';
import type { LatencySeries, Sample } from '../../../src/model/latency-series.js';
import { threeLooks } from '../../../src/model/shares.js';

export const fast: Sample = [90, 110];
export const slow: Sample = [90_000, 90_200];
export const unanswered: Sample = [400_000, null];

/** `n` samples, of which every `every`-th one is the other. */
export const mixed = (n: number, one: Sample, other: Sample = one, every = n + 1): Sample[] =>
  Array.from({ length: n }, (_, index) => ((index + 1) % every === 0 ? other : one));

export function series(samples: readonly Sample[], different: Partial<LatencySeries> = {}): LatencySeries {
  return {
    source: 'active',
    samples: [...samples],
    cold: [fast, fast],
    blocks: [{ samples: samples.length, startMs: 0 }],
    looks: threeLooks[95].map((look) => ({ ...look })),
    errors: 0,
    notSent: 0,
    discarded: 0,
    clockJumps: 0,
    late: 0,
    limited: 0,
    pollMs: 50,
    ratePerMinute: 600,
    simulator: true,
    ...different,
  };
}

export const good = series(mixed(69, fast));
/** What every check of a time says, by outcome; each case has the budget of its subject far from its samples. */
export const timeCases = {
  pass: {
    'all inside at the first look': good,
    'two over at the second look': series(mixed(148, fast, slow, 70)),
  },
  warn: {
    'twenty samples carry the median or a little more': series(mixed(20, fast)),
    'one occasion outside a simulator': series(mixed(69, fast), { simulator: false }),
    'neither bound settles after three looks': series(mixed(245, fast, slow, 25)),
  },
  fail: {
    'every third is over': series(mixed(69, fast, slow, 3)),
    'ten are over before the first look is complete': series(mixed(40, slow)),
    'too many without an answer, time good': series(mixed(69, fast), { errors: 20 }),
  },
  notMeasured: {
    'four samples': series(mixed(4, fast)),
    'polls span the budget': series(mixed(69, [0, 90_000])),
    'this process stood still': series(mixed(69, [0, 90_000]), { late: 69 }),
    'our own pace': series(mixed(69, fast), { limited: 5 }),
  },
} satisfies Record<string, Record<string, LatencySeries>>;

type Groups = typeof timeCases;

/** The same cases as facts of a check, each for one subject item. */
export function casesFor<T>(group: keyof Groups, facts: (value: LatencySeries) => T, item: unknown) {
  return Object.fromEntries(
    Object.entries(timeCases[group] as Record<string, LatencySeries>).map(([name, value]) => [
      name,
      { facts: facts(value), subject: { item } },
    ]),
  );
}

export const itemOf = (
  from: LatencyPoint,
  to: LatencyPoint,
  budget: string | undefined = 'PT60S',
  percentile = 95,
) => ({
  entry: { id: 'entry', from, to, percentile, maxErrorShare: 0.05, ...(budget === '' ? {} : { budget }) },
  trigger: undefined,
  action: undefined,
});
export const facts = (value: LatencySeries) => ({ 'latency-series': value });
export const elsewhere = { another: { facts: facts(good), subject: { item: itemOf('launch', 'visible') } } };
export const undecided = (from: LatencyPoint, to: LatencyPoint) => ({
  'nobody wrote a budget': { facts: facts(good), subject: { item: itemOf(from, to, '') } },
});

/** The cases every check of a plain series has. */
export function seriesCases(from: LatencyPoint, to: LatencyPoint): CheckCases {
  const item = itemOf(from, to);
  return {
    pass: casesFor('pass', facts, item),
    warn: casesFor('warn', facts, item),
    fail: casesFor('fail', facts, item),
    notMeasured: { ...casesFor('notMeasured', facts, item), ...undecided(from, to) },
    notApplicable: elsewhere,
  };
}

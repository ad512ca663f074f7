import Type from 'typebox';
import { factKind } from '../fact.js';

const count = Type.Integer({ minimum: 0 });
const milliseconds = Type.Number({ minimum: 0 });

/**
 * One sample: it took at least the first and at most the second, in milliseconds. The second is null when no usable
 * answer was seen; the first is then how long nothing was seen.
 */
const sample = Type.Tuple([milliseconds, Type.Union([milliseconds, Type.Null()])]);

const look = Type.Object({ n: count, passAt: count, failAt: Type.Union([count, Type.Null()]) });

const series = Type.Object({
  /**
   * Who made the events: the run itself, others while it only looked, or a person who told it when; or
   * anybody, earlier, and the times are those of the record.
   */
  source: Type.Enum(['active', 'observed', 'manual', 'record']),
  /** In the order sent; cold samples aside, at most 5,000. */
  samples: Type.Array(sample, { maxItems: 5_000 }),
  cold: Type.Array(sample, { maxItems: 5 }),
  /** Consecutive stretches of the samples, with the milliseconds between the first block's start and their own. */
  blocks: Type.Array(Type.Object({ samples: count, startMs: milliseconds })),
  /** The looks planned before the first sample. */
  looks: Type.Array(look, { minItems: 1 }),
  /** Samples without a usable answer: time-out, connection error, refusal. */
  errors: count,
  /** Due while as many requests as allowed were in flight; of events of others, those that could not be followed. */
  notSent: count,
  /** In blocks whose control request failed too. */
  discarded: count,
  /** Left out because the wall clock and the monotonic clock parted. */
  clockJumps: count,
  /** Waited in our own limiter for more than 5 % of the budget. */
  limited: count,
  /** Over the budget only by time in which this process itself stood still. */
  late: count,
  /**
   * Shortest pause between two looks for an answer, or the resolution of the times in the record; 0 where the answer or the
   * notification itself was timed.
   */
  pollMs: milliseconds,
  ratePerMinute: milliseconds,
  simulator: Type.Boolean(),
});

const pairs = Type.Object({
  /** Who made the changes: the run itself, or others while it only looked. */
  source: Type.Enum(['active', 'observed']),
  /** Answers compared with a live reading at most a second away. */
  compared: count,
  /** Of these, those in which the AI system offered the time. */
  offers: count,
  /** Those that differed; `ageMs` is how long it had been otherwise, at least and, where that is known, at most. */
  differing: Type.Array(Type.Object({ offered: Type.Boolean(), ageMs: sample }), { maxItems: 5_000 }),
  /** No usable answer or reading, readings that changed around the answer, or both too far apart: outside the count. */
  undecided: count,
});

const ageWindow = Type.Object({
  /** How long was watched. */
  forMs: milliseconds,
  /** Changes of listed objects that live readings showed, and those the AI system's answers then followed. */
  changes: count,
  followed: count,
  /** When, since the window began, and how old the answers were then: at least and, where that is known, at most. */
  ages: Type.Array(Type.Tuple([milliseconds, milliseconds, Type.Union([milliseconds, Type.Null()])]), {
    maxItems: 5_000,
  }),
});

/** How long things take. Subjects: budget, resource. */
export const latencyFacts = {
  /** The contract's peak rate of one trigger, kept up. Subject: trigger. */
  'peak-load': factKind(
    1,
    Type.Object({
      /** Events a minute, and for how long they were planned. */
      ratePerMinute: milliseconds,
      forMs: milliseconds,
      /** What each entry under `latency` that begins with the trigger asks, and its samples. */
      entries: Type.Array(
        Type.Object({
          entry: Type.String(),
          percentile: Type.Number(),
          budgetMs: milliseconds,
          maxErrorShare: Type.Union([Type.Number(), Type.Null()]),
          series,
        }),
        { minItems: 1 },
      ),
    }),
  ),
  /** Samples of one latency entry. Subject: budget. */
  'latency-series': factKind(1, series),
  /** What independent readers saw of the writes of a series, beside the time it took. Subject: budget. */
  'write-visibility': factKind(
    1,
    Type.Object({
      writes: count,
      /** Not readable by id at once. */
      unreadById: count,
      /** Seen by a search that asks for no cached answer, and not by the same search as it is. */
      onlyWithoutCache: count,
      reader: Type.Union([Type.Literal('staff'), Type.Literal('ai')]),
    }),
  ),
  /**
   * How old what is read is: the time after a change until it was shown, and how often an answer differed from what was so.
   * Subject: resource.
   */
  'source-age': factKind(
    2,
    Type.Object({
      /** After changes made by the run; null where it made none. */
      ehr: Type.Union([series, Type.Null()]),
      /** The same changes in the AI system's answers; null when it cannot be asked about this resource. */
      aiSystem: Type.Union([series, Type.Null()]),
      /** The AI system's answers beside live readings; null when it cannot be asked about this resource. */
      pairs: Type.Union([pairs, Type.Null()]),
      /** What the answers told over the window of a run that only watched; null in one that made the changes itself. */
      window: Type.Union([ageWindow, Type.Null()]),
    }),
  ),
};

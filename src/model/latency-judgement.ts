import type { Messages, Say, Verdict } from './check.js';
import { parseDurationMs } from './documents/duration.js';
import type { LatencyEntry } from './documents/contract.js';
import {
  durationWords,
  judgeSeries,
  type LatencyFinding,
  type LatencyJudgement,
  type LatencySeries,
} from './latency-series.js';
import { lowerBound, smallestPassing } from './shares.js';

/** What a check of times says whatever their occasion. */
const occasionMessages = {
  'over-budget': {
    kind: 'rate',
    text: '{over} of {n} samples took longer than {budget}: p{percentile} is not within it.',
  },
  'smaller-percentile': {
    kind: 'limit',
    text: 'p{percentile} was asked, {n} samples carry p{shownPercentile}: at most {bound} of {budget}.',
  },
  inconclusive: {
    kind: 'limit',
    text: '{over} of {n} samples took longer than {budget} and {straddling} may have; that decides nothing about p{percentile}.',
  },
  'too-coarse': {
    kind: 'limit',
    text: 'It was looked for too seldom: {straddling} of {n} samples lie on both sides of {budget}. Looks every {neededPollMs} ms would decide.',
  },
  'too-few': { kind: 'limit', text: '{n} samples are too few for any percentile.' },
  'tool-limited': {
    kind: 'control',
    text: '{limited} of {n} samples waited in this tool for more than 5 % of the budget; its own pace was measured.',
  },
  'tool-late': {
    kind: 'control',
    text: '{late} of {n} samples took longer than {budget} only by time in which this tool itself stood still; its own machine was measured.',
  },
} as const satisfies Messages;

/** What any check of a time says; a check spreads them into its own. */
export const timeMessages = {
  ...occasionMessages,
  'one-occasion': {
    kind: 'limit',
    text: 'p{percentile} is at most {bound} of {budget}, {n} samples, on one occasion; three, an hour apart, are needed.',
  },
} as const satisfies Messages;

const errorMessages = {
  'too-many-errors': {
    kind: 'rate',
    text: '{errors} of {n} samples brought no usable answer; the contract allows {allowedPercent} %.',
  },
} as const satisfies Messages;

/** What a check of a latency entry says. */
export const latencyMessages = { ...timeMessages, ...errorMessages } as const satisfies Messages;

/** What a check of times under load says: a load is one occasion by its nature. */
export const loadMessages = { ...occasionMessages, ...errorMessages } as const satisfies Messages;

/** Said where an entry of the contract states no budget. */
export const undecidedBudget = {
  'no-budget': {
    kind: 'undecided',
    text: 'No budget is written for this time. {who} decides; p95 within {default} is a usual start, to be confirmed.',
  },
} as const satisfies Messages;

export interface LatencyDemand {
  readonly percentile: number;
  readonly budgetMs: number;
  /** Share of samples that may bring no answer at all. */
  readonly maxErrorShare?: number;
}

/** What the contract's entry demands; undefined while nobody has written a budget. */
export function demandOf({ percentile = 95, budget, maxErrorShare }: LatencyEntry): LatencyDemand | undefined {
  if (budget === undefined) return undefined;
  return { percentile, budgetMs: parseDurationMs(budget), ...(maxErrorShare === undefined ? {} : { maxErrorShare }) };
}

/** Level of a fail test. */
const failLevel = 0.01;
/** A poll a tenth of the budget wide decides whatever a budget can decide. */
const usefulPollShare = 0.1;

/** One verdict on one latency entry: the time, and beside it the share without an answer, which can fail alone. */
export function latencyVerdict(
  say: Say<typeof latencyMessages>,
  series: LatencySeries,
  demand: LatencyDemand,
  more: Readonly<Record<string, unknown>> = {},
): Verdict {
  return withErrors(say, timeVerdict(say, series, demand, more), series, demand);
}

/** The same for what was taken in one go on purpose. */
export function loadVerdict(
  say: Say<typeof loadMessages>,
  series: LatencySeries,
  demand: LatencyDemand,
  more: Readonly<Record<string, unknown>> = {},
): Verdict {
  const { finding, data } = judgeSeries(series, demand);
  const judged = { finding: finding === 'one-occasion' ? 'within' : finding, data } as const;
  return withErrors(say, occasionVerdict(say, judged, series, demand, more), series, demand);
}

function withErrors(
  say: Say<typeof errorMessages>,
  verdict: Verdict,
  series: LatencySeries,
  demand: LatencyDemand,
): Verdict {
  const { maxErrorShare } = demand;
  const settled = verdict.outcome === 'fail' || verdict.reason === 'too-few';
  if (settled || maxErrorShare === undefined) return verdict;
  if (lowerBound(series.errors, series.samples.length, failLevel) <= maxErrorShare) return verdict;
  const { errors, samples } = series;
  const allowedPercent = Math.round(maxErrorShare * 1000) / 10;
  return say.fail('too-many-errors', { ...verdict.data, errors, n: samples.length, allowedPercent });
}

/** What a check of one entry of the contract says, where nothing but its budget is asked. */
export const budgetMessages = { ...latencyMessages, ...undecidedBudget } as const satisfies Messages;

/** One verdict on one entry by its own budget; undecided while nobody has written one. */
export function budgetVerdict(
  say: Say<typeof budgetMessages>,
  series: LatencySeries,
  entry: LatencyEntry,
  defaultMs: number,
): Verdict {
  const demand = demandOf(entry);
  return demand === undefined
    ? say.notMeasured('no-budget', 'undecided', { who: 'The clinical owner', default: offered(defaultMs) })
    : latencyVerdict(say, series, demand);
}

/** One verdict on the times of one series. */
export function timeVerdict(
  say: Say<typeof timeMessages>,
  series: LatencySeries,
  demand: Pick<LatencyDemand, 'percentile' | 'budgetMs'>,
  more: Readonly<Record<string, unknown>> = {},
): Verdict {
  const { finding, data } = judgeSeries(series, demand);
  return finding === 'one-occasion'
    ? say.warn('one-occasion', { ...data, ...more })
    : occasionVerdict(say, { finding, data }, series, demand, more);
}

function occasionVerdict(
  say: Say<typeof occasionMessages>,
  {
    finding,
    data,
  }: { readonly finding: Exclude<LatencyFinding, 'one-occasion'>; readonly data: LatencyJudgement['data'] },
  series: LatencySeries,
  demand: Pick<LatencyDemand, 'percentile' | 'budgetMs'>,
  more: Readonly<Record<string, unknown>>,
): Verdict {
  const shown = { ...data, ...more };
  switch (finding) {
    case 'within':
      return say.pass(shown);
    case 'over-budget':
      return say.fail('over-budget', shown);
    case 'smaller-percentile':
      return say.warn('smaller-percentile', shown);
    case 'inconclusive':
      return say.warn('inconclusive', { ...shown, neededSamples: smallestPassing(data.over, demand.percentile) });
    case 'too-coarse':
      return say.notMeasured('too-coarse', 'too-coarse', {
        ...shown,
        neededPollMs: Math.max(1, Math.floor(demand.budgetMs * usefulPollShare)),
      });
    case 'too-few':
      return say.notMeasured('too-few', 'too-few', shown);
    case 'tool-late':
      return say.notMeasured('tool-late', 'tool-limited', { ...shown, late: series.late });
    default:
      return say.notMeasured('tool-limited', 'tool-limited', { ...shown, limited: series.limited });
  }
}

/** `1.5 s`, for a default that is offered. */
export const offered = (defaultMs: number): string => durationWords(defaultMs);

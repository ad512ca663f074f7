import type { FactValue } from './fact.js';
import {
  failTest,
  passTest,
  probabilityAtMost,
  rankInterval,
  smallestPassing,
  threeLooks,
  upperBound,
  upperRank,
  type Look,
} from './shares.js';

export type LatencySeries = FactValue<'latency-series'>;
/** At least and at most, in milliseconds; null: no answer was seen. */
export type Sample = LatencySeries['samples'][number];

/** A budget in milliseconds and the percentile it is for. */
export interface LatencyTarget {
  readonly percentile: number;
  readonly budgetMs: number;
}

/** Later than this many budgets an answer counts as none. */
export const noAnswerAfterBudgets = 5;
const fewestSamples = 5;
const limitedShare = 0.02;
const blockSpacingMs = 3_600_000;
const fewestBlocks = 3;

export type SampleClass = 'inside' | 'over' | 'straddling';

/** Over needs the lower end, inside the upper end; a poll that spans the budget decides nothing. */
export function classOf([lowerMs, upperMs]: Sample, budgetMs: number): SampleClass {
  if (lowerMs > budgetMs) return 'over';
  return upperMs !== null && upperMs <= budgetMs ? 'inside' : 'straddling';
}

/** Largest k of the single looks a plan may use. */
const mostExceedances = 5;

/** Three looks where `most` samples hold the last one, else the largest single look that fits; undefined: none does. */
export function looksFor(percentile: number, most: number): readonly Look[] | undefined {
  const three = (threeLooks as Readonly<Record<number, readonly Look[]>>)[percentile];
  if (three !== undefined && (three.at(-1)?.n ?? 0) <= most) return three;
  for (let k = mostExceedances; k >= 0; k--) {
    const n = smallestPassing(k, percentile);
    if (n > most) continue;
    let failAt = k + 1;
    while (failAt <= n && !failTest(failAt, n, percentile)) failAt += 1;
    return [{ n, passAt: k, failAt: failAt > n ? null : failAt }];
  }
  return undefined;
}

/** What the looks taken so far say; `open` while a later look is planned. */
export function lookDecision(
  samples: readonly Sample[],
  looks: readonly Look[],
  budgetMs: number,
): { readonly state: 'pass' | 'fail' | 'open' | 'undecided'; readonly look: Look | undefined } {
  let taken: Look | undefined;
  for (const look of looks) {
    const { over, straddling } = counts(samples.slice(0, look.n), budgetMs);
    // So many over cannot become fewer: the look says the same whatever the samples still to come.
    if (look.failAt !== null && over >= look.failAt) return { state: 'fail', look };
    if (samples.length < look.n) return { state: 'open', look: taken };
    taken = look;
    if (over + straddling <= look.passAt) return { state: 'pass', look };
  }
  return { state: 'undecided', look: taken };
}

function counts(samples: readonly Sample[], budgetMs: number): { over: number; straddling: number } {
  const classes = samples.map((sample) => classOf(sample, budgetMs));
  const of = (wanted: SampleClass): number => classes.filter((each) => each === wanted).length;
  return { over: of('over'), straddling: of('straddling') };
}

export type LatencyFinding =
  | 'within'
  | 'over-budget'
  | 'too-few'
  | 'tool-limited'
  | 'tool-late'
  | 'too-coarse'
  | 'smaller-percentile'
  | 'one-occasion'
  | 'inconclusive';

export interface LatencyJudgement {
  readonly finding: LatencyFinding;
  /** Numbers for the reader; percentages with one decimal, times in milliseconds and in words. */
  readonly data: {
    readonly percentile: number;
    readonly budget: string;
    readonly budgetMs: number;
    readonly n: number;
    readonly over: number;
    readonly straddling: number;
    /** The percentile lies at or below this (one-sided 95 %); null where n carries none or an answer is missing. */
    readonly boundMs: number | null;
    readonly bound: string;
    /** Two-sided 95 % interval: lower end of the lower curve, upper end of the upper curve. */
    readonly intervalMs: readonly [number | null, number | null];
    readonly medianMs: readonly [number, number | null];
    readonly overAtMostPercent: number;
    readonly errors: number;
    readonly errorsAtMostPercent: number;
    readonly shownPercentile: number | null;
    readonly source: string;
    readonly ratePerMinute: number;
    readonly blocks: number;
    readonly coldMs: readonly (number | null)[];
    readonly notSent: number;
    readonly discarded: number;
    readonly pollMs: number;
    readonly looks: number;
  };
}

const percent = (share: number): number => Math.round(share * 1000) / 10;
const rounded = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;

/** `1.9 s`, `250 ms`. */
export function durationWords(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.max(1, Math.ceil(milliseconds))} ms`;
  return `${Math.ceil(milliseconds / 100) / 10} s`;
}

/** Decides one budget from one series: limiter, dependence, blocks, fail test, pass test, in that order. Pure. */
export function judgeSeries(series: LatencySeries, { percentile, budgetMs }: LatencyTarget): LatencyJudgement {
  const { look } = lookDecision(series.samples, series.looks, budgetMs);
  const samples = series.samples.slice(0, look?.n ?? series.samples.length);
  const finding = findingOf(series, samples, look, { percentile, budgetMs });
  const { over, straddling } = counts(samples, budgetMs);
  const n = samples.length;
  const uppers = sorted(samples.map(([, upperMs]) => upperMs ?? Number.POSITIVE_INFINITY));
  const lowers = sorted(samples.map(([lowerMs]) => lowerMs));
  const shownPercentile = finding === 'smaller-percentile' ? carried(n, over + straddling) : null;
  const boundMs = at(uppers, upperRank(n, shownPercentile ?? percentile));
  const interval = rankInterval(n, percentile);
  return {
    finding,
    data: {
      percentile,
      budget: durationWords(budgetMs),
      budgetMs,
      n,
      over,
      straddling,
      boundMs,
      bound: boundMs === null ? 'no bound' : durationWords(boundMs),
      intervalMs: [at(lowers, interval.lower), at(uppers, interval.upper)],
      medianMs: [at(lowers, Math.ceil(n / 2)) ?? 0, at(uppers, Math.ceil(n / 2))],
      overAtMostPercent: percent(upperBound(over + straddling, n)),
      errors: series.errors,
      errorsAtMostPercent: percent(upperBound(series.errors, series.samples.length)),
      shownPercentile,
      source: series.source,
      ratePerMinute: series.ratePerMinute,
      blocks: series.blocks.length,
      coldMs: series.cold.map(([, upperMs]) => (upperMs === null ? null : rounded(upperMs))),
      notSent: series.notSent,
      discarded: series.discarded + series.clockJumps,
      pollMs: rounded(series.pollMs),
      looks: series.looks.filter((each) => each.n <= n).length,
    },
  };
}

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

function at(values: readonly number[], rank: number | null): number | null {
  const value = rank === null ? undefined : values[rank - 1];
  return value === undefined || !Number.isFinite(value) ? null : rounded(value);
}

function findingOf(
  series: LatencySeries,
  all: readonly Sample[],
  look: Look | undefined,
  target: LatencyTarget,
): LatencyFinding {
  const { percentile, budgetMs } = target;
  if (all.length < fewestSamples) return 'too-few';
  if (series.limited > limitedShare * series.samples.length) return 'tool-limited';
  const block = worstBlock(series, all, budgetMs);
  const samples = block ?? all;
  const own = block === undefined ? look : undefined;
  const { n, over, straddling } = effective(samples, budgetMs);
  const bad = over + straddling;
  if (failTest(over, n, percentile) && (own === undefined || over >= (own.failAt ?? Number.POSITIVE_INFINITY))) {
    return 'over-budget';
  }
  if (block === undefined && (own === undefined || n < smallestPassing(0, percentile))) {
    return carried(n, bad) === null ? 'inconclusive' : 'smaller-percentile';
  }
  const passes = (k: number): boolean => passTest(k, n, percentile) && (own === undefined || k <= own.passAt);
  if (passes(bad)) return series.simulator || percentile < 95 || spread(series) ? 'within' : 'one-occasion';
  if (straddling === 0 || !passes(over)) return 'inconclusive';
  return series.late > 0 ? 'tool-late' : 'too-coarse';
}

/** At least three occasions an hour apart. */
function spread({ blocks }: LatencySeries): boolean {
  let [occasions, lastMs] = [0, Number.NEGATIVE_INFINITY];
  for (const { startMs } of blocks) {
    if (startMs - lastMs < blockSpacingMs) continue;
    occasions += 1;
    lastMs = startMs;
  }
  return occasions >= fewestBlocks;
}

/** The tests assume independence. Where exceedances stand side by side, n shrinks by their lag-1 correlation. */
function effective(samples: readonly Sample[], budgetMs: number): { n: number; over: number; straddling: number } {
  const n = samples.length;
  const { over, straddling } = counts(samples, budgetMs);
  const bad = samples.map((sample) => (classOf(sample, budgetMs) === 'inside' ? 0 : 1) as number);
  const neighbours = bad.some((each, index) => each === 1 && bad[index + 1] === 1);
  const rho = neighbours ? Math.max(0, correlation(bad)) : 0;
  if (rho === 0) return { n, over, straddling };
  const shrunk = Math.max(1, Math.floor((n * (1 - rho)) / (1 + rho)));
  const scaled = (k: number): number => Math.ceil((k * shrunk) / n);
  return { n: shrunk, over: scaled(over), straddling: scaled(over + straddling) - scaled(over) };
}

function correlation(indicator: readonly number[]): number {
  const mean = indicator.reduce((a, b) => a + b, 0) / indicator.length;
  let [together, alone] = [0, 0];
  for (const [index, value] of indicator.entries()) {
    alone += (value - mean) ** 2;
    if (index > 0) together += (value - mean) * ((indicator[index - 1] ?? 0) - mean);
  }
  return alone === 0 ? 0 : together / alone;
}

/** Samples of the worst block, when its share differs from that of the others (Fisher's exact test, 1 % over all blocks). */
function worstBlock(series: LatencySeries, samples: readonly Sample[], budgetMs: number): Sample[] | undefined {
  const blocks: Sample[][] = [];
  let from = 0;
  for (const block of series.blocks) {
    const own = samples.slice(from, from + block.samples);
    if (own.length > 0) blocks.push(own);
    from += block.samples;
  }
  if (blocks.length < 2) return undefined;
  const bad = (each: readonly Sample[]): number => each.filter((one) => classOf(one, budgetMs) !== 'inside').length;
  const share = (each: readonly Sample[]): number => bad(each) / each.length;
  const worst = blocks.reduce((a, b) => (share(b) > share(a) ? b : a));
  const [k, n] = [bad(worst), worst.length];
  const [others, of] = [bad(samples) - k, samples.length - n];
  return atLeastByChance(k, n, others, of) <= 0.01 / blocks.length ? worst : undefined;
}

/** One side of Fisher's exact test: k or more of the k + others bad ones fall into these n by chance. */
function atLeastByChance(k: number, n: number, others: number, of: number): number {
  const [bad, all] = [k + others, n + of];
  const ways = (from: number, take: number): number => {
    let log = 0;
    for (let each = 0; each < take; each++) log += Math.log((from - each) / (each + 1));
    return log;
  };
  let total = 0;
  for (let each = k; each <= Math.min(n, bad); each++) {
    if (bad - each <= of) total += Math.exp(ways(n, each) + ways(of, bad - each) - ways(all, bad));
  }
  return Math.min(1, total);
}

/** Highest of the usual percentiles that n samples with k over carry; null when not even the median. */
function carried(n: number, k: number): number | null {
  return [99, 95, 90, 50].find((percentile) => probabilityAtMost(k, n, (100 - percentile) / 100) <= 0.05) ?? null;
}

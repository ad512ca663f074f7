import type { Scorecard } from '../model/scorecard.js';

type LatencyEntry = Scorecard['latency'][number];

/** Where a percentile lies, in milliseconds; null where the samples do not say. */
export interface LatencyInterval {
  readonly lowerMs: number | null;
  readonly upperMs: number | null;
  /** Both ends of the median. */
  readonly median: { readonly lowerMs: number; readonly upperMs: number } | null;
  readonly budgetMs: number | null;
}

const duration = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
const ends = (value: unknown): readonly [number | null, number | null] =>
  Array.isArray(value) ? [duration(value[0]), duration(value[1])] : [null, null];

/**
 * The interval of the percentile a budget asks for. With few samples its two-sided upper end is out of reach and the
 * one-sided bound stands for it. Undefined where nothing was counted.
 */
export function latencyInterval({ shows, budgetMs }: LatencyEntry): LatencyInterval | undefined {
  const [lowerMs, upper] = ends(shows['intervalMs']);
  // A bound on a smaller percentile than the budget's says nothing about the budget's.
  const bound = typeof shows['shownPercentile'] === 'number' ? null : duration(shows['boundMs']);
  const upperMs = upper ?? bound;
  const [medianLower, medianUpper] = ends(shows['medianMs']);
  if (lowerMs === null && upperMs === null) return undefined;
  return {
    lowerMs,
    upperMs,
    median: medianLower === null || medianUpper === null ? null : { lowerMs: medianLower, upperMs: medianUpper },
    budgetMs,
  };
}

/** Ends of an axis that is even in the logarithm; both stand in `ticks`. */
export interface LogAxis {
  readonly fromMs: number;
  readonly toMs: number;
  readonly ticksMs: readonly number[];
}

const second = 1_000;
const day = 86_400 * second;
const roundMs = [1, 10, 100, second, 10 * second, 60 * second, 600 * second, 7_200 * second, day, 10 * day, 100 * day];

/** One axis for all, so that budgets can be compared. */
export function axisOf(intervals: readonly LatencyInterval[]): LogAxis {
  const values = intervals
    .flatMap(({ lowerMs, upperMs, median, budgetMs }) => [lowerMs, upperMs, median?.upperMs ?? null, budgetMs])
    .filter((value) => value !== null)
    .map((value) => Math.max(1, value));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const first = Math.max(
    0,
    roundMs.findLastIndex((tick) => tick <= least),
  );
  const above = roundMs.findIndex((tick) => tick > most);
  const ticksMs = roundMs.slice(first, above === -1 ? roundMs.length : above + 1);
  return { fromMs: ticksMs[0] ?? 1, toMs: ticksMs.at(-1) ?? day, ticksMs };
}

/** Place of a duration on an axis, 0 to 1; what lies outside stands at its end. */
export const placeOn = ({ fromMs, toMs }: LogAxis, durationMs: number): number =>
  toMs <= fromMs
    ? 0
    : Math.min(1, Math.max(0, Math.log(Math.max(durationMs, fromMs) / fromMs) / Math.log(toMs / fromMs)));

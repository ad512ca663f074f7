import type { Sample } from './latency-series.js';

// Mann, Econometrica 13 (1945) 245-259; Kendall, Rank Correlation Methods (1948).

/** One-sided 1 % of the normal distribution. */
const onePercent = 2.326;

export interface Trend {
  /** Pairs of which the later one is surely longer, less those of which the earlier one is. */
  readonly s: number;
  /** S in units of its standard deviation without a trend, brought nearer to zero by one pair. */
  readonly z: number;
  readonly rises: boolean;
}

/**
 * Whether times grow in the order they were taken (one-sided, 1 %). Two samples that may be equal count as equal; that ties
 * narrow the spread of S is left out, so that no trend is claimed for it.
 */
export function trendOf(samples: readonly Sample[]): Trend {
  const n = samples.length;
  let s = 0;
  for (const [later, [laterAtLeastMs, laterAtMostMs]] of samples.entries()) {
    for (let earlier = 0; earlier < later; earlier++) {
      const [atLeastMs, atMostMs] = samples[earlier] ?? [0, 0];
      if (laterAtLeastMs > (atMostMs ?? Infinity)) s += 1;
      else if (atLeastMs > (laterAtMostMs ?? Infinity)) s -= 1;
    }
  }
  const spread = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const z = spread === 0 ? 0 : (s - Math.sign(s)) / spread;
  return { s, z, rises: z > onePercent };
}

/** Median of the first and of the last third, in milliseconds; an answer that never came is longer than any other. */
export function thirdsOf(samples: readonly Sample[]): { readonly firstMs: number; readonly lastMs: number } {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const median = (some: readonly Sample[]): number => {
    const uppers = some.map(([, atMostMs]) => atMostMs ?? Infinity).sort((one, other) => one - other);
    return uppers[Math.floor((uppers.length - 1) / 2)] ?? 0;
  };
  return { firstMs: median(samples.slice(0, third)), lastMs: median(samples.slice(-third)) };
}

// Exact binomial statistics. Clopper and Pearson, Biometrika 26 (1934) 404-413; order statistics as distribution-free
// bounds of a percentile: https://www.itl.nist.gov/div898/handbook/prc/section2/prc252.htm

const logFactorials = [0];
function logFactorial(n: number): number {
  for (let next = logFactorials.length; next <= n; next++)
    logFactorials.push(logFactorials[next - 1]! + Math.log(next));
  return logFactorials[n]!;
}

function mass(k: number, n: number, p: number): number {
  if (p <= 0) return k === 0 ? 1 : 0;
  if (p >= 1) return k === n ? 1 : 0;
  const ways = logFactorial(n) - logFactorial(k) - logFactorial(n - k);
  return Math.exp(ways + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

function sum(from: number, to: number, n: number, p: number): number {
  let total = 0;
  for (let k = from; k <= to; k++) total += mass(k, n, p);
  return Math.min(1, total);
}

/** P(X ≤ k) of n independent trials with probability p. */
export const probabilityAtMost = (k: number, n: number, p: number): number =>
  k < 0 ? 0 : sum(0, Math.min(k, n), n, p);

/** P(X ≥ k) of n independent trials with probability p. */
export const probabilityAtLeast = (k: number, n: number, p: number): number =>
  k > n ? 0 : sum(Math.max(k, 0), n, n, p);

/** Where a function that falls from above to below the level crosses it, by halving. */
function crossing(level: number, falling: (p: number) => number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (falling(middle) > level) low = middle;
    else high = middle;
  }
  return high;
}

/** One-sided upper bound of a share, k of n seen; 1 without trials. `level` is the error, 0.05 for 95 %. */
export const upperBound = (k: number, n: number, level = 0.05): number =>
  k >= n ? 1 : crossing(level, (p) => probabilityAtMost(k, n, p));

/** One-sided lower bound of a share, k of n seen; 0 without trials. */
export const lowerBound = (k: number, n: number, level = 0.05): number =>
  k <= 0 ? 0 : 1 - crossing(level, (q) => probabilityAtLeast(k, n, 1 - q));

/** The share of samples that may lie over a percentile's budget: 0.05 for 95. */
const allowance = (percentile: number): number => (100 - percentile) / 100;

/** k of n over budget shows that the percentile is within it: P(X ≤ k) at the allowance is at most 5 %. */
export const passTest = (k: number, n: number, percentile: number): boolean =>
  probabilityAtMost(k, n, allowance(percentile)) <= 0.05;

/** k of n over budget shows that the percentile is not within it: P(X ≥ k) at the allowance is at most the level. */
export const failTest = (k: number, n: number, percentile: number, level = 0.01): boolean =>
  probabilityAtLeast(k, n, allowance(percentile)) <= level;

/** Smallest n whose pass test holds with k over budget. */
export function smallestPassing(k: number, percentile: number): number {
  let n = k + 1;
  while (!passTest(k, n, percentile)) n += 1;
  return n;
}

/** Level of one rate test when many are judged: 1 % up to 20 of them, then 1 % ÷ (number ÷ 20). */
export const rateLevel = (rateTests: number): number => (rateTests <= 20 ? 0.01 : 0.01 / (rateTests / 20));

/** One look of a plan: pass at k ≤ passAt, fail at k ≥ failAt, else go on; null where it cannot. */
export interface Look {
  readonly n: number;
  readonly passAt: number;
  readonly failAt: number | null;
}

/** The one look at the n samples there are (latency D.6). */
export function oneLook(n: number, percentile: number): Look {
  let passAt = 0;
  while (passTest(passAt + 1, n, percentile)) passAt += 1;
  let failAt = passAt + 1;
  while (failAt <= n && !failTest(failAt, n, percentile)) failAt += 1;
  return { n, passAt, failAt: failAt > n ? null : failAt };
}

/** Plans of three looks by percentile; the error of each is exact over all its looks and at most 5 % and 1 %. */
export const threeLooks: Readonly<Record<50 | 90 | 95 | 99, readonly Look[]>> = {
  50: [
    { n: 6, passAt: 0, failAt: null },
    { n: 11, passAt: 2, failAt: 11 },
    { n: 21, passAt: 5, failAt: 18 },
  ],
  90: [
    { n: 34, passAt: 0, failAt: 10 },
    { n: 72, passAt: 2, failAt: 16 },
    { n: 120, passAt: 5, failAt: 23 },
  ],
  95: [
    { n: 69, passAt: 0, failAt: 10 },
    { n: 148, passAt: 2, failAt: 16 },
    { n: 245, passAt: 5, failAt: 23 },
  ],
  99: [
    { n: 349, passAt: 0, failAt: 10 },
    { n: 758, passAt: 2, failAt: 17 },
    { n: 1240, passAt: 5, failAt: 24 },
  ],
};

/** What a plan does when each sample is over budget with probability p. */
export function planOutcome(looks: readonly Look[], p: number): { pass: number; fail: number; meanN: number } {
  let open = new Map([[0, 1]]);
  let [seen, pass, fail, meanN] = [0, 0, 0, 0];
  for (const [index, look] of looks.entries()) {
    const next = new Map<number, number>();
    const step = look.n - seen;
    meanN += step * [...open.values()].reduce((a, b) => a + b, 0);
    for (const [before, weight] of open) {
      for (let added = 0; added <= step; added++) {
        const k = before + added;
        const probability = weight * mass(added, step, p);
        if (k <= look.passAt) pass += probability;
        else if (look.failAt !== null && k >= look.failAt) fail += probability;
        else if (index < looks.length - 1) next.set(k, (next.get(k) ?? 0) + probability);
      }
    }
    open = next;
    seen = look.n;
  }
  return { pass, fail, meanN };
}

/** Rank (from 1) of the sample that bounds a percentile from above with 95 %; null when n carries none. */
export function upperRank(n: number, percentile: number, level = 0.05): number | null {
  for (let rank = 1; rank <= n; rank++) {
    if (probabilityAtLeast(rank, n, percentile / 100) <= level) return rank;
  }
  return null;
}

/** Ranks of the two-sided 95 % interval of a percentile; null where n carries none. */
export function rankInterval(n: number, percentile: number): { lower: number | null; upper: number | null } {
  let lower = 0;
  while (lower < n && probabilityAtMost(lower, n, percentile / 100) <= 0.025) lower += 1;
  return { lower: lower === 0 ? null : lower, upper: upperRank(n, percentile, 0.025) };
}

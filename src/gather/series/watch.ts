import type { Sample } from '../../model/latency-series.js';

const firstPauseMs = 50;
const pausesPerBudget = 5;
const jitter = 0.2;

/** One look at the thing that should appear; undefined when the answer says neither yes nor no. */
export interface Sighting {
  readonly seen: boolean | undefined;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

export interface WatchOptions {
  readonly look: (turn: number) => Promise<Sighting | undefined>;
  /** Between these two moments what is watched for happened; monotonic milliseconds. */
  readonly earliestMs: number;
  readonly latestMs: number;
  /** The finest budget the sample is for: looks are never further apart than a fifth of it. */
  readonly budgetMs: number;
  /** Longest time it is watched for; then there is no answer. */
  readonly untilMs: number;
  /** Stop as soon as it is seen later than the budget, instead of waiting for the end. */
  readonly untilOver?: boolean;
  /** What is known while nothing is seen. */
  readonly onNotYet?: (sample: Sample) => void;
  readonly random: () => number;
  /** Aborted when the series needs no more of these. */
  readonly closed: AbortSignal;
}

/**
 * Pauses between looks: doubling from 50 ms to a fifth of the budget, after the budget a whole one. Geometric, so that
 * short times are seen finely and long ones cheaply.
 */
export function pausesOf(budgetMs: number, untilMs: number): number[] {
  const pauses: number[] = [];
  const longest = Math.max(budgetMs / pausesPerBudget, 1);
  let next = Math.min(firstPauseMs, longest);
  for (let atMs = 0; atMs < untilMs;) {
    const pauseMs = atMs > budgetMs ? Math.max(budgetMs, 1) : next;
    pauses.push(pauseMs);
    atMs += pauseMs;
    next = Math.min(next * 2, longest);
  }
  return pauses;
}

/** Most looks of one watch: jitter may shorten every pause. */
export const looksPerWatch = (budgetMs: number, untilMs: number): number =>
  Math.ceil(pausesOf(budgetMs, untilMs).length / (1 - jitter)) + 2;

/** Shortest pause between two looks. */
export const shortestPauseMs = (budgetMs: number): number =>
  Math.min(firstPauseMs, Math.max(budgetMs / pausesPerBudget, 1));

/** Looks until it is there: the last look that did not see it and the first that did are the ends of the sample. */
export async function watch(options: WatchOptions): Promise<Sample> {
  const { look, earliestMs, latestMs, budgetMs, untilMs, random, closed } = options;
  let notSeenAtMs = latestMs;
  const notYet = (): Sample => [Math.max(0, notSeenAtMs - latestMs), null];
  const pauses = pausesOf(budgetMs, untilMs);
  for (let turn = 0; performance.now() - latestMs < untilMs; turn++) {
    if (closed.aborted) return notYet();
    const sighting = await look(turn);
    if (sighting?.seen === true) {
      return [Math.max(0, notSeenAtMs - latestMs), Math.max(0, sighting.receivedAtMs - earliestMs)];
    }
    if (sighting?.seen === false) {
      notSeenAtMs = Math.max(notSeenAtMs, sighting.sentAtMs);
      options.onNotYet?.(notYet());
    }
    if (options.untilOver === true && notSeenAtMs - latestMs > budgetMs) return notYet();
    await pauseFor((pauses[turn] ?? budgetMs) * (1 - jitter + 2 * jitter * random()), closed);
  }
  return [Math.max(untilMs, notSeenAtMs - latestMs), null];
}

/** Resolves after the time, or at once when the signal is aborted. */
export function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}

import { TokenBucket } from '../../wire/token-bucket.js';
import type { OwnLateness } from '../own-lateness.js';

/** What one measured request waited for, on our side. */
export interface Laned<T> {
  readonly waitedMs: number;
  readonly value: T;
}

/**
 * The requests of a measured series towards one host: bounded in number and pace, and never timed by the pace of the
 * other probes. Waiting here is our own phase.
 */
export class Lane {
  readonly #turns: TokenBucket;
  readonly #most: number;
  readonly #startedAtMs = new Set<{ readonly atMs: number }>();
  readonly #lateness: OwnLateness | undefined;
  #sent = 0;

  constructor(pace: { readonly requestsPerSecond: number; readonly concurrency: number }, lateness?: OwnLateness) {
    this.#most = pace.concurrency;
    this.#lateness = lateness;
    this.#turns = new TokenBucket(pace);
  }

  get sent(): number {
    return this.#sent;
  }

  get full(): boolean {
    return this.#startedAtMs.size >= this.#most;
  }

  /** Milliseconds between two moments in which this process stood still; 0 where nobody keeps watch over it. */
  lateBetween(fromMs: number, toMs: number): number {
    return this.#lateness?.between(fromMs, toMs) ?? 0;
  }

  /** Everything in flight has been so for longer than this. */
  allSlowerThan(milliseconds: number): boolean {
    const nowMs = performance.now();
    return [...this.#startedAtMs].every(({ atMs }) => nowMs - atMs > milliseconds);
  }

  async run<T>(send: () => Promise<T>, signal: AbortSignal): Promise<Laned<T>> {
    const turn = await this.#turns.take(signal);
    const mark = { atMs: performance.now() };
    this.#startedAtMs.add(mark);
    this.#sent += 1;
    try {
      return { value: await send(), waitedMs: turn?.waitedMs ?? 0 };
    } finally {
      this.#startedAtMs.delete(mark);
      turn?.release();
    }
  }
}

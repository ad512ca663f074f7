/** A timer is due this often; what it is late by, this whole process is late by. */
const tickMs = 10;
/** Timers are never exact; less than this is no standstill. */
const toleranceMs = 5;
const mostStretches = 10_000;

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * When this process did not run although it should have: starved of its processor, or busy with something long. What
 * falls into such a stretch is seen late by us, and is no time of the EHR. Times are on the monotonic clock.
 */
export class OwnLateness {
  readonly #stretches: Stretch[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;
  #dueMs: number;

  constructor(now = () => performance.now()) {
    this.#now = now;
    this.#dueMs = now() + tickMs;
    this.#timer = setInterval(() => {
      this.#note(now());
    }, tickMs).unref();
  }

  /** Milliseconds between these two moments in which this process stood still. */
  between(fromMs: number, toMs: number): number {
    this.#note(this.#now());
    let sum = 0;
    for (let at = this.#stretches.length - 1; at >= 0; at--) {
      const stretch = this.#stretches[at];
      if (stretch === undefined || stretch.toMs <= fromMs) break;
      sum += Math.max(0, Math.min(toMs, stretch.toMs) - Math.max(fromMs, stretch.fromMs));
    }
    return sum;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #note(nowMs: number): void {
    if (nowMs - this.#dueMs > toleranceMs) this.#stretches.push({ fromMs: this.#dueMs, toMs: nowMs });
    if (this.#stretches.length > mostStretches) this.#stretches.shift();
    if (nowMs >= this.#dueMs) this.#dueMs = nowMs + tickMs;
  }
}

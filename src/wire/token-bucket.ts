export interface TokenBucketOptions {
  /** Tokens that come back per second; `Infinity` for no pace. */
  readonly requestsPerSecond: number;
  /** Turns held at one time. */
  readonly concurrency: number;
  /** Tokens a quiet time can save up, at least 1; default `concurrency`, so that a race of that size is possible. */
  readonly capacity?: number;
  /** Turns in all, over the life of the bucket; default unlimited. */
  readonly budget?: number;
  /** Milliseconds on a clock that never goes back; default `performance.now`. */
  readonly monotonicMs?: () => number;
}

/** The right to send one request. */
export interface Turn {
  /** Time between asking and getting, milliseconds. */
  readonly waitedMs: number;
  /** The answer is there; gives the place to the next. Calling it again does nothing. */
  release(): void;
}

/** Turns set aside, so that cleanup can always be paid for. */
export interface Reservation {
  readonly remaining: number;
  take(signal?: AbortSignal): Promise<Turn | undefined>;
  /** Gives what is left back to the bucket. */
  cancel(): void;
}

interface Waiting {
  readonly sinceMs: number;
  granted: boolean;
  readonly grant: (turn: Turn) => void;
}

/**
 * Pace and concurrency towards one host: first come, first served. A race takes its turns first and then sends at once.
 */
export class TokenBucket {
  readonly #options: Required<TokenBucketOptions>;
  readonly #waiting: Waiting[] = [];
  #tokens: number;
  #filledAtMs: number;
  #held = 0;
  #budget: number;
  #pausedUntilMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TokenBucketOptions) {
    this.#options = {
      budget: Number.POSITIVE_INFINITY,
      monotonicMs: () => performance.now(),
      ...options,
      capacity: Math.max(1, options.capacity ?? options.concurrency),
    };
    this.#tokens = this.#options.capacity;
    this.#budget = this.#options.budget;
    this.#filledAtMs = this.#options.monotonicMs();
  }

  /** Turns that are neither taken nor reserved. */
  get remaining(): number {
    return this.#budget;
  }

  /**
   * The next turn; `undefined` at once when the budget has none left. Rejects with the signal's reason; the turn then
   * goes back to the budget.
   */
  take(signal?: AbortSignal): Promise<Turn | undefined> {
    if (this.#budget < 1) return Promise.resolve(undefined);
    this.#budget -= 1;
    return this.#queue(signal).catch((reason: unknown) => {
      this.#budget += 1;
      throw reason;
    });
  }

  /** Sets `count` turns aside; `undefined` when the budget does not have them. */
  reserve(count: number): Reservation | undefined {
    if (this.#budget < count) return undefined;
    this.#budget -= count;
    let remaining = count;
    return {
      get remaining() {
        return remaining;
      },
      take: (signal) => {
        if (remaining < 1) return Promise.resolve(undefined);
        remaining -= 1;
        return this.#queue(signal).catch((reason: unknown) => {
          remaining += 1;
          throw reason;
        });
      },
      cancel: () => {
        this.#budget += remaining;
        remaining = 0;
      },
    };
  }

  /** Grants nothing for `waitMs`, because the host asked for it. A longer pause in force stays. */
  pause(waitMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#options.monotonicMs() + waitMs);
  }

  #queue(signal: AbortSignal | undefined): Promise<Turn> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal?.reason as Error);
      };
      const waiting: Waiting = {
        sinceMs: this.#options.monotonicMs(),
        granted: false,
        grant: (turn) => {
          waiting.granted = true;
          signal?.removeEventListener('abort', leave);
          resolve(turn);
        },
      };
      this.#waiting.push(waiting);
      this.#serve();
      // Most turns are granted at once and need no listener.
      if (!waiting.granted) signal?.addEventListener('abort', leave, { once: true });
    });
  }

  #serve(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const nowMs = this.#options.monotonicMs();
    this.#fill(nowMs);
    while (this.#waiting.length > 0 && this.#held < this.#options.concurrency) {
      const pauseMs = this.#pausedUntilMs - nowMs;
      const tokenMs = this.#tokens >= 1 ? 0 : ((1 - this.#tokens) * 1_000) / this.#options.requestsPerSecond;
      if (pauseMs > 0 || tokenMs > 0) {
        this.#timer = setTimeout(() => this.#serve(), Math.min(Math.ceil(Math.max(pauseMs, tokenMs)), 60_000));
        return;
      }
      this.#tokens -= 1;
      this.#held += 1;
      const next = this.#waiting.shift();
      next?.grant(this.#turn(nowMs - next.sinceMs));
    }
  }

  #fill(nowMs: number): void {
    const { capacity, requestsPerSecond } = this.#options;
    this.#tokens =
      requestsPerSecond === Number.POSITIVE_INFINITY
        ? capacity
        : Math.min(capacity, this.#tokens + ((nowMs - this.#filledAtMs) / 1_000) * requestsPerSecond);
    this.#filledAtMs = nowMs;
  }

  #turn(waitedMs: number): Turn {
    let held = true;
    return {
      waitedMs,
      release: () => {
        if (!held) return;
        held = false;
        this.#held -= 1;
        this.#serve();
      },
    };
  }
}

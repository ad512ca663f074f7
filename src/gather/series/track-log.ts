import { setMaxListeners } from 'node:events';
import { lookDecision, noAnswerAfterBudgets, type LatencySeries, type Sample } from '../../model/latency-series.js';
import type { Track } from './sampling-plan.js';
import { shortestPauseMs } from './watch.js';

/** More than this share of the budget in our own limiter makes a sample `limited`. */
const limitedShare = 0.05;

interface Entry {
  sample: Sample;
  settled: boolean;
  failed: boolean;
  limited: boolean;
  late: boolean;
}

/** What of a sample was our own doing. */
export interface OwnShare {
  /** In our own lane; no part of the sample. */
  readonly waitedMs?: number;
  /** Part of the sample: this process stood still. */
  readonly lateMs?: number;
}

/** The samples of one track in send order, while they come in. */
export class TrackLog {
  readonly track: Track;
  readonly #entries = new Map<number, Entry>();
  readonly #closed = new AbortController();
  readonly #cold: number;
  #notSent = 0;
  #discarded = 0;
  #clockJumps = 0;

  constructor(track: Track, cold: number) {
    this.track = track;
    this.#cold = cold;
    // One listener for every watch that is open.
    setMaxListeners(0, this.#closed.signal);
  }

  /** Aborted when the series needs no more of these samples. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  close(): void {
    this.#closed.abort();
  }

  /** A sample is under way; nothing is known of it yet. */
  begin(index: number): void {
    if (this.closed.aborted) return;
    this.#entries.set(index, { sample: [0, null], settled: false, failed: false, limited: false, late: false });
  }

  /** What is known of a sample while it is still watched. */
  soFar(index: number, sample: Sample): void {
    const entry = this.#entries.get(index);
    if (entry !== undefined && !entry.settled) entry.sample = sample;
  }

  /** It took at least what is left without the time this process itself stood still, and at most what was seen. */
  settle(index: number, [atLeastMs, atMostMs]: Sample, { waitedMs = 0, lateMs = 0 }: OwnShare = {}): void {
    const entry = this.#entries.get(index);
    if (entry === undefined || entry.settled) return;
    const { budgetMs } = this.track.target;
    const limited = waitedMs > limitedShare * budgetMs;
    const sample: Sample = [Math.max(0, atLeastMs - lateMs), atMostMs];
    const late = atLeastMs > budgetMs && sample[0] <= budgetMs;
    this.#entries.set(index, { sample, settled: true, failed: false, limited, late });
  }

  /** No usable answer came: as late as no answer at all, and an error. */
  fail(index: number): void {
    const entry = this.#entries.get(index);
    if (entry === undefined || entry.settled) return;
    const sample: Sample = [noAnswerAfterBudgets * this.track.target.budgetMs, null];
    this.#entries.set(index, { sample, settled: true, failed: true, limited: false, late: false });
  }

  /** What it was to measure never happened: outside n. */
  drop(index: number, why: 'not-sent' | 'clock-jump' | 'discarded'): void {
    if (!this.#entries.delete(index) && why !== 'not-sent') return;
    if (why === 'not-sent') this.#notSent += 1;
    else if (why === 'clock-jump') this.#clockJumps += 1;
    else this.#discarded += 1;
  }

  hasErrors(from: number, to: number): boolean {
    return [...this.#entries].some(([index, { failed }]) => failed && index >= from && index < to);
  }

  /** A look that can be taken now decides: all its samples are settled, or so many are over that it fails already. */
  get decided(): boolean {
    const entries = this.#counted();
    const { budgetMs } = this.track.target;
    for (const look of this.track.looks) {
      const own = entries.slice(0, look.n);
      const samples = own.map(([, { sample }]) => sample);
      const { state } = lookDecision(samples, [look], budgetMs);
      if (state === 'fail') return true;
      if (own.length < look.n) return false;
      if (own.some(([, { settled }]) => !settled)) return false;
      if (state === 'pass') return true;
    }
    return true;
  }

  /** Samples so far, cold ones aside. */
  get count(): number {
    return this.#counted().length;
  }

  /** Nothing is left to wait for at this number of samples. */
  ready(samples: number): boolean {
    return (
      this.closed.aborted ||
      this.#counted()
        .slice(0, samples)
        .every(([, { settled }]) => settled)
    );
  }

  series(common: Pick<LatencySeries, 'ratePerMinute' | 'simulator'>, blocks: readonly SeriesBlock[]): LatencySeries {
    const all = [...this.#entries].sort(([a], [b]) => a - b);
    const counted = all.filter(([index]) => index >= this.#cold).slice(0, 5_000);
    const whole = (sample: Sample): Sample => [
      rounded(sample[0]),
      sample[1] === null ? null : Math.max(rounded(sample[1]), rounded(sample[0])),
    ];
    const { part, target, looks } = this.track;
    return {
      source: 'active',
      samples: counted.map(([, { sample }]) => whole(sample)),
      cold: all.filter(([index]) => index < this.#cold).map(([, { sample }]) => whole(sample)),
      blocks: blocks.map(({ from, to, startMs }) => ({
        samples: counted.filter(([index]) => index >= from && index < to).length,
        startMs: rounded(startMs),
      })),
      looks: looks.map((look) => ({ ...look })),
      errors: counted.filter(([, { failed }]) => failed).length,
      notSent: this.#notSent,
      discarded: this.#discarded,
      clockJumps: this.#clockJumps,
      limited: counted.filter(([, { limited }]) => limited).length,
      late: counted.filter(([, { late }]) => late).length,
      pollMs: ['read', 'write', 'delivery', 'card', 'confirmed-answer'].includes(part)
        ? 0
        : shortestPauseMs(target.budgetMs),
      ...common,
    };
  }

  #counted(): [number, Entry][] {
    return [...this.#entries].filter(([index]) => index >= this.#cold).sort(([a], [b]) => a - b);
  }
}

export interface SeriesBlock {
  /** Indexes of its samples: from, up to but without to. */
  readonly from: number;
  readonly to: number;
  readonly startMs: number;
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;

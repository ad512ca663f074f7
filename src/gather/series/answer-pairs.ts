import type { Sample } from '../../model/latency-series.js';
import { pairWithinMs, type PairedReadings } from '../../model/paired-readings.js';
import type { SlotSighting } from './measured-search.js';

const mostDiffering = 5_000;
const rounded = (milliseconds: number): number => Math.round(Math.max(0, milliseconds) * 10) / 10;

/** When the state that is so came about, as far as it was seen; milliseconds of one clock. */
export interface ChangeSeen {
  /** Null: it was so when it was first looked at. */
  readonly earliestMs: number | null;
  readonly latestMs: number;
}

/** From the first of them sent to the last received, in milliseconds. */
export const apartMs = (one: SlotSighting, other: SlotSighting): number =>
  Math.max(one.receivedAtMs, other.receivedAtMs) - Math.min(one.sentAtMs, other.sentAtMs);

/** How long it had been otherwise when the answer was given: at least, and at most where that is known. */
export const ageOfAnswer = (answer: SlotSighting, { earliestMs, latestMs }: ChangeSeen): Sample => {
  const lowerMs = rounded(answer.sentAtMs - latestMs);
  return [lowerMs, earliestMs === null ? null : Math.max(lowerMs, rounded(answer.receivedAtMs - earliestMs))];
};

/** Answers of the AI system about a slot, each beside a live reading of the same slot. */
export class AnswerPairs {
  readonly #source: PairedReadings['source'];
  readonly #differing: PairedReadings['differing'] = [];
  #compared = 0;
  #offers = 0;
  #undecided = 0;

  constructor(source: PairedReadings['source']) {
    this.#source = source;
  }

  /** An answer beside what a reading showed; `ageMs` is how long that had been so. */
  note(answer: SlotSighting, live: SlotSighting, ageMs: Sample): void {
    if (answer.state === undefined || live.state === undefined || apartMs(answer, live) > pairWithinMs) {
      this.leaveOut();
      return;
    }
    this.#compared += 1;
    if (answer.state === 'free') this.#offers += 1;
    if (answer.state === live.state || this.#differing.length === mostDiffering) return;
    this.#differing.push({ offered: answer.state === 'free', ageMs });
  }

  /** Nothing can be said of this answer. */
  leaveOut(): void {
    this.#undecided += 1;
  }

  readings(): PairedReadings {
    return {
      source: this.#source,
      compared: this.#compared,
      offers: this.#offers,
      differing: [...this.#differing],
      undecided: this.#undecided,
    };
  }
}

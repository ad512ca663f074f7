import { missing, type Missing } from '../../model/fact.js';
import type { Sample } from '../../model/latency-series.js';
import { betweenStamps, stampInterval, stampResolutionMs, type StampInterval } from '../../model/record-stamps.js';
import type { SeenExchange } from './fold.js';

const fewestReadings = 20;
/** Our own clock is read in whole milliseconds, at both ends. */
const ownResolutionMs = 1;

/** How far our clock is ahead of the EHR's, as the answers to the product tell. */
export class EhrClock {
  #readings = 0;
  #bounds: StampInterval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  #stored = 0;
  #storedBounds: StampInterval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

  note({ answer, sentAt, objects }: SeenExchange, fault: string | undefined): void {
    if (answer === undefined || fault !== undefined) return;
    const { date, age } = answer.headers;
    const between: StampInterval = [sentAt.getTime() - ownResolutionMs, answer.receivedAt.getTime() + ownResolutionMs];
    // An answer of a cache tells the time it was stored; the header has a resolution of one second.
    const dateMs = age === undefined ? Date.parse(date ?? '') : Number.NaN;
    if (!Number.isNaN(dateMs)) {
      this.#readings += 1;
      this.#bounds = narrowed(this.#bounds, [between[0] - dateMs - 1_000, between[1] - dateMs]);
    }
    const stamp: unknown = answer.resource?.meta?.lastUpdated;
    const [write, ...more] = objects?.writes ?? [];
    if (typeof stamp !== 'string' || write?.taken !== true || more.length > 0) return;
    if (answer.resource?.resourceType !== write.resourceType) return;
    const stored = stampInterval(stamp, stampResolutionMs([stamp]));
    if (stored === undefined) return;
    this.#stored += 1;
    this.#storedBounds = narrowed(this.#storedBounds, [between[0] - stored[1], between[1] - stored[0]]);
  }

  /** In milliseconds; missing where too few answers tell, or they disagree. */
  ahead(): StampInterval | Missing {
    if (this.#readings < fewestReadings) {
      return missing('too-few', `fewer than ${fewestReadings} answers of the EHR carried a time of their own`);
    }
    if (this.#bounds[0] > this.#bounds[1]) {
      return missing(
        'clocks-disagree',
        'the answers of the EHR come from clocks that disagree, or one of them was set',
      );
    }
    return this.#bounds;
  }

  /** The same, where meta.lastUpdated was seen to be the time of a write: some servers give another one. */
  aheadOfLastUpdated(): StampInterval | Missing {
    const ahead = this.ahead();
    if ('missing' in ahead) return ahead;
    const both = narrowed(ahead, this.#storedBounds);
    if (this.#stored === 0 || both[0] > both[1]) {
      return missing('clocks-disagree', 'meta.lastUpdated was not seen to be the time of a write');
    }
    return ahead;
  }
}

const narrowed = (one: StampInterval, other: StampInterval): StampInterval => [
  Math.max(one[0], other[0]),
  Math.min(one[1], other[1]),
];

/** One event with a time of its own in the record, and when the write that answers it was acknowledged, by our wall clock. */
export interface StampedWork {
  readonly stamp: string;
  /** Undefined: nothing answered it, as far as the recording shows. */
  readonly done: StampInterval | undefined;
}

/** How long each took; missing where a write stands before its event. */
export function stampedSamples(
  work: readonly StampedWork[],
  ahead: StampInterval,
): { readonly samples: readonly Sample[]; readonly resolutionMs: number } | Missing {
  const resolutionMs = stampResolutionMs(work.map(({ stamp }) => stamp));
  const samples: Sample[] = [];
  for (const { stamp, done } of work) {
    const from = stampInterval(stamp, resolutionMs);
    const sample = done === undefined || from === undefined ? ([0, null] as const) : betweenStamps(from, done, ahead);
    if (sample === undefined) return missing('clocks-disagree', 'a write stands before its event');
    samples.push([sample[0], sample[1]]);
  }
  return { samples, resolutionMs };
}

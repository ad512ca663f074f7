import type { Sample } from './latency-series.js';

/** Between these two moments, in milliseconds since 1970 by the clock that wrote the stamp. */
export type StampInterval = readonly [earliestMs: number, latestMs: number];

const shape = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|[+-]\d{2}:\d{2}))?$/;
const day = 86_400_000;
const minute = 60_000;
const second = 1_000;

/**
 * How fine the stamps of one element are, in milliseconds: as coarse as all of them allow. Where every one of them ends in
 * :00, seconds are not recorded, whatever the format can say (https://hl7.org/fhir/R4/datatypes.html#dateTime).
 */
export function stampResolutionMs(stamps: readonly string[]): number {
  const parts = stamps.flatMap((stamp) => {
    const found = shape.exec(stamp);
    return found === null ? [] : [found];
  });
  if (parts.some(([, minutes]) => minutes === undefined)) return day;
  if (parts.every(([, , seconds, fraction]) => Number(seconds) === 0 && Number(fraction ?? 0) === 0)) return minute;
  const digits = Math.max(...parts.map(([, , , fraction = '']) => fraction.replace(/0+$/, '').length));
  return Math.max(1, second / 10 ** digits);
}

/** What a stamp of this resolution says; undefined for a text that is no date. A day is a day of UTC, and a day wider. */
export function stampInterval(stamp: string, resolutionMs: number): StampInterval | undefined {
  const atMs = shape.test(stamp) ? Date.parse(stamp) : Number.NaN;
  if (Number.isNaN(atMs)) return undefined;
  // A date says no time zone: https://hl7.org/fhir/R4/datatypes.html#date
  return resolutionMs >= day ? [atMs - day / 2, atMs + day + day / 2] : [atMs, atMs + resolutionMs];
}

/**
 * How long it took between two stamps. The clock of the second may lie so far ahead of the clock of the first as `ahead`
 * says; undefined where the answer then stands before its event.
 */
export function betweenStamps(from: StampInterval, to: StampInterval, ahead: StampInterval): Sample | undefined {
  const upperMs = to[1] - from[0] - ahead[0];
  return upperMs < 0 ? undefined : [Math.max(0, to[0] - from[1] - ahead[1]), upperMs];
}

/**
 * How far the second clock is ahead of the first, from what both are ahead of a third; undefined where a clock has no one
 * time. Zero is always possible: nobody knows which of the two wrote a stamp.
 */
export function aheadOf(first: StampInterval, second: StampInterval): StampInterval | undefined {
  if (first[0] > first[1] || second[0] > second[1]) return undefined;
  return [Math.min(0, second[0] - first[1]), Math.max(0, second[1] - first[0])];
}

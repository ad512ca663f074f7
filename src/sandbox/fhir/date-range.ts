/** Half-open range of milliseconds since the epoch that a FHIR date, dateTime, instant or Period covers; open ends are infinite. */
export interface DateRange {
  readonly fromMs: number;
  readonly untilMs: number;
}

const pattern = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

/**
 * Range of one date string at its own precision; a time without a zone is UTC. `undefined` for anything that is not a date.
 * Source: https://hl7.org/fhir/R4/search.html#date
 */
export function dateRange(text: string): DateRange | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, year = '', month, day, hour, minute, second, fraction, zone] = match;
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)];
  const midnight = utcMs(y, m - 1, d);
  if (m < 1 || m > 12 || new Date(midnight).getUTCDate() !== d) return undefined;
  if (month === undefined) return { fromMs: midnight, untilMs: utcMs(y + 1, 0, 1) };
  if (day === undefined) return { fromMs: midnight, untilMs: utcMs(y, m, 1) };
  if (hour === undefined) return { fromMs: midnight, untilMs: midnight + 86_400_000 };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return undefined;
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const fromMs =
    midnight +
    Number(hour) * 3_600_000 +
    Number(minute) * 60_000 +
    Number(second ?? 0) * 1000 +
    milliseconds -
    zoneOffsetMs(zone);
  return { fromMs, untilMs: fromMs + (second === undefined ? 60_000 : fraction === undefined ? 1000 : 1) };
}

/** Range of a Period; an absent or unreadable bound is open. */
export function periodRange(period: { readonly start?: unknown; readonly end?: unknown }): DateRange {
  const start = typeof period.start === 'string' ? dateRange(period.start) : undefined;
  const end = typeof period.end === 'string' ? dateRange(period.end) : undefined;
  return { fromMs: start?.fromMs ?? -Infinity, untilMs: end?.untilMs ?? Infinity };
}

/** Comparison prefixes of date search. */
export type DatePrefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/** Whether a resource's range satisfies `prefix` against the searched range. `nowMs` scales the tolerance of `ap`. */
export function dateMatches(prefix: DatePrefix, target: DateRange, searched: DateRange, nowMs: number): boolean {
  const contained = searched.fromMs <= target.fromMs && target.untilMs <= searched.untilMs;
  const toleranceMs = Math.abs(nowMs - searched.fromMs) / 10;
  const holds: Readonly<Record<DatePrefix, boolean>> = {
    eq: contained,
    ne: !contained,
    gt: target.untilMs > searched.untilMs,
    lt: target.fromMs < searched.fromMs,
    ge: contained || target.untilMs > searched.untilMs,
    le: contained || target.fromMs < searched.fromMs,
    sa: target.fromMs >= searched.untilMs,
    eb: target.untilMs <= searched.fromMs,
    ap: target.fromMs < searched.untilMs + toleranceMs && target.untilMs > searched.fromMs - toleranceMs,
  };
  return holds[prefix];
}

/** Date.UTC reads years below 100 as 19xx. */
function utcMs(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}

function zoneOffsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

import type { CodeableConcept, HealthcareService, Period, Slot } from 'fhir/r4.js';
import { objectsIn } from '../fhir/list.js';

/** Whether a slot is for one of the visit types the organization lets the product book; true where either says nothing. */
export function ofVisitType({ serviceType, appointmentType }: Slot, allowed: readonly string[]): boolean {
  const stated = objectsIn([
    ...objectsIn(serviceType),
    ...(appointmentType === undefined ? [] : [appointmentType]),
  ]).flatMap(codesOf);
  return stated.length === 0 || allowed.length === 0 || stated.some((code) => allowed.includes(code));
}

/**
 * Whether a service takes appointments at a time: inside one of its available times, and in none of the periods in which
 * it is not available. https://hl7.org/fhir/R4/healthcareservice.html
 * @param zone time zone of the site; where nobody states one, times of day and dates say nothing
 */
export function takesAppointments(service: HealthcareService, at: Date, zone: string | undefined): boolean {
  if (Number.isNaN(at.getTime())) return true;
  const closed = objectsIn(service.notAvailable).some(({ during }) =>
    objectsIn(during && [during]).some((period) => within(period, at, zone)),
  );
  if (closed) return false;
  const open = objectsIn(service.availableTime);
  if (open.length === 0 || zone === undefined) return true;
  const { day, time } = localTime(at, zone);
  return open.some(
    ({ daysOfWeek, allDay, availableStartTime, availableEndTime }) =>
      (texts(daysOfWeek).length === 0 || texts(daysOfWeek).includes(day)) &&
      (allDay === true || ((availableStartTime ?? '') <= time && time < (availableEndTime ?? '24'))),
  );
}

/** Both ends count, and a date means its whole day (https://hl7.org/fhir/R4/datatypes.html#Period). */
function within({ start, end }: Period, at: Date, zone: string | undefined): boolean {
  const after = start === undefined || compared(at, start, zone);
  const before = end === undefined || compared(at, end, zone);
  if (after === undefined || before === undefined) return false;
  return (after === true || after >= 0) && (before === true || before <= 0);
}

/** Negative, zero or positive as the time is before, at or after the limit; undefined where that cannot be said. */
function compared(at: Date, limit: string, zone: string | undefined): number | undefined {
  if (typeof limit !== 'string') return undefined;
  if (limit.includes('T')) {
    const limitMs = Date.parse(limit);
    return Number.isNaN(limitMs) ? undefined : Math.sign(at.getTime() - limitMs);
  }
  if (zone === undefined) return undefined;
  const date = localTime(at, zone).date.slice(0, limit.length);
  return date === limit ? 0 : date < limit ? -1 : 1;
}

function localTime(at: Date, zone: string): { readonly date: string; readonly day: string; readonly time: string } {
  const parts = new Map(
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: string): string => parts.get(name as Intl.DateTimeFormatPartTypes) ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    day: part('weekday').toLowerCase(),
    time: `${part('hour')}:${part('minute')}:${part('second')}`,
  };
}

const codesOf = ({ coding }: CodeableConcept): string[] =>
  objectsIn(coding).flatMap(({ code }) => (typeof code === 'string' ? code : []));

const texts = (value: readonly string[] | undefined): readonly string[] =>
  Array.isArray(value) ? (value as string[]) : [];

/** The time zone, where this machine knows it. */
export function knownZone(zone: string | undefined): string | undefined {
  try {
    void new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return zone;
  } catch {
    return undefined;
  }
}

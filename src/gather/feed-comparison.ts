import type { Appointment, Patient, Resource } from 'fhir/r4.js';
import { readHl7Time, type Hl7Message } from '../fhir/hl7v2.js';
import type { FactValue } from '../model/fact.js';

type FeedEvent = FactValue<'hl7v2-feed'>['events'][number];
type Field = FeedEvent['compared'][number];

/** HL7 table 0001 (http://terminology.hl7.org/CodeSystem/v2-0001). */
const sexes: Readonly<Record<string, string>> = { M: 'male', F: 'female', O: 'other', U: 'unknown' };
/** HL7 table 0278, where it says the same as a status of FHIR. */
const statuses: Readonly<Record<string, string>> = {
  pending: 'pending',
  waitlist: 'waitlist',
  booked: 'booked',
  complete: 'fulfilled',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  noshow: 'noshow',
};
const quarterHourMs = 900_000;
const widestOffsetMs = 14 * 3_600_000;

/** Whether PID-3 holds an identifier of the patient; undefined where it holds none at all. */
export function isOfPatient(message: Hl7Message, patient: Patient): boolean | undefined {
  const given = repeated(message, 'PID', 3, 1).filter((each) => each !== '');
  if (given.length === 0) return undefined;
  const own = new Set([patient.id, ...valuesOf(patient.identifier)]);
  return given.some((each) => own.has(each));
}

/** Whether the message is about this object: by an identifier of it, or by its patient and start. */
export function isAbout(message: Hl7Message, object: Resource, patient: Patient): boolean {
  const own = new Set([object.id, ...valuesOf((object as Appointment).identifier)]);
  if ([1, 2].some((field) => own.has(message.value('SCH', field)) && message.value('SCH', field) !== '')) return true;
  return isOfPatient(message, patient) === true && startAgrees(message, object) === true;
}

/** What the message says of patient and object, beside what FHIR says of them. */
export function compareWithFhir(
  message: Hl7Message,
  object: Resource,
  patient: Patient,
): Pick<FeedEvent, 'patient' | 'compared' | 'differs'> {
  const same = isOfPatient(message, patient);
  const agreement: Readonly<Record<Field, boolean | undefined>> = {
    'PID-5': nameAgrees(message, patient),
    'PID-7': agrees(message.value('PID', 7).slice(0, 8), patient.birthDate?.replaceAll('-', '')),
    'PID-8': agrees(sexes[message.value('PID', 8)] ?? '', patient.gender),
    start: startAgrees(message, object),
    'SCH-25': agrees(statuses[message.value('SCH', 25).toLowerCase()] ?? '', (object as Appointment).status),
  };
  const rows = Object.entries(agreement) as [Field, boolean | undefined][];
  return {
    patient: same === undefined ? 'not-named' : same ? 'same' : 'other',
    compared: rows.flatMap(([field, agreed]) => (agreed === undefined ? [] : [field])),
    differs: rows.flatMap(([field, agreed]) => (agreed === false ? [field] : [])),
  };
}

const agrees = (given: string, expected: string | undefined): boolean | undefined =>
  given === '' || expected === undefined ? undefined : given === expected;

/** Engines write names in capitals; the order and number of names is theirs too. */
function nameAgrees(message: Hl7Message, { name }: Patient): boolean | undefined {
  const plain = (text: string): string => text.normalize('NFC').toLowerCase();
  const given = repeated(message, 'PID', 5, 1).map((family, index) => {
    const first = message.value('PID', 5, 2, index + 1);
    return { family: plain(family), first: plain(first) };
  });
  const known = (Array.isArray(name) ? name : []).map((each) => {
    const firsts = Array.isArray(each?.given) ? each.given : [];
    return { family: plain(each?.family ?? ''), firsts: firsts.map((first) => plain(first)) };
  });
  if (given.every(({ family }) => family === '') || known.length === 0) return undefined;
  return given.some(({ family, first }) =>
    known.some((each) => each.family === family && (first === '' || each.firsts.includes(first))),
  );
}

/** A time without an offset is of some place: it agrees when a whole number of quarter hours lies between. */
function startAgrees(message: Hl7Message, object: Resource): boolean | undefined {
  const startMs = Date.parse((object as Appointment).start ?? '');
  const texts = [message.value('SCH', 11, 4), message.value('TQ1', 7), message.value('AIS', 4)];
  const given = texts.flatMap((text) => readHl7Time(text) ?? []);
  // Half past thirty is no time of anything.
  if (texts.some((text) => /^\d{12}/.test(text) && readHl7Time(text) === undefined)) return false;
  if (given.length === 0 || Number.isNaN(startMs)) return undefined;
  return given.every(({ ms, resolutionMs, zoned }) => {
    const apartMs = ms - Math.floor(startMs / resolutionMs) * resolutionMs;
    return zoned ? apartMs === 0 : apartMs % quarterHourMs === 0 && Math.abs(apartMs) <= widestOffsetMs;
  });
}

const repeated = (message: Hl7Message, segment: string, field: number, component: number): string[] =>
  Array.from({ length: message.repetitions(segment, field) }, (_, index) =>
    message.value(segment, field, component, index + 1),
  );

const valuesOf = (identifiers: unknown): string[] =>
  (Array.isArray(identifiers) ? (identifiers as ({ value?: unknown } | null)[]) : []).flatMap((each) =>
    typeof each?.value === 'string' ? [each.value] : [],
  );

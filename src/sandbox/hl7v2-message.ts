import type { Appointment, Patient } from 'fhir/r4.js';

/** What a change of a visit is called (HL7 v2.5.1, section 10.3). */
export function visitEvent(previous: Appointment | undefined, current: Appointment | undefined): string | undefined {
  if (current === undefined) return previous === undefined ? undefined : 'S17';
  if (previous === undefined) return current.status === 'booked' ? 'S12' : undefined;
  if (previous.status !== 'cancelled' && current.status === 'cancelled') return 'S15';
  return previous.start === current.start ? 'S14' : 'S13';
}

export interface VisitMessage {
  readonly event: string;
  readonly controlId: string;
  readonly at: Date;
  readonly organization: string;
  readonly visit: Appointment;
  readonly patient: Patient;
}

/** An SIU message about a visit, its segments ended by carriage returns. */
export function visitMessage({ event, controlId, at, organization, visit, patient }: VisitMessage): string {
  const { identifier = [], name = [], birthDate = '', gender } = patient;
  const start = timeOf(new Date(visit.start ?? 0));
  const end = timeOf(new Date(visit.end ?? visit.start ?? 0));
  const [coding] = visit.serviceType?.[0]?.coding ?? [];
  const minutes = visit.start && visit.end ? (Date.parse(visit.end) - Date.parse(visit.start)) / 60_000 : undefined;
  const segments = [
    [
      'MSH',
      '^~\\&',
      'SANDBOX',
      organization.toUpperCase(),
      'LISTENER',
      'TEST',
      timeOf(at),
      '',
      `SIU^${event}^SIU_S12`,
      controlId,
      'T',
      '2.5.1',
      '',
      '',
      'NE',
      'AL',
      '',
      'UNICODE UTF-8',
    ],
    [
      'SCH',
      escaped(visit.identifier?.[0]?.value),
      escaped(visit.id),
      ...empty(3),
      event,
      '',
      '',
      minutes === undefined ? '' : String(minutes),
      'MIN',
      `^^^${start}^${end}`,
      ...empty(13),
      statusOf(visit.status),
    ],
    [
      'PID',
      '1',
      '',
      identifier.map(({ system, value }) => `${escaped(value)}^^^&${escaped(system)}&URI^MR`).join('~'),
      '',
      name.map(({ family, given }) => `${escaped(family)}^${escaped(given?.[0])}`).join('~'),
      '',
      birthDate.replaceAll('-', ''),
      { male: 'M', female: 'F', other: 'O', unknown: 'U' }[gender ?? 'unknown'],
    ],
    ['RGS', '1', 'A'],
    ['AIS', '1', 'A', `${escaped(coding?.code)}^${escaped(coding?.display)}`, start],
  ];
  return segments.map((fields) => `${fields.join('|')}\r`).join('');
}

const empty = (count: number): string[] => Array.from({ length: count }, () => '');

/** In UTC, with its offset. */
const timeOf = (time: Date): string =>
  `${time
    .toISOString()
    .replaceAll(/[-:TZ]/g, '')
    .slice(0, 18)}+0000`;

const statusOf = (status: Appointment['status']): string =>
  ({ booked: 'Booked', cancelled: 'Cancelled', fulfilled: 'Complete', noshow: 'Noshow' })[status as string] ??
  'Pending';

const escapes: Readonly<Record<string, string>> = { '\\': 'E', '|': 'F', '^': 'S', '&': 'T', '~': 'R' };
const escaped = (text = ''): string =>
  text.replaceAll(/[\\|^&~]/g, (mark) => `\\${escapes[mark] ?? ''}\\`).replaceAll(/\p{Cc}/gu, ' ');

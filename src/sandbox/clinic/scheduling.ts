import type {
  Appointment,
  CodeableConcept,
  HealthcareService,
  Location,
  Practitioner,
  Schedule,
  Slot,
} from 'fhir/r4.js';
import type { ClinicSite, TestAppointment, TestSchedule } from './clinic-index.js';
import { type Identity, dayAfter, instantText, minutesAfter, referenceTo } from './identity.js';
import { type Person, createPractitioner, familyOf } from './people.js';

export interface SiteScheduling {
  readonly resources: readonly (Practitioner | Location | HealthcareService | Schedule | Slot | Appointment)[];
  /** The ordinary practitioners; they see the patients of the site. */
  readonly practitioners: readonly [Practitioner, ...Practitioner[]];
  readonly testSchedules: readonly TestSchedule[];
  readonly appointments: readonly TestAppointment[];
}

/** Test slots start no earlier, so that a run may book them under the rule of at least 14 days ahead. */
const firstTestDay = 15;
const horizonDays = 45;
const slotMinutes = 20;
/** The two schedules of a practitioner never overlap: one holds mornings, the other afternoons. */
const halfDays = [
  { name: 'mornings', startMinute: 14 * 60 },
  { name: 'afternoons', startMinute: 18 * 60 + 30 },
] as const;
const testSlotsPerHalfDay = 12;
/** Ordinary schedules open fewer slots, and every fourth is taken by a patient who is no test patient. */
const ordinarySlotsPerHalfDay = 4;
const takenEvery = 4;

export function visitTypeOf({ system }: Identity) {
  return { system: system('visit-type'), code: 'established-patient', display: 'Established patient visit' };
}

/** Practitioners of one site with two schedules each, the slots of the coming 45 days, and the visits booked in them. */
export function createScheduling(identity: Identity, site: ClinicSite, patients: readonly Person[]): SiteScheduling {
  const practitioners: [Practitioner, ...Practitioner[]] = [
    createPractitioner(identity, false),
    createPractitioner(identity, false),
  ];
  const tester = createPractitioner(identity, true);
  const service = officeHours(identity, site);
  const places = [...practitioners, tester].map((practitioner, n) => ({
    practitioner,
    room: roomOf(identity, site, n + 1),
    service,
  }));
  const diaries = places.flatMap((place) =>
    halfDays.map((halfDay) => createDiary(identity, site, place, halfDay, place.practitioner === tester)),
  );
  const testDiaries = diaries.filter((diary) => diary.practitioner === tester);
  const testPatients = patients.filter((person) => person.alias !== undefined);
  const background = patients.filter((person) => person.alias === undefined);

  const testVisits = testPatients.flatMap((person, n) => {
    const diary = testDiaries[n % testDiaries.length];
    // From the end backwards: a caller asks for the first free times.
    const slot = diary?.slots.at(-1 - n);
    return diary && slot ? [{ person, diary, appointment: book(identity, slot, diary, person), slot }] : [];
  });
  const otherVisits = diaries
    .filter((diary) => diary.practitioner !== tester)
    .flatMap((diary) => diary.slots.filter((_, n) => n % takenEvery === 0).map((slot) => ({ diary, slot })))
    .flatMap(({ diary, slot }, n) => {
      const person = background[n % background.length];
      return person ? [book(identity, slot, diary, person)] : [];
    });

  return {
    resources: [
      ...practitioners,
      tester,
      service,
      ...places.map(({ room }) => room),
      ...diaries.flatMap(({ schedule, slots }) => [schedule, ...slots]),
      ...testVisits.map(({ appointment }) => appointment),
      ...otherVisits,
    ],
    practitioners,
    testSchedules: testDiaries.map(({ schedule, slots }) => ({
      id: schedule.id ?? '',
      site: site.id,
      canary: familyOf(tester),
      practitioner: referenceTo(tester),
      freeSlots: slots.filter(({ status }) => status === 'free').length,
      from: slots[0]?.start ?? '',
      to: slots.at(-1)?.end ?? '',
    })),
    appointments: testVisits.map(({ person, diary, appointment, slot }) => ({
      id: appointment.id ?? '',
      patient: person.alias ?? '',
      schedule: diary.schedule.id ?? '',
      slot: slot.id ?? '',
    })),
  };
}

/** Where a practitioner sees patients, and the hours in which the site takes appointments. */
interface Place {
  readonly practitioner: Practitioner;
  readonly room: Location;
  readonly service: HealthcareService;
}

interface Diary {
  readonly practitioner: Practitioner;
  readonly room: Location;
  readonly location: string;
  readonly schedule: Schedule;
  readonly slots: readonly Slot[];
}

/** Long enough for the slots of either half of the year. */
function officeHours(identity: Identity, site: ClinicSite): HealthcareService {
  return {
    resourceType: 'HealthcareService',
    id: identity.newId('hcs'),
    active: true,
    name: `Visits at ${site.name}`,
    type: [visitType(identity)],
    providedBy: { reference: site.organization },
    location: [{ reference: site.location }],
    availableTime: [
      {
        daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'],
        availableStartTime: '06:00:00',
        availableEndTime: '20:00:00',
      },
    ],
  };
}

function roomOf(identity: Identity, site: ClinicSite, n: number): Location {
  return {
    resourceType: 'Location',
    id: identity.newId('rom'),
    status: 'active',
    name: `Room ${n}`,
    mode: 'instance',
    physicalType: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code: 'ro', display: 'Room' }],
    },
    managingOrganization: { reference: site.organization },
    partOf: { reference: site.location },
  };
}

function createDiary(
  identity: Identity,
  site: ClinicSite,
  { practitioner, room, service }: Place,
  halfDay: (typeof halfDays)[number],
  isTest: boolean,
): Diary {
  const days = weekdays(identity.now, isTest ? firstTestDay : 1);
  const starts = days.flatMap((day) =>
    Array.from({ length: isTest ? testSlotsPerHalfDay : ordinarySlotsPerHalfDay }, (_, n) =>
      minutesAfter(day, halfDay.startMinute + n * slotMinutes),
    ),
  );
  const schedule: Schedule = {
    resourceType: 'Schedule',
    id: identity.newId('sch'),
    active: true,
    serviceType: [visitType(identity)],
    actor: [
      // The name is the canary of a test schedule: whoever may read schedules only can prove it too.
      { reference: referenceTo(practitioner), display: familyOf(practitioner) },
      { reference: site.location, display: site.name },
      { reference: referenceTo(room), display: room.name },
      { reference: referenceTo(service) },
    ],
    planningHorizon: {
      start: instantText(dayAfter(identity.now, 0)),
      end: instantText(dayAfter(identity.now, horizonDays + 1)),
    },
    comment: isTest ? `INTEGRATION TEST, ${halfDay.name}` : halfDay.name,
  };
  const slots = starts.map((start): Slot => ({
    resourceType: 'Slot',
    id: identity.newId('slo'),
    serviceType: [visitType(identity)],
    schedule: { reference: referenceTo(schedule) },
    status: 'free',
    start: instantText(start),
    end: instantText(minutesAfter(start, slotMinutes)),
  }));
  return { practitioner, room, location: site.location, schedule, slots };
}

/** Takes the slot, as the running EHR would. */
function book(identity: Identity, slot: Slot, { practitioner, room, location }: Diary, person: Person): Appointment {
  slot.status = 'busy';
  return {
    resourceType: 'Appointment',
    id: identity.newId('app'),
    identifier: [{ system: identity.system('appointment'), value: `A${identity.random.below(9_000_000) + 1_000_000}` }],
    status: 'booked',
    serviceType: [visitType(identity)],
    appointmentType: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0276', code: 'ROUTINE' }] },
    start: slot.start,
    end: slot.end,
    minutesDuration: slotMinutes,
    slot: [{ reference: referenceTo(slot) }],
    created: instantText(dayAfter(identity.now, -3)),
    participant: [
      { actor: { reference: referenceTo(person.resource) }, required: 'required', status: 'accepted' },
      { actor: { reference: referenceTo(practitioner) }, required: 'required', status: 'accepted' },
      { actor: { reference: location }, required: 'information-only', status: 'accepted' },
      { actor: { reference: referenceTo(room) }, required: 'required', status: 'accepted' },
    ],
  };
}

function visitType(identity: Identity): CodeableConcept {
  const { display, ...coding } = visitTypeOf(identity);
  return { coding: [{ ...coding, display }], text: display };
}

function weekdays(now: Date, firstDay: number): readonly Date[] {
  return Array.from({ length: horizonDays - firstDay + 1 }, (_, n) => dayAfter(now, firstDay + n)).filter(
    (day) => day.getUTCDay() !== 0 && day.getUTCDay() !== 6,
  );
}

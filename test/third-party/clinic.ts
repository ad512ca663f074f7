import type { Appointment, Patient, Practitioner, Resource, Schedule, Slot } from 'fhir/r4.js';

const patientsThere = 24;
const slotsThere = 120;
const dayMs = 86_400_000;
const slotMs = 30 * 60_000;
const number = (index: number): string => String(index + 1).padStart(3, '0');

export const scheduleId = 'schedule-one';
export const mrnSystem = 'https://third.example/mrn';

/** What of the records stands in the organization file. */
export const patientOf = (index: number) => ({
  alias: `caller-${number(index)}`,
  id: `caller-${number(index)}`,
  canary: `ZZTHIRD${number(index)}`,
});
export const patients = Array.from({ length: patientsThere }, (_, index) => patientOf(index));

/** Callers with a visit each, one provider, one schedule of free half hours from 15 days ahead. */
export function clinicOf(now: Date): Resource[] {
  const practitioner: Practitioner = { resourceType: 'Practitioner', id: 'provider-one', name: [{ family: 'Prow' }] };
  const schedule: Schedule = {
    resourceType: 'Schedule',
    id: scheduleId,
    comment: 'ZZTHIRDSCHEDULE',
    actor: [{ reference: 'Practitioner/provider-one' }],
  };
  const firstMs = Math.ceil((now.getTime() + 16 * dayMs) / dayMs) * dayMs + 8 * 3_600_000;
  const at = (index: number): string =>
    new Date(firstMs + Math.floor(index / 16) * dayMs + (index % 16) * slotMs).toISOString();
  const until = (index: number): string => new Date(Date.parse(at(index)) + slotMs).toISOString();
  const slots = Array.from({ length: slotsThere }, (_, index): Slot => ({
    resourceType: 'Slot',
    id: `slot-${number(index)}`,
    schedule: { reference: `Schedule/${scheduleId}` },
    serviceType: [{ coding: [{ system: 'https://third.example/visit', code: 'checkup' }] }],
    status: index < patientsThere ? 'busy' : 'free',
    start: at(index),
    end: until(index),
  }));
  return [
    practitioner,
    schedule,
    ...slots,
    ...patients.map(({ id, canary }, index): Patient => ({
      resourceType: 'Patient',
      id,
      identifier: [{ system: mrnSystem, value: `MRN${number(index)}` }],
      name: [{ use: 'official', family: canary, given: ['Test'] }],
      telecom: [{ system: 'phone', value: `555-01${number(index)}` }],
      birthDate: `19${50 + index}-03-04`,
    })),
    ...patients.map(({ id }, index): Appointment => ({
      resourceType: 'Appointment',
      id: `visit-${number(index)}`,
      status: 'booked',
      start: at(index),
      end: until(index),
      slot: [{ reference: `Slot/slot-${number(index)}` }],
      participant: [{ actor: { reference: `Patient/${id}` }, status: 'accepted' }],
    })),
  ];
}

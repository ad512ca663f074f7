import type { HealthcareService, Slot } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { ofVisitType, takesAppointments } from '../../src/gather/appointment-rules.js';

const zone = 'America/Chicago';
const service: HealthcareService = {
  resourceType: 'HealthcareService',
  availableTime: [
    { daysOfWeek: ['mon', 'tue'], availableStartTime: '08:00:00', availableEndTime: '12:00:00' },
    { daysOfWeek: ['sat'], allDay: true },
  ],
  notAvailable: [
    { description: 'Holidays', during: { start: '2026-12-21', end: '2026-12-22' } },
    { description: 'Move', during: { start: '2026-12-14T14:00:00Z', end: '2026-12-14T15:00:00Z' } },
    { description: 'Some day' },
  ],
};

describe('the times of a service', () => {
  it.each([
    ['Monday at eight', '2026-12-07T14:00:00Z', true],
    ['Monday just before eight', '2026-12-07T13:59:00Z', false],
    ['Monday at noon', '2026-12-07T18:00:00Z', false],
    ['Wednesday', '2026-12-09T15:00:00Z', false],
    ['Saturday night, which is Sunday in UTC', '2026-12-13T04:00:00Z', true],
    ['the last hour of the holidays', '2026-12-22T17:59:00Z', false],
    ['the end of a closed hour', '2026-12-14T15:00:00Z', false],
    ['a minute after it', '2026-12-14T15:01:00Z', true],
  ])('%s', (_name, at, open) => {
    expect(takesAppointments(service, new Date(at), zone)).toBe(open);
  });

  it('says nothing about times of day and dates without a time zone', () => {
    expect(takesAppointments(service, new Date('2026-12-09T15:00:00Z'), undefined)).toBe(true);
    expect(takesAppointments(service, new Date('2026-12-21T15:00:00Z'), undefined)).toBe(true);
    expect(takesAppointments(service, new Date('2026-12-14T14:30:00Z'), undefined)).toBe(false);
  });
});

describe('the visit type of a slot', () => {
  const slot = (code?: string): Slot => ({
    resourceType: 'Slot',
    status: 'free',
    start: '',
    end: '',
    schedule: {},
    ...(code === undefined ? {} : { serviceType: [{ coding: [{ code }] }] }),
  });

  it.each([
    ['one of those that may be booked', 'follow-up', ['new', 'follow-up'], true],
    ['another one', 'surgery', ['new', 'follow-up'], false],
    ['none stated', undefined, ['new'], true],
    ['none restricted', 'surgery', [], true],
  ])('%s', (_name, code, allowed, fits) => {
    expect(ofVisitType(slot(code), allowed)).toBe(fits);
  });
});

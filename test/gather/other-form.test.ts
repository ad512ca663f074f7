import type { Appointment, Patient } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { otherForm } from '../../src/gather/other-form.js';
import type { FilledBody } from '../../src/gather/test-objects.js';

const patient = { alias: 'p1', id: '100', synthetic: true, canary: 'Harborlight' } as const;
const filled = (body: FilledBody['body'], slot?: FilledBody['slot']): FilledBody => ({
  body,
  slot,
  patient,
  ifNoneExist: undefined,
  duplicateQuery: undefined,
});
const visit: Appointment = {
  resourceType: 'Appointment',
  status: 'booked',
  description: 'INTEGRATION TEST',
  start: '2026-12-01T20:30:00Z',
  end: '2026-12-01T20:50:00.500-05:00',
  participant: [{ status: 'accepted', actor: { reference: 'Patient/100' } }],
};

describe('the same wish in other words', () => {
  it('keeps every moment and gives it in another zone', () => {
    const { body } = otherForm(filled(visit)) as unknown as { body: Appointment };
    expect([body.start, body.end]).toEqual(['2026-12-02T05:30:00+09:00', '2026-12-02T10:50:00.500+09:00']);
    expect(Date.parse(body.start ?? '')).toBe(Date.parse(visit.start ?? ''));
    expect(Date.parse(body.end ?? '')).toBe(Date.parse(visit.end ?? ''));
  });

  it('comes from another caller and is for the same patient', () => {
    const { body } = otherForm(filled(visit)) as unknown as { body: Appointment };
    expect(body.description).toBe('INTEGRATION TEST - second caller');
    expect(body.participant).toEqual(visit.participant);
    expect(body.status).toBe('booked');
  });

  it('moves the times of the slot too, for what is searched by them', () => {
    const slot = {
      resourceType: 'Slot',
      id: '7',
      status: 'free',
      schedule: { reference: 'Schedule/1' },
      start: '2026-12-01T20:30:00Z',
      end: '2026-12-01T20:50:00Z',
    } as const;
    expect(otherForm(filled(visit, slot)).slot).toMatchObject({ id: '7', start: '2026-12-02T05:30:00+09:00' });
  });

  it('writes phone numbers otherwise and leaves addresses of mail and dates alone', () => {
    const person: Patient = {
      resourceType: 'Patient',
      birthDate: '1970-01-01',
      telecom: [
        { system: 'phone', value: '555-010-0199' },
        { system: 'phone', value: '+442055501' },
        { system: 'email', value: 'a@clinic.example' },
      ],
    };
    const { body } = otherForm(filled(person)) as unknown as { body: Patient };
    expect(body.telecom?.map(({ value }) => value)).toEqual(['5550100199', '+44205-5501', 'a@clinic.example']);
    expect(body.birthDate).toBe('1970-01-01');
  });
});

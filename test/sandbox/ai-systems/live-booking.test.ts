import type { Appointment, Patient, Resource, Slot } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../src/sandbox/ai-systems/configuration.js';
import type { FhirAnswer, FhirCall, FhirConnection } from '../../../src/sandbox/ai-systems/fhir-connection.js';
import { type BookingHabits, createLiveBooking } from '../../../src/sandbox/ai-systems/live-booking.js';
import type { Call } from '../../../src/sandbox/ai-systems/product.js';

const configuration: Configuration = {
  fhirBase: 'https://ehr.example/fhir',
  tokenUrl: 'https://ehr.example/token',
  clientId: 'bot',
  keyFile: '/none',
  kid: 'k',
  algorithm: 'ES384',
  port: 0,
  controlToken: 'token',
  webhookSecret: 'secret',
  providers: ['Practitioner/d1'],
  visitType: 'visit',
  earliestDays: 14,
  latestDays: 45,
};
const patient: Patient = {
  resourceType: 'Patient',
  id: 'p1',
  name: [{ use: 'official', family: 'ZZTESTONE' }],
  birthDate: '1980-01-01',
};
const slots = ['s1', 's2'].map((id): Slot => ({
  resourceType: 'Slot',
  id,
  status: 'free',
  schedule: { reference: 'Schedule/d1' },
  start: '2026-12-10T14:00:00Z',
  end: '2026-12-10T14:20:00Z',
}));
const visit = (id: string, slot: string, status: Appointment['status'] = 'booked'): Appointment => ({
  resourceType: 'Appointment',
  id,
  status,
  slot: [{ reference: `Slot/${slot}` }],
  start: '2026-12-10T14:00:00Z',
  participant: [],
});
const booking: Call = { intent: 'book', family: 'ZZTESTONE', birthDate: '1980-01-01' };

/** Answers writes one after another; `undefined` loses the answer, after `effect` happened. */
function ehr(
  writes: readonly { answer?: Partial<FhirAnswer>; effect?: Appointment }[],
  visits: Appointment[] = [],
  habits: BookingHabits = {},
) {
  const sent: FhirCall[] = [];
  const stored: Resource[] = [patient, ...slots, ...visits];
  const connection: FhirConnection = {
    send(call) {
      if (call.method === 'GET') {
        const body = stored.findLast(({ resourceType, id }) => `${resourceType}/${id}` === call.url);
        const version = stored.filter(({ id }) => id === body?.id).length;
        return Promise.resolve({ status: body ? 200 : 404, etag: `W/"${version}"`, location: undefined, body });
      }
      const { answer, effect } = writes[sent.push(call) - 1] ?? {};
      if (effect) stored.push(effect);
      if (!answer) return Promise.reject(new Error('no answer'));
      return Promise.resolve({ status: 500, etag: undefined, location: undefined, body: undefined, ...answer });
    },
    searchAll: (type) => Promise.resolve(stored.filter(({ resourceType }) => resourceType === type)),
    close: () => undefined,
  };
  return { sent, call: createLiveBooking(connection, configuration, habits).call };
}

describe('booking', () => {
  it('looks for a booking whose answer was lost and does not send it again', async () => {
    const { sent, call } = ehr([{ effect: visit('a1', 's1') }]);
    expect(await call(booking)).toEqual({ outcome: 'booked', appointment: 'Appointment/a1', slot: 'Slot/s1' });
    expect(sent).toHaveLength(1);
  });

  it('sends it again when the EHR has none', async () => {
    const { sent, call } = ehr([{}, { answer: { status: 201, body: visit('a2', 's1') } }]);
    expect(await call(booking)).toEqual({ outcome: 'booked', appointment: 'Appointment/a2', slot: 'Slot/s1' });
    expect(sent).toHaveLength(2);
  });

  it('takes the next time when somebody was faster', async () => {
    const { sent, call } = ehr([{ answer: { status: 409 } }, { answer: { status: 201, body: visit('a3', 's2') } }]);
    expect(await call(booking)).toEqual({ outcome: 'booked', appointment: 'Appointment/a3', slot: 'Slot/s2' });
    expect(sent.map(({ body }) => (JSON.parse(body ?? '') as Appointment).slot?.[0]?.reference)).toEqual([
      'Slot/s1',
      'Slot/s2',
    ]);
  });

  it('gives a refused booking to a person', async () => {
    const { call } = ehr([{ answer: { status: 422 } }]);
    expect((await call(booking)).outcome).toBe('queued-for-human');
  });
});

describe('booking while the EHR is down', () => {
  it('gives a booking that was never answered to a person, tries no other time, and may be asked again', async () => {
    const { sent, call } = ehr([{}, {}, {}]);
    expect(await call(booking)).toMatchObject({ outcome: 'queued-for-human', unsettled: true });
    expect(sent.map(({ body }) => (JSON.parse(body ?? '') as Appointment).slot?.[0]?.reference)).toEqual([
      'Slot/s1',
      'Slot/s1',
      'Slot/s1',
    ]);
  });

  it('takes an answer that is no visit for none', async () => {
    const { call } = ehr([{ answer: { status: 200 } }]);
    expect(await call(booking)).toMatchObject({ outcome: 'queued-for-human', unsettled: true });
  });

  it('holds a refusal for the last word', async () => {
    const { call } = ehr([{ answer: { status: 422 } }]);
    expect(await call(booking)).not.toHaveProperty('unsettled');
  });

  it('confirms what nobody answered, where that is its habit', async () => {
    const { call } = ehr([{}, {}, {}], [], { confirmsUnanswered: true });
    expect(await call(booking)).toEqual({ outcome: 'booked', slot: 'Slot/s1' });
  });
});

describe('cancelling', () => {
  const wish: Call = { ...booking, intent: 'cancel' };

  it('reads again after a conflict and cancels the version it has seen', async () => {
    const { sent, call } = ehr(
      [{ answer: { status: 412 }, effect: visit('a1', 's1') }, { answer: { status: 200 } }],
      [visit('a1', 's1')],
    );
    expect((await call(wish)).outcome).toBe('cancelled');
    expect(sent.map(({ headers }) => headers?.['if-match'])).toEqual(['W/"1"', 'W/"2"']);
  });

  it('leaves a visit alone that is no longer booked', async () => {
    const { sent, call } = ehr(
      [{ answer: { status: 412 }, effect: visit('a1', 's1', 'fulfilled') }],
      [visit('a1', 's1')],
    );
    expect((await call(wish)).outcome).toBe('queued-for-human');
    expect(sent).toHaveLength(1);
  });

  it('does nothing more when a lost cancellation had its effect', async () => {
    const { sent, call } = ehr([{ effect: visit('a1', 's1', 'cancelled') }], [visit('a1', 's1')]);
    expect(await call(wish)).toEqual({ outcome: 'cancelled', appointment: 'Appointment/a1' });
    expect(sent).toHaveLength(1);
  });
});

describe('a product that forgets what it booked', () => {
  it('books the next time although the EHR holds its first booking', async () => {
    const { sent, call } = ehr(
      [
        { effect: visit('a1', 's1') },
        { answer: { status: 409 } },
        { answer: { status: 201, body: visit('a2', 's2') } },
      ],
      [],
      { forgetsBookings: true },
    );
    expect(await call(booking)).toEqual({ outcome: 'booked', appointment: 'Appointment/a2', slot: 'Slot/s2' });
    expect(sent).toHaveLength(3);
  });
});

describe('a product that trusts what it read once', () => {
  it('cancels once more on the version the refusal tells of, and does not look', async () => {
    const found = { ...visit('a1', 's1'), meta: { versionId: '1' } };
    const { sent, call } = ehr([{ answer: { status: 412, etag: 'W/"2"' } }, { answer: { status: 200 } }], [found], {
      trustsFirstRead: true,
    });
    expect(await call({ ...booking, intent: 'cancel' })).toEqual({
      outcome: 'cancelled',
      appointment: 'Appointment/a1',
    });
    expect(sent.map(({ method, headers }) => [method, headers?.['if-match']])).toEqual([
      ['PATCH', 'W/"1"'],
      ['PATCH', 'W/"2"'],
    ]);
  });
});

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
  const later: Call = { ...booking, from: '2026-12-10T14:00:00Z', to: '2026-12-10T15:00:00Z' };

  it('books the next time although the EHR holds its first booking', async () => {
    const visits = [{ ...visit('a1', 's1'), identifier: [{ system: 's', value: 'call-1' }] }];
    const wish: Call = { ...later, identifier: { system: 's', value: 'call-1' } };
    const careful = ehr([], visits);
    expect(await careful.call(wish)).toEqual({ outcome: 'booked', appointment: 'Appointment/a1', slot: 'Slot/s1' });
    const answers = [{ answer: { status: 409 } }, { answer: { status: 201, body: visit('a2', 's2') } }];
    const forgetful = ehr(answers, visits, { forgetsBookings: true });
    expect(await forgetful.call(wish)).toEqual({ outcome: 'booked', appointment: 'Appointment/a2', slot: 'Slot/s2' });
  });

  it('still looks for a booking whose answer was lost', async () => {
    const { sent, call } = ehr([{ effect: visit('a1', 's1') }], [], { forgetsBookings: true });
    expect(await call(later)).toEqual({ outcome: 'booked', appointment: 'Appointment/a1', slot: 'Slot/s1' });
    expect(sent).toHaveLength(1);
  });
});

describe('moving a visit', () => {
  const own = (id: string, slot: string, status: Appointment['status'] = 'booked'): Appointment => ({
    ...visit(id, slot, status),
    participant: [{ actor: { reference: 'Patient/p1' }, status: 'accepted' }],
  });
  const wish: Call = { ...booking, intent: 'reschedule', appointment: 'Appointment/old' };
  const taken = { answer: { status: 201, body: own('new', 's1') }, effect: own('new', 's1') };
  const old = [own('old', 's9')];
  const done = { outcome: 'booked', appointment: 'Appointment/new', slot: 'Slot/s1' };
  const targets = (sent: readonly FhirCall[]) => sent.map(({ method, url }) => `${method} ${url}`);

  it('books the new time first, and gives the old one back then', async () => {
    const { sent, call } = ehr([taken, { answer: { status: 200 } }], old);
    expect(await call(wish)).toEqual(done);
    expect(targets(sent)).toEqual(['POST Appointment', 'PATCH Appointment/old']);
  });

  it('takes the new one back where the old one cannot be given back', async () => {
    const { sent, call } = ehr([taken, { answer: { status: 422 } }, { answer: { status: 200 } }], old);
    expect(await call(wish)).toMatchObject({ outcome: 'queued-for-human', appointment: 'Appointment/old' });
    expect(targets(sent)).toEqual(['POST Appointment', 'PATCH Appointment/old', 'PATCH Appointment/new']);
  });

  it('keeps the new one where a lost answer had given the old one back', async () => {
    const lost = [{}, {}, { effect: own('old', 's9', 'cancelled') }];
    const { sent, call } = ehr([taken, ...lost], old);
    expect(await call(wish)).toEqual(done);
    expect(sent).toHaveLength(4);
  });

  it('tells a person that both may stand where neither can be given back', async () => {
    const refused = { answer: { status: 422 } };
    const { call } = ehr([taken, refused, refused], old);
    expect(await call(wish)).toMatchObject({
      outcome: 'queued-for-human',
      appointment: 'Appointment/new',
      reason: 'the old visit and the new one may both stand',
    });
  });

  it('says that it is done all the same, where that is its habit', async () => {
    const { sent, call } = ehr([taken, { answer: { status: 422 } }], old, { leavesHalves: true });
    expect(await call(wish)).toEqual(done);
    expect(sent).toHaveLength(2);
  });

  it.each([
    ['of somebody else', [visit('old', 's9')]],
    ['that is cancelled', [own('old', 's9', 'cancelled')]],
    ['that is not there', []],
  ])('moves no visit %s', async (_, visits) => {
    const { sent, call } = ehr([], visits);
    expect(await call(wish)).toMatchObject({ outcome: 'queued-for-human' });
    expect(sent).toEqual([]);
  });
});

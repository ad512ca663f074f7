import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import type { FhirResource } from 'fhir/r4.js';
import { booking, clinic, jsonPatch, testServer, type TestServer } from './server.js';

const slotStatus = ({ store }: TestServer, id: string) =>
  (store.get('Slot', id)?.resource as { status?: string } | undefined)?.status;

async function booked(server: TestServer, slotId: string, hour: number): Promise<string> {
  const { json } = await server.send('POST', 'Appointment', { body: booking(slotId, hour) });
  return String(json['id']);
}

const setStatus = (server: TestServer, name: string, version: number, status: string) =>
  server.send('PATCH', name, {
    body: [{ op: 'replace', path: '/status', value: status }],
    headers: { ...jsonPatch, 'if-match': `W/"${version}"` },
  });

describe('booking', () => {
  it('holds the slot, and a second booking of it is a conflict', async () => {
    const server = testServer(...clinic);
    await booked(server, 's9', 9);
    expect(slotStatus(server, 's9')).toBe('busy');
    const second = await server.send('POST', 'Appointment', { body: booking('s9', 9) });
    expect([second.status, second.issues]).toEqual([409, [{ code: 'conflict', expression: 'Appointment.slot' }]]);
    expect([...server.store.all('Appointment')]).toHaveLength(1);
  });

  it('never books a slot twice, however many ask at once', async () => {
    const server = testServer(...clinic);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => server.send('POST', 'Appointment', { body: booking('s9', 9) })),
    );
    expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([
      201,
      ...Array.from({ length: 19 }, () => 409),
    ]);
  });

  it.each(['cancelled', 'entered-in-error'])('%s frees the slot', async (status) => {
    const server = testServer(...clinic);
    const id = await booked(server, 's9', 9);
    expect((await setStatus(server, `Appointment/${id}`, 1, status)).status).toBe(200);
    expect(slotStatus(server, 's9')).toBe('free');
    await booked(server, 's9', 9);
    expect(slotStatus(server, 's9')).toBe('busy');
  });

  it('a deleted appointment frees the slot', async () => {
    const server = testServer(...clinic);
    await server.send('DELETE', `Appointment/${await booked(server, 's9', 9)}`);
    expect(slotStatus(server, 's9')).toBe('free');
  });

  it('moving to another slot frees the first, and fails as a whole when the second is taken', async () => {
    const server = testServer(...clinic);
    const id = await booked(server, 's9', 9);
    const move = (slotId: string, hour: number, version: number) =>
      server.send('PUT', `Appointment/${id}`, {
        body: { ...booking(slotId, hour), id },
        headers: { 'if-match': `W/"${version}"` },
      });
    expect((await move('s10', 10, 1)).status).toBe(200);
    expect([slotStatus(server, 's9'), slotStatus(server, 's10')]).toEqual(['free', 'busy']);
    expect((await move('s11', 11, 2)).status).toBe(409);
    expect([slotStatus(server, 's9'), slotStatus(server, 's10')]).toEqual(['free', 'busy']);
    expect(server.store.get('Appointment', id)?.versionId).toBe('2');
  });

  it('a proposal or a waiting list entry holds no slot until it is booked', async () => {
    const server = testServer(...clinic);
    const { json } = await server.send('POST', 'Appointment', { body: booking('s9', 9, 'proposed') });
    expect(slotStatus(server, 's9')).toBe('free');
    await setStatus(server, `Appointment/${String(json['id'])}`, 1, 'booked');
    expect(slotStatus(server, 's9')).toBe('busy');
  });

  it.each([
    ['a start in the past', { start: '2030-01-01T09:00:00Z', slot: undefined }, 'Appointment.start'],
    ['an end before the start', { end: '2030-01-03T08:00:00Z' }, 'Appointment.end'],
    ['a time outside its slot', { end: '2030-01-03T12:00:00Z' }, 'Appointment.start'],
    ['no time', { start: undefined, end: undefined }, 'Appointment.start'],
    ['a status that cannot begin', { status: 'fulfilled' }, 'Appointment.status'],
    ['a slot that is not there', { slot: [{ reference: 'Slot/none' }] }, 'Appointment.slot'],
  ])('refuses %s', async (_what, difference, expression) => {
    const server = testServer(...clinic);
    const answer = await server.send('POST', 'Appointment', { body: { ...booking('s9', 9), ...difference } });
    expect([answer.status, answer.issues[0]?.expression]).toEqual([422, expression]);
    expect(slotStatus(server, 's9')).toBe('free');
  });

  it('slots change their status by booking only', async () => {
    const server = testServer(...clinic);
    const change = await setStatus(server, 'Slot/s9', 1, 'busy');
    expect([change.status, change.issues[0]?.expression]).toEqual([422, 'Slot.status']);
    expect((await setStatus(server, 'Slot/s11', 1, 'free')).status).toBe(422);
    expect((await server.send('DELETE', 'Slot/s11')).status).toBe(409);
    const comment = await server.send('PATCH', 'Slot/s9', {
      body: [{ op: 'add', path: '/comment', value: 'room 3' }],
      headers: { ...jsonPatch, 'if-match': 'W/"1"' },
    });
    expect(comment.status).toBe(200);
  });

  it('keeps slots and appointments in step, whatever is asked in which order', async () => {
    const action = fc.record({
      kind: fc.constantFrom('book', 'cancel', 'delete', 'fulfil'),
      slotId: fc.constantFrom('s9', 's10'),
      nth: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 15 }), async (actions) => {
        const server = testServer(...clinic);
        for (const { kind, slotId, nth } of actions) {
          const appointment = [...server.store.all('Appointment')][nth];
          if (kind === 'book') await booked(server, slotId, slotId === 's9' ? 9 : 10);
          else if (appointment && kind === 'delete') await server.send('DELETE', `Appointment/${appointment.id}`);
          else if (appointment) {
            const status = kind === 'cancel' ? 'cancelled' : 'fulfilled';
            await setStatus(server, `Appointment/${appointment.id}`, Number(appointment.meta.versionId), status);
          }
        }
        expect(server.faults).toEqual([]);
        for (const slotId of ['s9', 's10']) {
          const holders = [...server.store.all('Appointment')].filter((resource) => {
            const { status, slot } = resource as FhirResource & { status: string; slot: { reference: string }[] };
            return status !== 'cancelled' && slot[0]?.reference === `Slot/${slotId}`;
          });
          expect(holders.length).toBe(slotStatus(server, slotId) === 'busy' ? 1 : 0);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('states', () => {
  const task = (status: string) => ({ resourceType: 'Task', id: 't1', status, intent: 'order' }) as FhirResource;
  const note = (docStatus: string) =>
    ({
      resourceType: 'DocumentReference',
      id: 'n1',
      status: 'current',
      docStatus,
      content: [{ attachment: { contentType: 'text/plain', data: 'aGk=' } }],
    }) as FhirResource;

  it.each([
    ['requested', 'in-progress', 200],
    ['in-progress', 'requested', 200],
    ['in-progress', 'completed', 200],
    ['completed', 'in-progress', 422],
    ['cancelled', 'requested', 422],
    ['completed', 'entered-in-error', 200],
    ['entered-in-error', 'requested', 422],
    ['requested', 'guessed', 422],
  ])('a task from %s to %s is %i', async (from, to, status) => {
    const server = testServer(...clinic, task(from));
    expect((await setStatus(server, 'Task/t1', 1, to)).status).toBe(status);
  });

  it.each(['booked', 'pending', 'arrived'])('a cancelled appointment does not become %s', async (to) => {
    const server = testServer(...clinic, { ...booking('s9', 9, 'cancelled'), id: 'a1' } as unknown as FhirResource);
    const answer = await setStatus(server, 'Appointment/a1', 1, to);
    expect([answer.status, answer.issues]).toEqual([
      422,
      [{ code: 'business-rule', expression: 'Appointment.status' }],
    ]);
    expect(slotStatus(server, 's9')).toBe('free');
  });

  it('a draft note stays a draft, may become final, and never a draft again', async () => {
    const server = testServer(...clinic);
    const created = await server.send('POST', 'DocumentReference', { body: note('preliminary') });
    const name = `DocumentReference/${String(created.json['id'])}`;
    expect((await server.send('GET', name)).json['docStatus']).toBe('preliminary');
    const sign = (version: number, docStatus: string) =>
      server.send('PATCH', name, {
        body: [{ op: 'replace', path: '/docStatus', value: docStatus }],
        headers: { ...jsonPatch, 'if-match': `W/"${version}"` },
      });
    expect((await sign(1, 'final')).status).toBe(200);
    expect((await sign(2, 'preliminary')).status).toBe(422);
    expect((await setStatus(server, name, 2, 'entered-in-error')).status).toBe(200);
  });
});

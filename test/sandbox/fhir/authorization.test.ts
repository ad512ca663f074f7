import { describe, expect, it } from 'vitest';
import type { Access } from '../../../src/sandbox/exchange.js';
import { booking, clinic, everything, patient, testServer } from './server.js';

/** Letters per type, and patients other than p1 hidden. */
function limited(letters: Readonly<Record<string, string>>): Access {
  return {
    ...everything,
    permits: (letter, type, resource) =>
      (letters[type] ?? '').includes(letter) &&
      !(type === 'Patient' && resource?.id !== undefined && resource.id !== 'p1'),
  };
}

describe('authorization', () => {
  const clerk = limited({ Patient: 'rs', Slot: 's', Appointment: 'c' });

  it.each([
    ['GET', 'Patient/p1', 200],
    ['GET', 'Patient/p2', 403],
    ['GET', 'Patient/p2/_history/1', 403],
    ['GET', 'Patient/p2/_history', 403],
    ['GET', 'Slot/s9', 403],
    ['GET', 'Observation', 403],
    ['GET', 'Observation/none', 403],
    ['GET', 'Appointment/_history', 403],
    ['DELETE', 'Patient/p1', 403],
    ['PUT', 'Patient/p1', 403],
  ] as const)('%s %s is %i', async (method, url, status) => {
    const { send, events, store } = testServer(...clinic);
    const before = store.snapshot({ versions: true });
    const answer = await send(method, url, { access: clerk, body: patient, headers: { 'if-match': 'W/"1"' } });
    expect(answer.status).toBe(status);
    expect(events.map((event) => event.status)).toEqual([status]);
    if (status === 403) expect(answer.issues.map(({ code }) => code)).toEqual(['forbidden']);
    expect(store.snapshot({ versions: true })).toEqual(before);
  });

  it('records whose data a refusal protected', async () => {
    const { send, events } = testServer(...clinic);
    await send('GET', 'Patient/p2', { access: clerk });
    expect(events).toMatchObject([{ interaction: 'read', resourceId: 'p2', patients: ['p2'], status: 403 }]);
  });

  it('leaves hits and includes out that may not be seen, also from the total', async () => {
    const { send } = testServer(...clinic);
    const patients = await send('GET', 'Patient', { access: clerk });
    expect([patients.ids, patients.bundle.total]).toEqual([['Patient/p1'], 1]);
    const slots = await send('GET', 'Slot?_include=Slot:schedule', { access: clerk });
    expect(slots.bundle.entry?.map(({ search }) => search?.mode)).toEqual(['match', 'match', 'match']);
    const history = await send('GET', 'Patient/_history', { access: clerk });
    expect(history.bundle.entry?.map(({ resource }) => resource?.id)).toEqual(['p1']);
  });

  it('asks again for the next page', async () => {
    const { send } = testServer(...clinic);
    const first = await send('GET', 'Slot?_count=1', { access: clerk });
    const next = first.bundle.link?.find(({ relation }) => relation === 'next')?.url ?? '';
    expect((await send('GET', next, { access: limited({ Patient: 's' }) })).status).toBe(403);
  });

  it('leaves out of the next page what may not be seen any more', async () => {
    const { send } = testServer(...clinic);
    const first = await send('GET', 'Slot?_count=1');
    const next = first.bundle.link?.find(({ relation }) => relation === 'next')?.url ?? '';
    const access: Access = { ...everything, permits: (_letter, _type, resource) => resource?.id !== 's10' };
    const second = await send('GET', next, { access });
    expect([second.status, second.ids]).toEqual([200, []]);
    expect((await send('GET', next)).ids).toEqual(['Slot/s10']);
  });

  it('does not let a record be moved to where the client may not write', async () => {
    const { send, store } = testServer(...clinic);
    const access: Access = {
      ...everything,
      permits: (_letter, _type, resource) => !(resource as { active?: boolean } | undefined)?.active,
    };
    const headers = { 'if-match': 'W/"1"' };
    expect((await send('PUT', 'Patient/p1', { access, headers, body: { ...patient, active: true } })).status).toBe(403);
    expect(store.get('Patient', 'p1')?.versionId).toBe('1');
  });

  it('books a slot without a right to write slots', async () => {
    const { send, store } = testServer(...clinic);
    expect((await send('POST', 'Appointment', { access: clerk, body: booking('s9', 9) })).status).toBe(201);
    expect(store.get('Slot', 's9')).toMatchObject({ versionId: '2', resource: { status: 'busy' } });
  });

  it('decides every entry of a batch on its own, and a transaction as a whole', async () => {
    const { send, store, events } = testServer(...clinic);
    const entry = [
      { request: { method: 'GET', url: 'Patient/p1' } },
      { request: { method: 'GET', url: 'Patient/p2' } },
      { request: { method: 'POST', url: 'Appointment' }, resource: booking('s9', 9) },
    ];
    const bundle = { resourceType: 'Bundle', type: 'batch', entry };
    const batch = await send('POST', '', { access: clerk, body: bundle });
    expect(batch.bundle.entry?.map(({ response }) => response?.status)).toEqual(['200', '403', '201']);
    expect(events.map(({ interaction, status }) => [interaction, status])).toEqual([
      ['read', 200],
      ['read', 403],
      ['create', 201],
    ]);
    const before = store.snapshot({ versions: true });
    const again = [...entry.slice(0, 2), { ...entry[2], resource: booking('s10', 10) }];
    const transaction = await send('POST', '', {
      access: clerk,
      body: { ...bundle, type: 'transaction', entry: again },
    });
    expect([transaction.status, transaction.issues]).toEqual([
      403,
      [{ code: 'forbidden', expression: 'Bundle.entry[1]' }],
    ]);
    expect(store.snapshot({ versions: true })).toEqual(before);
    expect(events.slice(3).every(({ status }) => status === 403)).toBe(true);
  });
});

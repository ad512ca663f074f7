import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openInbox, type Inbox } from '../../src/gather/notification-inbox.js';
import { SafetyStop } from '../../src/model/errors.js';
import { serverIdentity } from '../../src/wire/certificates.js';
import { openDoor, type Door } from '../../src/wire/door.js';

const options = {
  fhirBase: 'https://127.0.0.1:9443/fhir',
  listener: { bind: '127.0.0.1', port: 0 },
  tls: undefined,
  testPatients: ['p1'],
};

describe('an open inbox', () => {
  let inbox: Inbox;
  let door: Door;
  beforeEach(async () => {
    const opened = await openInbox(options);
    if ('missing' in opened) throw new Error(opened.detail);
    inbox = opened;
    door = openDoor({ origins: [{ origin: new URL(inbox.endpoint).origin, purpose: 'listener' }] });
  });
  afterEach(() => Promise.all([inbox.close(), door.close()]));

  const send = async (body: object | string, more: { url?: string; header?: string; method?: 'POST' | 'PUT' } = {}) => {
    const [, authorization = ''] = (more.header ?? inbox.header).split(': ');
    const { status } = await door.exchange({
      purpose: 'listener',
      method: more.method ?? 'POST',
      url: more.url ?? inbox.endpoint,
      headers: { authorization, 'content-type': 'application/fhir+json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      carriesCredential: true,
    });
    return status;
  };
  const notice = (type: string, number: number, entry: readonly object[] = []) => ({
    resourceType: 'Bundle',
    type: 'history',
    entry: [
      {
        resource: {
          resourceType: 'Parameters',
          parameter: [
            { name: 'type', valueCode: type },
            { name: 'events-since-subscription-start', valueString: String(number) },
            { name: 'notification-event', part: [{ name: 'event-number', valueString: String(number) }] },
          ],
        },
      },
      ...entry,
    ],
  });

  it('keeps ids and counts of what comes to the path with the header', async () => {
    expect(await send(notice('handshake', 0))).toBe(200);
    expect(await send(notice('event-notification', 1, [{ request: { url: 'Appointment/a1' } }]))).toBe(200);
    expect(inbox.heard).toMatchObject([
      { kind: 'handshake', eventsSinceStart: 0, named: [], content: false, answered: 200 },
      { kind: 'event', eventsSinceStart: 1, named: ['Appointment/a1'], content: false },
    ]);
  });

  it('reads the notifications of plain R4', async () => {
    const appointment = {
      resourceType: 'Appointment',
      id: 'a1',
      participant: [{ actor: { reference: 'Patient/p1' } }],
    };
    await send(appointment, { method: 'PUT', url: `${inbox.endpoint}/Appointment/a1` });
    await send('');
    expect(inbox.heard).toMatchObject([
      { kind: 'event', named: ['Appointment/a1'], content: true },
      { kind: 'event', named: [], content: false },
    ]);
  });

  it('refuses another path and another header alike, and counts only the header', async () => {
    expect(await send(notice('event-notification', 1), { header: 'Authorization: Bearer guess' })).toBe(401);
    expect(await send(notice('event-notification', 1), { url: `${new URL(inbox.endpoint).origin}/guess` })).toBe(401);
    expect(inbox.heard).toEqual([]);
    expect(inbox.withoutHeader).toBe(1);
  });

  it('answers what it is told to, handshakes aside', async () => {
    inbox.answer(503);
    expect(await send(notice('event-notification', 1))).toBe(503);
    expect(await send(notice('handshake', 0))).toBe(200);
    expect(inbox.heard.map(({ answered }) => answered)).toEqual([503, 200]);
  });

  it('waits until something arrives, and no longer than it is told', async () => {
    const waited = inbox.until((heard) => heard.length === 1, 5_000);
    await send(notice('event-notification', 1));
    expect(await waited).toBe(true);
    expect(await inbox.until((heard) => heard.length === 2, 10)).toBe(false);
  });

  it('stops the run when another patient’s record arrives, and keeps nothing of it', async () => {
    const stranger = { resourceType: 'Appointment', participant: [{ actor: { reference: 'Patient/p9' } }] };
    await send(notice('event-notification', 1, [{ resource: stranger }]));
    await expect(inbox.until(() => true, 10)).rejects.toThrow(SafetyStop);
    expect(JSON.stringify(inbox.heard)).not.toContain('p9');
  });

  it('survives what is no notification', async () => {
    await send('{"resourceType":');
    await send([]);
    await send({ resourceType: 7, id: {} });
    expect(inbox.heard.map(({ named }) => named)).toEqual([[], [], []]);
  });
});

it('speaks TLS with the certificate of the organization file', async () => {
  const { ca, cert, key } = await serverIdentity();
  const inbox = await openInbox({ ...options, tls: { cert, key } });
  if ('missing' in inbox) throw new Error(inbox.detail);
  const { origin, protocol } = new URL(inbox.endpoint);
  expect(protocol).toBe('https:');
  const door = openDoor({ origins: [{ origin, purpose: 'listener', tls: { ca } }] });
  const headers = { authorization: inbox.header.replace('Authorization: ', '') };
  const request = { purpose: 'listener', method: 'POST', url: inbox.endpoint, headers, body: '' } as const;
  expect((await door.exchange({ ...request, carriesCredential: true })).status).toBe(200);
  expect(inbox.heard).toHaveLength(1);
  await Promise.all([inbox.close(), door.close()]);
});

it('is missing where the EHR could not reach it', async () => {
  const far = { ...options, fhirBase: 'https://fhir.lakeside.example/r4' };
  expect(await openInbox(far)).toMatchObject({ missing: 'prerequisite-failed' });
  const open = { ...far, listener: { bind: '0.0.0.0', publicUrl: 'https://probe.lakeside.example:9444' } };
  expect(await openInbox(open)).toMatchObject({
    missing: 'prerequisite-failed',
    detail: expect.stringContaining('TLS') as string,
  });
});

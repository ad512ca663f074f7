import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditEvent } from 'fhir/r4.js';
import { openSandbox, tokenRequest, type OpenSandbox, type Session } from './sandbox-session.js';

let opened: OpenSandbox;
let auditor: Session;
beforeAll(async () => {
  opened = await openSandbox({ organizations: ['lakeside'] });
  auditor = await opened.signIn('auditor');
});
afterAll(() => opened.close());

async function events(since: string): Promise<AuditEvent[]> {
  const answer = await auditor.get(`AuditEvent?date=ge${since}&_count=500`);
  expect(answer.status).toBe(200);
  return (answer.json.entry ?? []).map((entry) => entry.resource) as unknown as AuditEvent[];
}

const about = (all: AuditEvent[], requestId: string) =>
  all.filter(({ entity }) => entity?.some(({ what }) => what?.identifier?.value === requestId));

const patient = () => opened.organization().clinic.index.patients[0]?.id ?? '';

test('read, search, refusal and failed sign-in each leave one record', async () => {
  const since = new Date().toISOString();
  const bot = await opened.signIn('voice-bot');
  const [read, search, refused, unknown] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await bot.get(`Patient/${patient()}`, { 'x-request-id': read });
  await bot.get(`Appointment?patient=${patient()}&status=booked`, { 'x-request-id': search });
  await bot.get(`Coverage?patient=${patient()}`, { 'x-request-id': refused });
  await opened.send('GET', `${opened.organization().fhirBase}/Patient/${patient()}`, { 'x-request-id': unknown });
  await tokenRequest(opened.send, opened.organization(), 'scribe', { claims: { aud: 'https://example.org' } });

  const all = await events(since);
  expect(about(all, read)).toHaveLength(1);
  expect(about(all, read)[0]).toMatchObject({
    action: 'R',
    outcome: '0',
    agent: [{ altId: 'lakeside-voice-bot', requestor: true, network: { address: '127.0.0.1' } }, {}],
    source: { site: 'lakeside' },
  });
  const references = about(all, read)[0]?.entity?.map(({ what }) => what?.reference);
  expect(references).toContain(`Patient/${patient()}`);

  expect(about(all, search)).toHaveLength(1);
  const query = about(all, search)[0]?.entity?.find((entity) => entity.query !== undefined)?.query ?? '';
  expect(Buffer.from(query, 'base64').toString()).toBe(`Appointment?patient=${patient()}&status=booked`);

  expect(about(all, refused)[0]).toMatchObject({ outcome: '4', agent: [{ altId: 'lakeside-voice-bot' }, {}] });
  expect(about(all, unknown)[0]).toMatchObject({ outcome: '4', agent: [{ who: { display: 'not signed in' } }, {}] });

  // The auditor signed in before; on a quick machine that is the same millisecond as `since`.
  const signIns = all.filter(({ type, agent }) => type.code === '110114' && agent[0]?.altId !== 'lakeside-auditor');
  expect(signIns.map(({ outcome, agent }) => [outcome, agent[0]?.altId])).toEqual([
    ['0', 'lakeside-voice-bot'],
    ['4', 'lakeside-scribe'],
  ]);
});

test('a write names resource, version and patient; every batch entry has its own record', async () => {
  const since = new Date().toISOString();
  const staff = await opened.signIn('event-source');
  const requestId = randomUUID();
  const order = opened.organization().clinic.index.orders[0]?.id ?? '';
  const task = {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    focus: { reference: `ServiceRequest/${order}` },
    for: { reference: `Patient/${patient()}` },
  };
  const batch = await staff.post(
    '',
    {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [
        { request: { method: 'POST', url: 'Task' }, resource: task },
        { request: { method: 'GET', url: `Patient/${patient()}` } },
      ],
    },
    { 'x-request-id': requestId },
  );
  expect(batch.status).toBe(200);
  const records = about(await events(since), requestId);
  const created = records.find(({ action }) => action === 'C');
  expect(created?.entity?.[0]?.what?.reference).toMatch(/^Task\/[^/]+\/_history\/1$/);
  expect(created?.entity?.map(({ what }) => what?.reference)).toContain(`Patient/${patient()}`);
  expect(records.filter(({ action }) => action === 'R')).toHaveLength(1);
});

test('reading the log is logged, and no client changes it', async () => {
  const since = new Date().toISOString();
  const requestId = randomUUID();
  const [first] = await events('2020-01-01');
  await auditor.get('AuditEvent?_count=1', { 'x-request-id': requestId });
  expect(about(await events(since), requestId)).toHaveLength(1);
  for (const name of ['voice-bot', 'event-source', 'auditor']) {
    const session = await opened.signIn(name);
    const path = `AuditEvent/${first?.id}`;
    expect([403, 405]).toContain((await session.delete(path, { 'if-match': 'W/"1"' })).status);
    expect([403, 405]).toContain((await session.put(path, { ...first, action: 'D' }, { 'if-match': 'W/"1"' })).status);
    expect([403, 405]).toContain((await session.post('AuditEvent', { ...first, id: undefined })).status);
  }
  expect((await auditor.get(`AuditEvent/${first?.id}`)).json).toEqual(first);
});

test('the log holds no token and no clinical value', async () => {
  const bot = await opened.signIn('voice-bot');
  await bot.get(`Patient/${patient()}`);
  const text = JSON.stringify(await events('2020-01-01'));
  expect(text).not.toContain(bot.token);
  expect(text).not.toContain(opened.organization().clinic.index.patients[0]?.canary);
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { listen, type Listener, type ListenerRequest } from '../../src/wire/listener.js';
import { openSandbox, type Json, type OpenSandbox, type Session } from './sandbox-session.js';

let opened: OpenSandbox;
let ai: Session;
let staff: Session;
beforeAll(async () => {
  opened = await openSandbox({ organizations: ['lakeside'] });
  [ai, staff] = [await opened.signIn('ai-tracker'), await opened.signIn('event-source')];
});
afterAll(() => opened.close());

let received: ListenerRequest[];
let answerWith: (request: ListenerRequest) => number;
let listener: Listener;
beforeEach(async () => {
  received = [];
  answerWith = () => 200;
  listener = await listen({
    handler(request) {
      received.push(request);
      return { status: answerWith(request) };
    },
  });
});
afterEach(() => listener.close());

const idle = () => opened.organization().subscriptions.idle();

function subscription(changes: object = {}, channel: object = {}) {
  return {
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'test',
    criteria: 'Task?status=requested,completed',
    channel: {
      type: 'rest-hook',
      endpoint: `${listener.origin}/hook`,
      payload: 'application/fhir+json',
      header: ['Authorization: Bearer secret'],
      ...channel,
    },
    ...changes,
  };
}

async function subscribe(body: object, as: Session = ai): Promise<Json> {
  const created = await as.post('Subscription', body);
  expect(created.status).toBe(201);
  return (await as.get(`Subscription/${created.json.id}`)).json;
}

async function newTask(site = 'north'): Promise<Json> {
  const patient = opened.organization().clinic.index.patients.find((each) => each.site === site)?.id ?? '';
  const order = opened.organization().clinic.index.orders[0]?.id ?? '';
  const created = await staff.post('Task', {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    focus: { reference: `ServiceRequest/${order}` },
    for: { reference: `Patient/${patient}` },
  });
  expect(created.status).toBe(201);
  return created.json;
}

const end = async ({ id, meta }: Json) => ai.delete(`Subscription/${id}`, { 'if-match': `W/"${meta?.versionId}"` });

test('a requested subscription becomes active and is told of matches in the order of their commits', async () => {
  const active = await subscribe(subscription());
  expect(active.status).toBe('active');
  const tasks = [await newTask(), await newTask(), await newTask()];
  await staff.patch(`Task/${tasks[0]?.id}`, [{ op: 'replace', path: '/status', value: 'in-progress' }], {
    'if-match': 'W/"1"',
  });
  await idle();
  expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual(
    tasks.map(({ id }) => `PUT /hook/Task/${id}`),
  );
  expect(received[0]?.headers).toMatchObject({
    authorization: 'Bearer secret',
    'content-type': 'application/fhir+json',
  });
  expect(JSON.parse(Buffer.from(received[0]?.body ?? []).toString())).toEqual(tasks[0]);
  expect([200, 204]).toContain((await end(active)).status);
  await newTask();
  await idle();
  expect(received).toHaveLength(3);
});

test('without a payload the endpoint gets an empty POST', async () => {
  const { payload: _, ...bare } = subscription().channel;
  const active = await subscribe({ ...subscription(), channel: bare });
  await newTask();
  await idle();
  expect(received.map(({ method, path, body }) => [method, path, body.byteLength])).toEqual([['POST', '/hook', 0]]);
  await end(active);
});

test('a failed delivery is tried again; an endpoint that never takes one ends the subscription', async () => {
  answerWith = () => (received.length === 1 ? 503 : 200);
  const recovering = await subscribe(subscription());
  await newTask();
  await idle();
  expect(received).toHaveLength(2);
  expect((await ai.get(`Subscription/${recovering.id}`)).json.status).toBe('active');
  answerWith = () => 500;
  await newTask();
  await idle();
  const failed = (await ai.get(`Subscription/${recovering.id}`)).json;
  expect(failed.status).toBe('error');
  expect(failed.error).toBeTruthy();
  await end(failed);
});

test('only what the owner may read is sent', async () => {
  const active = await subscribe(subscription());
  const task = await newTask('south');
  await idle();
  expect(received).toEqual([]);
  expect((await staff.get(`Task/${task.id}`)).status).toBe(200);
  await end(active);
});

test('end in the past turns it off at the next change', async () => {
  const active = await subscribe(subscription({ end: '2020-01-01T00:00:00Z' }));
  await newTask();
  await idle();
  expect(received).toEqual([]);
  const after = (await ai.get(`Subscription/${active.id}`)).json;
  expect(after.status).toBe('off');
  await end(after);
});

test.each([
  ['an endpoint off loopback', {}, { endpoint: 'https://example.org/hook' }],
  ['an endpoint that is no URL', {}, { endpoint: 'hook' }],
  ['another channel', {}, { type: 'email' }],
  ['an XML payload', {}, { payload: 'application/fhir+xml' }],
  ['a header that frames the body', {}, { header: ['Content-Length: 3'] }],
  ['a type it may not read', { criteria: 'AuditEvent?action=D' }, {}],
  ['a parameter the server does not know', { criteria: 'Task?colour=red' }, {}],
])('%s is answered with status error', async (_name, changes, channel) => {
  const refused = await subscribe(subscription(changes, channel));
  expect(refused.status).toBe('error');
  expect(refused.error).toBeTruthy();
  await end(refused);
});

test('a subscription belongs to its client: its headers may hold a secret', async () => {
  const active = await subscribe(subscription());
  const other = await opened.signIn('ai-scribe');
  expect([403, 404]).toContain((await other.get(`Subscription/${active.id}`)).status);
  expect([403, 404]).toContain((await other.delete(`Subscription/${active.id}`, { 'if-match': 'W/"2"' })).status);
  await end(active);
});

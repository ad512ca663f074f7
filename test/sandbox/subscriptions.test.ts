import type { Bundle, BundleEntry, Parameters } from 'fhir/r4.js';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
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
])('%s is refused, and brings one that was changed to it into error', async (_name, changes, channel) => {
  expect(await ai.post('Subscription', subscription(changes, channel))).toMatchObject({ status: 422 });
  const active = await subscribe(subscription());
  const changed = { ...active, ...subscription(changes, channel), id: active.id };
  expect(
    (await ai.put(`Subscription/${active.id}`, changed, { 'if-match': `W/"${active.meta?.versionId}"` })).status,
  ).toBe(200);
  const failed = (await ai.get(`Subscription/${active.id}`)).json;
  expect(failed.status).toBe('error');
  expect(failed.error).toBeTruthy();
  await end(failed);
});

test('a subscription belongs to its client: its headers may hold a secret', async () => {
  const active = await subscribe(subscription());
  const other = await opened.signIn('ai-scribe');
  expect([403, 404]).toContain((await other.get(`Subscription/${active.id}`)).status);
  expect([403, 404]).toContain((await other.delete(`Subscription/${active.id}`, { 'if-match': 'W/"2"' })).status);
  await end(active);
});

const extension = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport';
const topic = 'https://ehr-scorecard.example/SubscriptionTopic/order-signed';

function topicSubscription(patient: string, channel: object = {}, filter = `ServiceRequest?patient=${patient}`) {
  return {
    ...subscription(
      { criteria: topic, _criteria: { extension: [{ url: `${extension}-filter-criteria`, valueString: filter }] } },
      { _payload: { extension: [{ url: `${extension}-payload-content`, valueCode: 'id-only' }] }, ...channel },
    ),
  };
}

const newOrder = async (patient: string): Promise<Json> =>
  (
    await staff.post('ServiceRequest', {
      resourceType: 'ServiceRequest',
      status: 'active',
      intent: 'order',
      code: { text: 'test' },
      subject: { reference: `Patient/${patient}` },
    })
  ).json;

const parametersOf = (entry: BundleEntry | undefined) => (entry?.resource as Parameters | undefined)?.parameter ?? [];

const notices = () =>
  received.map(({ body }) => {
    const [status, ...entries] = (JSON.parse(Buffer.from(body).toString()) as Bundle).entry ?? [];
    const parameters = parametersOf(status);
    const [event] = parameters.filter(({ name }) => name === 'notification-event');
    return {
      type: parameters.find(({ name }) => name === 'type')?.valueCode,
      counted: parameters.find(({ name }) => name === 'events-since-subscription-start')?.valueString,
      event: event?.part?.[0]?.valueString,
      entries: entries.map(({ request, resource }) => [request?.url, resource]),
    };
  });

const patients = () =>
  opened
    .organization()
    .clinic.index.patients.filter(({ site }) => site === 'north')
    .map(({ id }) => id);

test('a topic begins with a handshake, counts its events and tells of one patient by ids alone', async () => {
  const [one = '', other = ''] = patients();
  const wished = topicSubscription(one);
  const created = await ai.post('Subscription', wished);
  expect(created.json.status).toBe('requested');
  await idle();
  const active = (await ai.get(`Subscription/${created.json.id}`)).json;
  expect(active.status).toBe('active');
  const orders = [await newOrder(one), await newOrder(other), await newOrder(one)];
  await idle();
  expect(notices()).toEqual([
    { type: 'handshake', counted: '0', event: undefined, entries: [] },
    { type: 'event-notification', counted: '1', event: '1', entries: [[`ServiceRequest/${orders[0]?.id}`, undefined]] },
    { type: 'event-notification', counted: '2', event: '2', entries: [[`ServiceRequest/${orders[2]?.id}`, undefined]] },
  ]);
  await end(active);
});

test('a topic in error counts on; $status and $events show what was missed, and a request brings it back', async () => {
  const [one = ''] = patients();
  const created = await ai.post('Subscription', topicSubscription(one));
  await idle();
  answerWith = () => 503;
  await newOrder(one);
  await newOrder(one);
  await idle();
  const failed = (await ai.get(`Subscription/${created.json.id}`)).json;
  expect(failed.status).toBe('error');
  const status = (await ai.get(`Subscription/${failed.id}/$status`)).json as unknown as Bundle;
  const parameters = parametersOf(status.entry?.[0]);
  expect(parameters.find(({ name }) => name === 'events-since-subscription-start')?.valueString).toBe('2');
  expect(parameters.find(({ name }) => name === 'status')?.valueCode).toBe('error');
  const events = (await ai.get(`Subscription/${failed.id}/$events?eventsSinceNumber=2`)).json;
  expect(events.entry).toHaveLength(2);
  answerWith = () => 200;
  const { error: _, ...again } = failed;
  const asked = await ai.put(
    `Subscription/${failed.id}`,
    { ...again, status: 'requested' },
    {
      'if-match': `W/"${failed.meta?.versionId}"`,
    },
  );
  expect(asked.status).toBe(200);
  await idle();
  await newOrder(one);
  await idle();
  expect(notices().at(-1)).toMatchObject({ event: '3' });
  await end((await ai.get(`Subscription/${failed.id}`)).json);
});

test('a silent topic sends heartbeats', async () => {
  const heartbeat = { extension: [{ url: `${extension}-heartbeat-period`, valueUnsignedInt: 1 }] };
  const created = await ai.post('Subscription', topicSubscription(patients()[0] ?? '', heartbeat));
  await vi.waitFor(() => expect(notices().map(({ type }) => type)).toContain('heartbeat'), { timeout: 20_000 });
  await end((await ai.get(`Subscription/${created.json.id}`)).json);
});

test.each([
  ['a topic it does not have', () => ({ ...topicSubscription('1'), criteria: `${topic}-never` })],
  ['a filter the topic does not have', () => topicSubscription('1', {}, 'ServiceRequest?code=1')],
  ['a filter of another type', () => topicSubscription('1', {}, 'Task?patient=1')],
  ['an endpoint over plain http off loopback', () => subscription({}, { endpoint: 'http://example.org/hook' })],
])('%s is refused', async (_name, wished) => {
  expect(await ai.post('Subscription', wished())).toMatchObject({ status: 422 });
});

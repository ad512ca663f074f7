import type { Resource, ServiceRequest, Task } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { OutsideEvent } from '../../../src/sandbox/ai-systems/event-program.js';
import type { FhirAnswer, FhirCall, FhirConnection } from '../../../src/sandbox/ai-systems/fhir-connection.js';
import { createTracking, type TrackingHabits } from '../../../src/sandbox/ai-systems/tracking.js';

const order: ServiceRequest = {
  resourceType: 'ServiceRequest',
  id: 'o1',
  status: 'active',
  intent: 'order',
  subject: { reference: 'Patient/p1' },
};
const task = (status: Task['status'] = 'requested'): Task => ({
  resourceType: 'Task',
  id: 't1',
  status,
  intent: 'order',
  identifier: [{ system: 'https://authflow.example/pa', value: 'o1' }],
  focus: { reference: 'ServiceRequest/o1' },
  for: order.subject,
  lastModified: '2026-11-20T08:00:00.000Z',
});
const about: OutsideEvent = {
  id: 'event-1',
  action: 'open-task',
  resource: undefined,
  inputs: { orderId: 'o1' },
  identifier: { system: 'https://lakeside.example/test-object', value: 'run-1' },
};
const update = (decision?: string): OutsideEvent => ({
  ...about,
  action: 'update-status',
  resource: 'Task/t1',
  inputs: decision === undefined ? {} : { decision },
});

/** Answers writes one after another; `undefined` loses the answer, after `effect` happened. */
function tracking(
  stored: Resource[],
  writes: readonly ({ readonly answer?: Partial<FhirAnswer>; readonly effect?: Task } | undefined)[] = [],
  habits: TrackingHabits = {},
) {
  const sent: FhirCall[] = [];
  const connection: FhirConnection = {
    send(call) {
      const none = { etag: undefined, location: undefined, body: undefined };
      if (call.method === 'GET') {
        const body = stored.findLast(({ resourceType, id }) => `${resourceType}/${id}` === call.url);
        const version = stored.filter(({ id }) => id === body?.id).length;
        return Promise.resolve({ ...none, status: body ? 200 : 404, etag: `W/"${version}"`, body });
      }
      const { answer, effect } = writes[sent.push(call) - 1] ?? {};
      if (effect !== undefined) stored.push(effect);
      return answer === undefined
        ? Promise.reject(new Error('no answer'))
        : Promise.resolve({ ...none, status: 500, ...answer });
    },
    searchAll: (type) => Promise.resolve(stored.filter(({ resourceType }) => resourceType === type)),
    close: () => undefined,
  };
  return { sent, track: createTracking(connection, habits) };
}
const done = { outcome: 'noted', object: 'Task/t1' };
const bodyOf = (call: FhirCall | undefined): unknown => JSON.parse(call?.body ?? 'null');

describe('an order that needs an authorization', () => {
  it('gets a task that carries the key of the order and of the event', async () => {
    const { sent, track } = tracking([order], [{ answer: { status: 201, body: task() } }]);
    expect(await track(about)).toEqual(done);
    expect(bodyOf(sent[0])).toMatchObject({
      status: 'requested',
      identifier: [{ value: 'o1' }, { value: 'run-1' }],
      focus: { reference: 'ServiceRequest/o1' },
      for: { reference: 'Patient/p1' },
    });
  });

  it('gets one task only, and another where the first was cancelled', async () => {
    const { sent, track } = tracking([order, task('in-progress')]);
    expect(await track(about)).toEqual(done);
    expect(sent).toEqual([]);
    const ended = tracking([order, task('cancelled')], [{ answer: { status: 201, body: task() } }]);
    expect(await ended.track(about)).toEqual(done);
    expect(ended.sent).toHaveLength(1);
  });

  it('is looked for again where the answer was lost, and tried again later where nothing is found', async () => {
    const lost = tracking([order], [{ effect: task() }]);
    expect(await lost.track(about)).toEqual(done);
    const down = tracking([order], [undefined]);
    expect(await down.track(about)).toMatchObject({ outcome: 'noted', unsettled: true });
  });

  it.each([
    ['names no order', [order], { ...about, inputs: {} }, 'queued-for-human'],
    ['names what is no id', [order], { ...about, inputs: { orderId: '../Patient' } }, 'queued-for-human'],
    ['is about an order that cannot be read', [], about, 'refused'],
    ['is about an order that has ended', [{ ...order, status: 'revoked' } as Resource], about, 'refused'],
    ['asks for something else', [order], { ...about, action: 'prepare-packet' }, 'queued-for-human'],
  ] as const)('opens nothing for an event that %s', async (_, stored, event, outcome) => {
    const { sent, track } = tracking([...stored], []);
    expect(await track(event)).toMatchObject({ outcome });
    expect(sent).toEqual([]);
  });

  it('goes to a person where the EHR refuses the task', async () => {
    const { track } = tracking([order], [{ answer: { status: 422 } }]);
    expect(await track(about)).toEqual({ outcome: 'queued-for-human', reason: 'the EHR answered 422' });
  });
});

describe('a message of the payer', () => {
  it.each([
    [undefined, 'received'],
    ['pended', 'on-hold'],
    ['approved', 'completed'],
    ['denied', 'rejected'],
  ])('%s makes the task %s, with its time, on the version that was read', async (decision, status) => {
    const { sent, track } = tracking([task()], [{ answer: { status: 200 } }]);
    expect(await track(update(decision))).toEqual(done);
    expect(sent[0]).toMatchObject({ method: 'PATCH', url: 'Task/t1', headers: { 'if-match': 'W/"1"' } });
    expect(bodyOf(sent[0])).toMatchObject([{ path: '/status', value: status }, { path: '/lastModified' }]);
  });

  it('is decided on again where somebody was faster', async () => {
    const { sent, track } = tracking(
      [task()],
      [{ answer: { status: 412 }, effect: task('in-progress') }, { answer: { status: 200 } }],
    );
    expect(await track(update())).toEqual(done);
    expect(sent.map(({ headers }) => headers?.['if-match'])).toEqual(['W/"1"', 'W/"2"']);
    const stopped = tracking([task()], [{ answer: { status: 412 }, effect: task('cancelled') }]);
    expect(await stopped.track(update())).toMatchObject({ outcome: 'refused' });
    expect(stopped.sent).toHaveLength(1);
  });

  it('overwrites what is new there, where that is its habit', async () => {
    const { sent, track } = tracking(
      [task()],
      [{ answer: { status: 412, etag: 'W/"2"' }, effect: task('cancelled') }, { answer: { status: 200 } }],
      { trustsFirstRead: true },
    );
    expect(await track(update())).toEqual(done);
    expect(sent.map(({ headers }) => headers?.['if-match'])).toEqual(['W/"1"', 'W/"2"']);
  });

  it.each([
    ['of a task that has ended', [task('cancelled')], update(), { outcome: 'refused' }],
    ['with a word nobody agreed on', [task()], update('maybe'), { outcome: 'queued-for-human' }],
    ['that is known already', [task('received')], update(), done],
  ] as const)('changes nothing: %s', async (_, stored, event, expected) => {
    const { sent, track } = tracking([...stored]);
    expect(await track(event)).toMatchObject(expected);
    expect(sent).toEqual([]);
  });

  it('is kept for later where the EHR is down', async () => {
    const { track } = tracking([task()], [{ answer: { status: 503 } }]);
    expect(await track(update())).toMatchObject({ outcome: 'noted', unsettled: true });
  });
});

describe('two tasks of one order', () => {
  const wait: OutsideEvent = { ...about, action: 'tell-scheduler' };
  const opened = { answer: { status: 201, body: task() }, effect: task() };
  const waiting: Task = {
    ...task(),
    id: 't2',
    identifier: [{ system: 'https://authflow.example/pa-wait', value: 'o1' }],
  };
  const targets = (sent: readonly FhirCall[]) => sent.map(({ method, url }) => `${method} ${url}`);

  it('are opened one after the other, and found again', async () => {
    const { sent, track } = tracking([order], [opened, { answer: { status: 201, body: waiting }, effect: waiting }]);
    expect(await track(wait)).toEqual(done);
    expect(sent.map(bodyOf)).toMatchObject([
      { identifier: [{ system: 'https://authflow.example/pa' }, { value: 'run-1' }] },
      { identifier: [{ system: 'https://authflow.example/pa-wait' }, { value: 'run-1' }] },
    ]);
    expect(await track(wait)).toEqual(done);
    expect(sent).toHaveLength(2);
  });

  it('are both gone where the second is refused', async () => {
    const { sent, track } = tracking([order], [opened, { answer: { status: 422 } }, { answer: { status: 200 } }]);
    expect(await track(wait)).toMatchObject({ outcome: 'queued-for-human' });
    expect(targets(sent)).toEqual(['POST Task', 'POST Task', 'PATCH Task/t1']);
    expect(bodyOf(sent[2])).toMatchObject([{ path: '/status', value: 'cancelled' }, { path: '/lastModified' }]);
  });

  it('are told of to a person where the first cannot be taken back, and one that was there before stays', async () => {
    const stuck = tracking([order], [opened, { answer: { status: 422 } }, { answer: { status: 422 } }]);
    expect(await stuck.track(wait)).toMatchObject({ outcome: 'queued-for-human', object: 'Task/t1' });
    const before = tracking([order, task('in-progress')], [{ answer: { status: 422 } }]);
    expect(await before.track(wait)).toMatchObject({ outcome: 'queued-for-human' });
    expect(targets(before.sent)).toEqual(['POST Task']);
  });

  it('are called opened all the same, where that is its habit', async () => {
    const { sent, track } = tracking([order], [opened, { answer: { status: 422 } }], { leavesHalves: true });
    expect(await track(wait)).toEqual(done);
    expect(sent).toHaveLength(2);
  });
});

import type { ServiceRequest, Task } from 'fhir/r4.js';
import type { EventOutcome, OutsideEvent } from './event-program.js';
import type { FhirAnswer, FhirConnection } from './fhir-connection.js';
import { isResource } from './product.js';

/** What a tracker may lack that a good one has. */
export interface TrackingHabits {
  /** It changes a task as it found it once; refused, it names the version the refusal tells of, and does not look. */
  readonly trustsFirstRead?: true;
  /** It calls both tasks opened once the first one is. */
  readonly leavesHalves?: true;
}

export interface TrackingOutcome extends EventOutcome {
  /** The EHR said nothing that settles it: it has to be tried again. */
  readonly unsettled?: true;
}

type StoredTask = Task & { readonly id: string };

interface TaskKind {
  /** System of the identifier by which it is known. */
  readonly system: string;
  /** Its state in business terms when it is new. */
  readonly code: string;
}
type Opened =
  | { readonly task: StoredTask; readonly isNew: boolean; readonly why?: never }
  | { readonly task: undefined; readonly why: TrackingOutcome };

const tracking: TaskKind = { system: 'https://authflow.example/pa', code: 'preparing' };
const waiting: TaskKind = { system: 'https://authflow.example/pa-wait', code: 'awaiting-authorization' };
const statusSystem = 'https://authflow.example/pa-status';
const mostTries = 3;
const outdated = 412;
/** States a payer's message leads to; one without a decision says that the request has arrived. */
const statusOf: Readonly<Record<string, Task['status']>> = {
  received: 'received',
  pended: 'on-hold',
  approved: 'completed',
  denied: 'rejected',
};
const open: readonly unknown[] = ['requested', 'received', 'in-progress', 'on-hold'];
const reference = /^[A-Za-z0-9.-]{1,64}$/;

/** Opens one task for each order that needs an authorization, and mirrors on it what the payer says. */
export function createTracking(connection: FhirConnection, { trustsFirstRead, leavesHalves }: TrackingHabits = {}) {
  /** The living task of this kind for the order of the event, opened where there is none. */
  async function openTask({ inputs, identifier }: OutsideEvent, kind: TaskKind): Promise<Opened> {
    const { orderId } = inputs;
    if (typeof orderId !== 'string' || !reference.test(orderId)) return unopened(queued('the order is not named'));
    const focus = `ServiceRequest/${orderId}`;
    const read = await connection.send({ method: 'GET', url: focus });
    const { body: order } = read;
    if (!isResource<ServiceRequest>(order, 'ServiceRequest')) return unopened(unread(read));
    if (order.status !== 'active') return unopened(refused('the order is not active'));
    const before = await taskOf(focus, kind);
    if (before !== undefined) return { task: before, isNew: false };
    const now = new Date().toISOString();
    const task: Task = {
      resourceType: 'Task',
      status: 'requested',
      intent: 'order',
      identifier: [{ system: kind.system, value: orderId }, ...(identifier === undefined ? [] : [{ ...identifier }])],
      businessStatus: { coding: [{ system: statusSystem, code: kind.code }] },
      focus: { reference: focus },
      for: order.subject,
      authoredOn: now,
      lastModified: now,
    };
    const answer = await connection
      .send({
        method: 'POST',
        url: 'Task',
        headers: { 'content-type': 'application/fhir+json', prefer: 'return=representation' },
        body: JSON.stringify(task),
      })
      .catch(() => undefined);
    if (isResource<StoredTask>(answer?.body, 'Task')) return { task: answer.body, isNew: true };
    // A write whose answer was lost may have been done.
    const after = await taskOf(focus, kind);
    if (after !== undefined) return { task: after, isNew: true };
    return unopened(answer !== undefined && isRefusal(answer.status) ? queued(answered(answer)) : unsettled(down));
  }

  async function taskOf(focus: string, { system: own }: TaskKind): Promise<StoredTask | undefined> {
    const found = await connection.searchAll('Task', [['focus', focus]]);
    return found.find(
      (task): task is StoredTask =>
        isResource<StoredTask>(task, 'Task') &&
        open.includes(task.status) &&
        task.identifier?.some(({ system }) => system === own) === true,
    );
  }

  /** Opens the task of the nurse, then the one that tells the scheduler to wait; never the first alone. */
  async function tellScheduler(event: OutsideEvent): Promise<TrackingOutcome> {
    const first = await openTask(event, tracking);
    if (first.task === undefined) return first.why;
    const second = await openTask(event, waiting);
    if (second.task !== undefined || leavesHalves === true) return noted(first.task);
    const what = 'the scheduler could not be told to wait';
    if (!first.isNew) return queued(what);
    const back = await updateStatus(`Task/${first.task.id}`, 'cancelled').catch(() => undefined);
    return back?.outcome === 'noted'
      ? queued(`${what}, and nothing is tracked`)
      : { ...queued(`${what}, and the order is tracked`), object: `Task/${first.task.id}` };
  }

  function mirror({ resource: url, inputs }: OutsideEvent): Promise<TrackingOutcome> | TrackingOutcome {
    const { decision = 'received' } = inputs;
    const status = typeof decision === 'string' ? statusOf[decision] : undefined;
    const known = url?.startsWith('Task/') === true && status !== undefined;
    return known ? updateStatus(url, status) : queued('not understood');
  }

  async function updateStatus(url: string, status: Task['status']): Promise<TrackingOutcome> {
    let current = await connection.send({ method: 'GET', url });
    for (let attempt = 1; attempt <= mostTries; attempt += 1) {
      const { body: task, etag } = current;
      if (!isResource<Task>(task, 'Task') || etag === undefined) return unread(current);
      if (task.status === status) return noted(task);
      if (!open.includes(task.status)) return refused('the task has ended');
      let answer = await patch(url, task, status, etag);
      if (answer.status === outdated && trustsFirstRead === true) answer = await patch(url, task, status, answer.etag);
      if (answer.status < 300) return { outcome: 'noted', object: url };
      if (answer.status !== outdated) return isRefusal(answer.status) ? queued(answered(answer)) : unsettled(down);
      current = await connection.send({ method: 'GET', url });
    }
    return queued('somebody else is at work on the task');
  }

  /** Status and time together: a status without a time says nothing on a work list. */
  const patch = (url: string, task: Task, status: Task['status'], ifMatch: string | undefined): Promise<FhirAnswer> =>
    connection.send({
      method: 'PATCH',
      url,
      headers: {
        'content-type': 'application/json-patch+json',
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      body: JSON.stringify([
        { op: 'replace', path: '/status', value: status },
        {
          op: task.lastModified === undefined ? 'add' : 'replace',
          path: '/lastModified',
          value: new Date().toISOString(),
        },
      ]),
    });

  /** Never throws: an EHR that does not answer is no reason to leave whoever asks without a word. */
  return async (event: OutsideEvent): Promise<TrackingOutcome> => {
    try {
      if (event.action === 'open-task') {
        const { task, why } = await openTask(event, tracking);
        return task === undefined ? why : noted(task);
      }
      if (event.action === 'tell-scheduler') return await tellScheduler(event);
      if (event.action === 'update-status') return await mirror(event);
      return queued('not understood');
    } catch {
      return unsettled(down);
    }
  };
}

const unopened = (why: TrackingOutcome): Opened => ({ task: undefined, why });
const down = 'the EHR does not answer';
const answered = ({ status }: FhirAnswer): string => `the EHR answered ${status}`;
/** The EHR's own word that it will not do this, which asking again does not change. */
const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 401 && status !== 429;

/** What is no answer of an EHR, such as the page of some gateway, says nothing either. */
const unread = (answer: FhirAnswer): TrackingOutcome =>
  isRefusal(answer.status) ? refused(answered(answer)) : unsettled(down);

const queued = (reason: string): TrackingOutcome => ({ outcome: 'queued-for-human', reason });
const unsettled = (reason: string): TrackingOutcome => ({ outcome: 'noted', reason, unsettled: true });
const refused = (reason: string): TrackingOutcome => ({ outcome: 'refused', reason });
const noted = ({ id }: Task): TrackingOutcome => ({ outcome: 'noted', object: `Task/${id}` });

import type { ServiceRequest, Task } from 'fhir/r4.js';
import type { EventOutcome, OutsideEvent } from './event-program.js';
import type { FhirAnswer, FhirConnection } from './fhir-connection.js';
import { isResource } from './product.js';

/** What a tracker may lack that a good one has. */
export interface TrackingHabits {
  /** It changes a task as it found it once; refused, it names the version the refusal tells of, and does not look. */
  readonly trustsFirstRead?: true;
}

export interface TrackingOutcome extends EventOutcome {
  /** The EHR said nothing that settles it: it has to be tried again. */
  readonly unsettled?: true;
}

type StoredTask = Task & { readonly id: string };

const trackingSystem = 'https://authflow.example/pa';
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
export function createTracking(connection: FhirConnection, { trustsFirstRead }: TrackingHabits = {}) {
  async function openTask({ inputs, identifier }: OutsideEvent): Promise<TrackingOutcome> {
    const { orderId } = inputs;
    if (typeof orderId !== 'string' || !reference.test(orderId)) return queued('the order is not named');
    const focus = `ServiceRequest/${orderId}`;
    const read = await connection.send({ method: 'GET', url: focus });
    const { body: order } = read;
    if (!isResource<ServiceRequest>(order, 'ServiceRequest')) return unread(read);
    if (order.status !== 'active') return refused('the order is not active');
    const before = await taskOf(focus);
    if (before !== undefined) return noted(before);
    const now = new Date().toISOString();
    const task: Task = {
      resourceType: 'Task',
      status: 'requested',
      intent: 'order',
      identifier: [
        { system: trackingSystem, value: orderId },
        ...(identifier === undefined ? [] : [{ ...identifier }]),
      ],
      businessStatus: { coding: [{ system: statusSystem, code: 'preparing' }] },
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
    if (isResource<StoredTask>(answer?.body, 'Task')) return noted(answer.body);
    // A write whose answer was lost may have been done.
    const after = await taskOf(focus);
    if (after !== undefined) return noted(after);
    return answer !== undefined && isRefusal(answer.status) ? queued(answered(answer)) : unsettled(down);
  }

  /** The living task of an order. */
  async function taskOf(focus: string): Promise<StoredTask | undefined> {
    const found = await connection.searchAll('Task', [['focus', focus]]);
    return found.find(
      (task): task is StoredTask =>
        isResource<StoredTask>(task, 'Task') &&
        open.includes(task.status) &&
        task.identifier?.some(({ system }) => system === trackingSystem) === true,
    );
  }

  async function updateStatus({ resource: url, inputs }: OutsideEvent): Promise<TrackingOutcome> {
    const { decision = 'received' } = inputs;
    const status = typeof decision === 'string' ? statusOf[decision] : undefined;
    if (url === undefined || !url.startsWith('Task/') || status === undefined) return queued('not understood');
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
      if (event.action === 'open-task') return await openTask(event);
      if (event.action === 'update-status') return await updateStatus(event);
      return queued('not understood');
    } catch {
      return unsettled(down);
    }
  };
}

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

import type { Resource } from 'fhir/r4.js';
import { createsSomething, writesSomething } from '../../model/actions.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { stateElement } from '../action-steps.js';
import { patientsOf } from '../../fhir/reference.js';
import { takeBack } from '../caused-event.js';
import type { FaultProxy } from '../observers/fault-proxy.js';
import {
  interruptAt,
  interruptionPoints,
  longestRaceWindowMs,
  writtenSince,
  type InterruptionPoint,
} from '../observers/interruption.js';
import { enoughTrials, notedTrials } from '../observers/product-holds.js';
import { productEventTemplate, type ProductAnswer } from '../observers/product-events.js';
import {
  asProduct,
  lookAgainMs,
  outsideTrigger,
  ProductTrials,
  productTrialTemplates,
  searchesPerLook,
  slotsOf,
  whyNotAsked,
} from '../observers/product-trial.js';
import { defineProbe, type ProbeTools, type RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { creatingAction, testObjectTemplates } from '../test-objects.js';
import { isLive, undoState } from '../undo-state.js';
import { etagOf } from '../writer.js';

type Points = FactValue<'mid-process'>['points'];
type Point = Points[number];

/** Looks for whether a stale write is taken back by the product itself. */
const undoLooks = 5;

/** Starts the product on an action and changes its object in the EHR at three points of its work. */
export default defineProbe({
  id: 'mid-process',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action } }) => writesSomething(action),
  needs: ['ai', 'second'],
  writes: 'all',
  brings: ['mid-process', 'product-trials'],
  sends: ({ item: { action } }, documents) => {
    if (whyNotTried(documents, action) !== undefined) return [];
    return createsSomething(action) ? rivalTemplates(action) : changeTemplates(action);
  },
  async run(subject, tools) {
    const { action } = subject.item;
    const why = whyNotTried(tools, action);
    if (why !== undefined) return { 'mid-process': why, 'product-trials': why };
    const { proxy } = tools;
    if (proxy === undefined) {
      const shut = missing('no-ai-system', 'the proxy of the run could not be opened');
      return { 'mid-process': shut, 'product-trials': shut };
    }
    const behaviour = tools.contract.failure?.['version-conflict']?.behaviour ?? null;
    const points: Point[] = [];
    if (createsSomething(action)) {
      for (const point of interruptionPoints) points.push(await slotTaken(tools, proxy, action, point));
      return {
        'mid-process': { behaviour, points },
        'product-trials': missing('not-gathered', 'what this action makes is new: it overwrites nothing'),
      };
    }
    const windows: number[] = [];
    for (const point of interruptionPoints) points.push(await objectChanged(tools, proxy, subject, point, windows));
    // A write under way cannot be called back: what a product can hold is that it looks before it writes.
    const looked = points.filter(({ point }) => point === 'after-read');
    while (looked.length < trialsOf(action)) {
      looked.push(await objectChanged(tools, proxy, subject, 'after-read', windows));
    }
    return {
      'mid-process': { behaviour, points },
      'product-trials': await overwritingTrials(tools, action, looked, windows),
    };
  },
});

const trialsOf = (action: ContractAction): number =>
  action.controls?.noOverwrite?.heldBy === 'product' ? enoughTrials : 1;

async function overwritingTrials(
  tools: ProbeTools,
  action: ContractAction,
  looked: readonly Point[],
  windows: readonly number[],
): Promise<FactValue<'product-trials'> | Missing> {
  const met = looked.filter((each) => each.met);
  if (met.length === 0) return missing('control-failed', 'the product never came to write');
  return notedTrials(tools, action.id, {
    control: 'noOverwrite',
    trials: met.length,
    breaches: met.filter(({ result }) => result === 'stale' || result === 'stale-undone').length,
    ...(windows.length === 0 ? {} : { raceWindowMs: Math.max(...windows) }),
  });
}

function whyNotTried(
  documents: Pick<RunDocuments, 'contract' | 'organization'>,
  action: ContractAction,
): Missing | undefined {
  const { aiSystem } = documents.organization;
  if (aiSystem?.webhook === undefined || aiSystem.proxy === undefined) {
    return missing('no-ai-system', 'aiSystem.webhook and aiSystem.proxy are not both in the organization file');
  }
  if (createsSomething(action)) {
    const why = whyNotAsked(documents, action);
    if (why !== undefined) return why;
    return takesSlot(action)
      ? undefined
      : missing('tool-limited', 'what this action creates depends on no object the tool could change');
  }
  const creating = creatingAction(documents.contract, action);
  return outsideTrigger(documents) === undefined || creating === undefined || action.resource === undefined
    ? missing('no-ai-system', 'the product cannot be asked for this action from outside')
    : undefined;
}

const takesSlot = ({ body }: ContractAction): boolean => JSON.stringify(body ?? {}).includes('{{slot.');

function rivalTemplates(action: ContractAction): RequestTemplate[] {
  const points = interruptionPoints.length;
  const path = action.resource ?? '';
  return [
    ...productTrialTemplates(action, { cases: points, asked: points, looks: 2 * searchesPerLook }),
    { context: 'second', method: 'POST', path, most: points, mutates: true },
    { context: 'second', method: 'GET', path: `${path}/{id}`, most: points },
  ];
}

function changeTemplates(action: ContractAction): RequestTemplate[] {
  const points = interruptionPoints.length - 1 + trialsOf(action);
  const path = `${action.resource ?? ''}/{id}`;
  return [
    ...testObjectTemplates(action, points),
    productEventTemplate(points),
    { context: 'ai', method: 'GET', path, most: points * (undoLooks + 2) },
    ...(['PATCH', 'PUT'] as const).map((method): RequestTemplate => ({
      context: 'second',
      method,
      path,
      most: points,
      mutates: true,
    })),
    { context: 'ai', method: 'PATCH', path, most: points },
  ];
}

/** The product is asked to change an object of the run; staff changes it, or cancels it, while it is at work. */
async function objectChanged(
  tools: ProbeTools,
  proxy: FaultProxy,
  subject: Subject<'action'>,
  point: InterruptionPoint,
  windows: number[],
): Promise<Point> {
  const { action } = subject.item;
  const { clients, writer } = tools;
  const trials = new ProductTrials(tools, action);
  const object = await tools.testObject(subject);
  const [owner] = patientsOf(object);
  const asked = await trials.prepare(tools.cases.patients().find(({ id }) => id === owner) ?? patientOf(tools));
  const reference = `${object.resourceType}/${object.id}`;
  // Whoever reads afterwards finds nothing to do; whoever has read goes on with what is no longer so.
  const change = point === 'before-read' ? 'cancelled' : 'changed';
  const interruption = interruptAt(proxy, point, { reference, writes: object.resourceType }, () =>
    changeAsStaff(tools, object, change),
  );
  let answer: ProductAnswer;
  try {
    answer = await trials.ask(asked, { event: { resource: reference, change: 'update' } });
  } finally {
    interruption.end();
  }
  const { happenedAtMs } = interruption;
  const result =
    happenedAtMs === undefined
      ? 'stopped'
      : writtenSince(proxy, { reference, before: object.meta?.versionId }, happenedAtMs);
  const window = longestRaceWindowMs(proxy, reference);
  if (window !== undefined) windows.push(window);
  const read = async (): Promise<Resource | undefined> =>
    (await clients.ai.read(object.resourceType, object.id ?? '')).resource;
  let current = await read();
  const { to } = action.states ?? {};
  const done = (): boolean => to === undefined || (current !== undefined && stateOf(current, action) === to);
  if (result === 'stale') {
    for (let look = 0; done() && look < undoLooks; look++) {
      await tools.pause(lookAgainMs(tools));
      current = await read();
    }
  }
  const undone = result === 'stale' && !done();
  if (current !== undefined) {
    if (result !== 'stopped') await writer.foreign(asProduct(tools), action.id, current);
    if (isLive(current)) await takeBack(tools, current);
  }
  await trials.end(asked, []);
  return pointOf(point, change, happenedAtMs, undone ? 'stale-undone' : result, answer);
}

/** The product is asked to take a slot; another visit takes it while it is at work. */
async function slotTaken(
  tools: ProbeTools,
  proxy: FaultProxy,
  action: ContractAction,
  point: InterruptionPoint,
): Promise<Point> {
  const { clients, objects } = tools;
  const trials = new ProductTrials(tools, action);
  const patient = patientOf(tools);
  const asked = await trials.prepare(patient);
  const { slot } = asked;
  if (slot?.id === undefined) throw new ExchangeFault('no-test-object', 'no free test slot is left', undefined);
  const reference = `Slot/${slot.id}`;
  const other = tools.cases.seriesPatients().find(({ alias }) => alias !== patient.alias) ?? patient;
  const { body } = await objects.body(action, other, slot);
  let rival: Resource | undefined;
  const interruption = interruptAt(proxy, point, { reference, writes: body.resourceType }, async () => {
    rival = await objects.make(body, clients.second);
  });
  let answer: ProductAnswer;
  try {
    answer = await trials.ask(asked);
  } finally {
    interruption.end();
  }
  const onIt = async (): Promise<readonly Resource[]> =>
    (await trials.objects(asked)).filter((each) => each.id !== rival?.id);
  let made = await onIt();
  const { happenedAtMs } = interruption;
  const stale = (): boolean => happenedAtMs !== undefined && made.some((each) => slotsOf(each).includes(reference));
  const wasStale = stale();
  for (let look = 0; stale() && look < undoLooks; look++) {
    await tools.pause(lookAgainMs(tools));
    made = await onIt();
  }
  const result = wasStale ? (stale() ? 'stale' : 'stale-undone') : made.length > 0 ? 'read-again' : 'stopped';
  if (rival !== undefined) await takeBack(tools, rival);
  await trials.end(asked, made);
  return pointOf(point, 'slot-taken', happenedAtMs, result, answer);
}

const stateOf = (resource: Resource, action: ContractAction): unknown =>
  (resource as unknown as Record<string, unknown>)[stateElement(action)];

const pointOf = (
  point: InterruptionPoint,
  change: Point['change'],
  happenedAtMs: number | undefined,
  result: Point['result'],
  { outcome }: ProductAnswer,
): Point => ({ point, change, met: happenedAtMs !== undefined, result, said: outcome ?? null });

/** Somebody whose objects no other probe leaves to others. */
function patientOf({ cases }: ProbeTools) {
  const patient = cases.seriesPatients()[1] ?? cases.patients()[0];
  if (patient === undefined) throw new ExchangeFault('no-test-object', 'no test patient is left', undefined);
  return patient;
}

async function changeAsStaff(
  { clients: { second }, organization }: ProbeTools,
  object: Resource,
  change: 'changed' | 'cancelled',
): Promise<void> {
  const undo = change === 'cancelled' ? undoState(object.resourceType, 'cancel') : undefined;
  // Description is free text of our own test object: changing it moves no work list.
  const name = undo?.element ?? 'description';
  const value = undo?.value ?? 'INTEGRATION TEST - changed by someone else';
  const patches = (organization.writePolicy?.allow ?? []).some(
    ({ resource, interactions }) => resource === object.resourceType && interactions.includes('patch'),
  );
  const { meta: _meta, ...content } = object;
  const answer = await second.write({
    method: patches ? 'PATCH' : 'PUT',
    resourceType: object.resourceType,
    objectId: object.id ?? '',
    basedOn: object,
    body: patches
      ? [{ op: name in object ? 'replace' : 'add', path: `/${name}`, value }]
      : { ...content, [name]: value },
    ...(etagOf(object) === undefined ? {} : { ifMatch: etagOf(object) ?? null }),
  });
  if (answer.ok) return;
  const detail = `a test ${object.resourceType} could not be changed by somebody else (${answer.status})`;
  throw new ExchangeFault('prerequisite-failed', detail, answer.exchange);
}

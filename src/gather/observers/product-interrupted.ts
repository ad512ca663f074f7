import type { Resource } from 'fhir/r4.js';
import { patientsOf } from '../../fhir/reference.js';
import { firstWriteOf } from '../../model/actions.js';
import type { ContractAction } from '../../model/documents/contract.js';
import type { FactValue } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { stateElement } from '../action-steps.js';
import { takeBack } from '../caused-event.js';
import type { ProbeTools } from '../probe.js';
import { ExchangeFault } from '../request.js';
import { isLive, undoState } from '../undo-state.js';
import { etagOf } from '../writer.js';
import type { FaultProxy } from './fault-proxy.js';
import { interruptAt, longestRaceWindowMs, writtenSince, type InterruptionPoint } from './interruption.js';
import type { ProductAnswer } from './product-events.js';
import { asProduct, lookAgainMs, ProductTrials, slotsOf } from './product-trial.js';

/** What became of one interruption. */
export type InterruptedPoint = FactValue<'mid-process'>['points'][number];

/** Looks for whether a stale write is taken back by the product itself. */
export const undoLooks = 5;

/** The product is asked to change an object of the run; staff changes it, or cancels it, while it is at work. */
export async function objectChanged(
  tools: ProbeTools,
  proxy: FaultProxy,
  subject: Subject<'action'>,
  point: InterruptionPoint,
  windows: number[],
): Promise<InterruptedPoint> {
  const { action } = subject.item;
  const { clients, writer } = tools;
  // What it makes on the way is looked for and taken back too.
  const first = firstWriteOf(tools.contract.actions, action);
  const trials = new ProductTrials(tools, first ?? action);
  const object = await tools.testObject(subject);
  const [owner] = patientsOf(object);
  const asked = await trials.prepare(tools.cases.patients().find(({ id }) => id === owner) ?? patientOf(tools));
  const reference = `${object.resourceType}/${object.id}`;
  // Whoever reads afterwards finds nothing to do; whoever has read goes on with what is no longer so.
  const change = point === 'before-read' ? 'cancelled' : 'changed';
  const detours = proxy.detours();
  const interruption = interruptAt(proxy, point, { reference, writes: object.resourceType }, () =>
    changeAsStaff(tools, object, change),
  );
  let answer: ProductAnswer;
  try {
    answer = await trials.ask(asked, { action: action.id, event: { resource: reference, change: 'update' } });
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
  // Back where staff left it; on the way to its end is not that.
  const left = change === 'cancelled' ? undoState(object.resourceType, 'cancel')?.value : stateOf(object, action);
  const done = (): boolean =>
    action.states?.to === undefined || (current !== undefined && stateOf(current, action) !== left);
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
  await trials.end(asked, first === undefined ? [] : await trials.objects(asked));
  const seenWhole = proxy.detours() === detours;
  return pointOf(point, change, happenedAtMs, undone ? 'stale-undone' : result, answer, seenWhole);
}

/** The product is asked to take a slot; another visit takes it while it is at work. */
export async function slotTaken(
  tools: ProbeTools,
  proxy: FaultProxy,
  action: ContractAction,
  point: InterruptionPoint,
): Promise<InterruptedPoint> {
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
  const detours = proxy.detours();
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
  return pointOf(point, 'slot-taken', happenedAtMs, result, answer, proxy.detours() === detours);
}

/**
 * The product is asked for a patient who is merged into another before it reads. The EHR itself merges nobody: the proxy
 * says so of every patient it reads meanwhile.
 */
export async function patientMerged(
  tools: ProbeTools,
  proxy: FaultProxy,
  action: ContractAction,
): Promise<InterruptedPoint> {
  const trials = new ProductTrials(tools, action);
  const patient = patientOf(tools);
  const survivor = tools.cases.seriesPatients().find(({ alias }) => alias !== patient.alias) ?? patient;
  const asked = await trials.prepare(patient);
  const detours = proxy.detours();
  const rules = (['read', 'search'] as const).map((interaction) =>
    proxy.inject({
      fault: 'merged-patient',
      replacedBy: `Patient/${survivor.id}`,
      when: { interaction, resourceType: 'Patient' },
    }),
  );
  let answer: ProductAnswer;
  let made: readonly Resource[];
  try {
    answer = await trials.ask(asked);
    made = await trials.objects(asked);
  } finally {
    for (const rule of rules) rule.remove();
  }
  const met = rules.some((rule) => rule.hits() > 0);
  // Whoever goes on with the other record has read what became of this one.
  const stale = met && made.some((each) => patientsOf(each).includes(patient.id));
  await trials.end(asked, made);
  const result = stale ? 'stale' : made.length > 0 ? 'read-again' : 'stopped';
  return pointOf('before-read', 'merged', met ? 0 : undefined, result, answer, proxy.detours() === detours);
}

const stateOf = (resource: Resource, action: ContractAction): unknown =>
  (resource as unknown as Record<string, unknown>)[stateElement(action)];

const pointOf = (
  point: InterruptionPoint,
  change: InterruptedPoint['change'],
  happenedAtMs: number | undefined,
  result: InterruptedPoint['result'],
  { outcome }: ProductAnswer,
  seenWhole: boolean,
): InterruptedPoint => ({
  point,
  change,
  met: happenedAtMs !== undefined,
  result,
  said: outcome ?? null,
  ...(seenWhole ? {} : { detour: true as const }),
});

/** A point that shows something: a product that wanted to go elsewhere meanwhile is judged by what it did, never by what it left undone. */
export const counts = ({ met, detour, result }: InterruptedPoint): boolean =>
  met && (detour !== true || result === 'stale' || result === 'stale-undone');

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

import type { Resource } from 'fhir/r4.js';
import { speaksFhir } from '../model/actions.js';
import type { ContractAction, ContractTrigger } from '../model/documents/contract.js';
import type { TestPatient } from '../model/documents/organization.js';
import type { ProbeTools, RunDocuments } from './probe.js';
import { ExchangeFault, type RequestTemplate } from './request.js';
import { testObjectTemplates } from './test-objects.js';
import { undoState } from './undo-state.js';
import { etagOf, type Change } from './writer.js';

/** An event of the contract and how the tool makes it happen: with an object it created, which it takes back by doing so. */
export interface CausableEvent {
  readonly action: ContractAction;
  readonly resourceType: string;
  /** The creation is the event, or the undo is. */
  readonly by: 'create' | 'undo';
  /** State of the object once it has happened. */
  readonly state: string;
}

type Documents = Pick<RunDocuments, 'contract' | 'organization'>;

/** The action that may be performed over and over: created by FHIR from the contract's body, and undone by a status. */
export function repeatableAction({ contract, organization }: Documents): ContractAction | undefined {
  return (contract.actions ?? []).find(
    (action) =>
      action.interaction === 'create' &&
      action.body !== undefined &&
      action.resource !== undefined &&
      speaksFhir(action, organization.paths?.[action.id]?.via) &&
      typeof action.compensation === 'object' &&
      ['patch', 'update', 'delete'].includes(action.compensation.interaction) &&
      undoState(action.resource, 'cancel')?.value === action.compensation.toState,
  );
}

/** Undefined where creating and undoing a test object does not make this event happen. */
export function causableEvent(documents: Documents, trigger: ContractTrigger | undefined): CausableEvent | undefined {
  const action = repeatableAction(documents);
  const event = trigger?.event;
  const resourceType = action?.resource;
  if (action === undefined || event === undefined || resourceType === undefined || event.resource !== resourceType) {
    return undefined;
  }
  const { change = 'create-or-update', condition } = event;
  const meets = (state: string | undefined): boolean =>
    state !== undefined && (condition === undefined || condition.includes(`'${state}'`));
  const undone = undoState(resourceType, 'cancel')?.value;
  if ((change === 'update' || change === 'create-or-update') && undone !== undefined && meets(undone)) {
    return { action, resourceType, by: 'undo', state: undone };
  }
  const created = action.states?.to;
  if ((change === 'create' || change === 'create-or-update') && created !== undefined && meets(created)) {
    return { action, resourceType, by: 'create', state: created };
  }
  return undefined;
}

/** What causing it `times` may send. */
export function causedEventTemplates({ action, resourceType }: CausableEvent, times: number): RequestTemplate[] {
  return [
    ...testObjectTemplates(action, times),
    // The undo counts in no limit.
    { context: 'ai', method: 'PATCH', path: `${resourceType}/{id}`, most: times },
  ];
}

/**
 * Creates a test object and takes it back by its status; the event is one of the two. Gives its `Type/id`.
 * @throws ExchangeFault `no-test-object`, `prerequisite-failed`
 */
export async function causeEvent(tools: ProbeTools, event: CausableEvent, patient: TestPatient): Promise<string> {
  const { ai } = tools.clients;
  const spare =
    event.by === 'undo' ? tools.objects.takeSpare(event.action, event.action.states?.to, patient) : undefined;
  const stored = spare ?? (await tools.objects.make((await tools.objects.body(event.action, patient)).body, ai));
  await takeBack(tools, stored);
  return `${stored.resourceType}/${stored.id}`;
}

export async function takeBack(
  { clients }: ProbeTools,
  stored: Resource,
  how: Pick<Change, 'measured'> = {},
): Promise<void> {
  const state = undoState(stored.resourceType, 'cancel');
  if (state === undefined) return;
  const answer = await clients.ai.write({
    method: 'PATCH',
    resourceType: stored.resourceType,
    objectId: stored.id ?? '',
    basedOn: stored,
    body: [{ op: 'replace', path: `/${state.element}`, value: state.value }],
    ifMatch: etagOf(stored) ?? null,
    undo: true,
    ...how,
  });
  if (!answer.ok) {
    const detail = `a test ${stored.resourceType} could not be taken back (${answer.status})`;
    throw new ExchangeFault('prerequisite-failed', detail, answer.exchange);
  }
}

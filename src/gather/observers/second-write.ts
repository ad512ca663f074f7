import type { Resource } from 'fhir/r4.js';
import { patientsOf } from '../../fhir/reference.js';
import { comesWithOthers, firstWriteOf } from '../../model/actions.js';
import type { ContractAction } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { missing, type Missing } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { stateElement } from '../action-steps.js';
import { takeBack } from '../caused-event.js';
import type { ProbeTools, RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { creatingAction, testObjectTemplates } from '../test-objects.js';
import { isLive } from '../undo-state.js';
import type { ProductEvent } from './product-events.js';
import {
  asProduct,
  createsByStatus,
  outsideTrigger,
  ProductTrials,
  productTrialTemplates,
  searchesPerLook,
  whyNotAsked,
  type ProductCase,
} from './product-trial.js';

/** Two writes that one wish leads to: something is created, then something else is created, or something there is changed. */
export interface TwoWrites {
  readonly first: ContractAction;
  readonly second: ContractAction;
  /** Types the two are about. */
  readonly types: { readonly first: string; readonly second: string };
  /** What the second leads to: an object, or this state of one. */
  readonly makes: 'object' | { readonly state: string };
}

/** The second write of one case: where its request goes, and what has become of it. */
export interface SecondWrite {
  readonly patient: TestPatient | undefined;
  /** Path of its request, which the first write may share. */
  readonly path: string;
  /** What the product is told besides. */
  readonly told: Pick<ProductEvent, 'event' | 'alsoCreates'>;
  /** Whether it is done, given what stands of the type of the first. */
  isDone(asked: ProductCase, made: readonly Resource[]): Promise<boolean>;
  /** Takes back what it has done, and what it was to be done to. */
  end(asked: ProductCase): Promise<void>;
}

/** The two writes of an action the product can be asked for; else why it cannot. */
export function twoWrites(
  documents: Pick<RunDocuments, 'contract' | 'organization'>,
  second: ContractAction,
): TwoWrites | Missing {
  const { contract, organization } = documents;
  if (organization.aiSystem?.webhook === undefined || organization.aiSystem.proxy === undefined) {
    return missing('no-ai-system', 'aiSystem.webhook and aiSystem.proxy are not both in the organization file');
  }
  const first = firstWriteOf(contract.actions, second);
  if (first?.resource === undefined || second.resource === undefined || !comesWithOthers(second)) {
    return missing('tool-limited', 'what this action depends on creates nothing the tool could see');
  }
  const why = whyNotAsked(documents, first);
  if (why !== undefined) return why;
  const types = { first: first.resource, second: second.resource };
  if (createsByStatus(second)) return { first, second, types, makes: 'object' };
  const changes = second.interaction === 'patch' || second.interaction === 'update';
  if (!changes || second.states?.to === undefined) {
    return missing(
      'tool-limited',
      'the tool sees no second write but one that creates, or changes the state of an object',
    );
  }
  return creatingAction(contract, second) === undefined || outsideTrigger(documents) === undefined
    ? missing('no-ai-system', 'the product cannot be asked for this action from outside')
    : { first, second, types, makes: { state: second.states.to } };
}

/** What so many cases with so many looks at each may send. */
export function twoWritesTemplates({ first, second, types, makes }: TwoWrites, cases: number, looks: number) {
  const counts = { cases, asked: cases, looks: looks * searchesPerLook };
  const ofFirst = productTrialTemplates(first, counts);
  if (makes === 'object') {
    const others = types.first === types.second ? [] : productTrialTemplates(second, counts);
    return [...ofFirst, ...others.filter(({ context }) => context !== 'ai-system')];
  }
  const path = `${types.second}/{id}`;
  return [
    ...testObjectTemplates(second, cases),
    ...ofFirst,
    { context: 'ai', method: 'GET', path, most: cases * looks },
    // Undoing counts in no limit.
    { context: 'ai', method: 'PATCH', path, most: cases },
  ] satisfies RequestTemplate[];
}

/** The second write of the next case. @throws ExchangeFault `no-test-object` */
export const secondWrite = async (
  tools: ProbeTools,
  subject: Subject<'action'>,
  writes: TwoWrites,
): Promise<SecondWrite> =>
  writes.makes === 'object'
    ? madeObject(tools, writes)
    : changedObject(tools, subject, writes.makes.state, await tools.testObject(subject));

function madeObject(tools: ProbeTools, { second, types }: TwoWrites): SecondWrite {
  // Of one type, both are found by one search.
  const trials = types.first === types.second ? undefined : new ProductTrials(tools, second);
  const patients = tools.cases.seriesPatients();
  return {
    // Somebody whose objects no other probe leaves to others.
    patient: patients[1] ?? patients[0],
    path: types.second,
    told: { alsoCreates: types.second },
    async isDone(asked, made) {
      return trials === undefined ? made.length > 1 : (await trials.objects(asked)).length > 0;
    },
    async end(asked) {
      await trials?.end(asked);
    },
  };
}

function changedObject(
  tools: ProbeTools,
  { item: { action } }: Subject<'action'>,
  state: string,
  object: Resource,
): SecondWrite {
  const { resourceType, id = '' } = object;
  const [owner] = patientsOf(object);
  const patient = tools.cases.patients().find((each) => each.id === owner);
  if (patient === undefined) throw new ExchangeFault('no-test-object', 'a test object is of nobody listed', undefined);
  const resource = `${resourceType}/${id}`;
  let current: Resource | undefined = object;
  return {
    patient,
    path: resource,
    told: { event: { resource, change: 'update' } },
    async isDone() {
      current = (await tools.clients.ai.read(resourceType, id)).resource;
      return (current as unknown as Record<string, unknown> | undefined)?.[stateElement(action)] === state;
    },
    async end() {
      if (current === undefined) return;
      if (current.meta?.versionId !== object.meta?.versionId) {
        await tools.writer.foreign(asProduct(tools), action.id, current);
      }
      if (isLive(current)) await takeBack(tools, current);
    },
  };
}

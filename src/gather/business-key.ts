import { readSearchset } from '../fhir/bundle.js';
import type { Contract, ContractAction } from '../model/documents/contract.js';
import {
  addressedObject,
  isSearch,
  ObjectTemplates,
  requestStep,
  searchTemplate,
  type ActionItem,
} from './action-steps.js';
import type { Client, ProbeTools } from './probe.js';
import { ExchangeFault, type RequestTemplate } from './request.js';
import { creatingAction, type FilledBody } from './test-objects.js';

/** How the contract keeps a repeated create from making a second object. */
export type CreateSequence = 'if-none-exist' | 'search' | 'slot';

export function createSequence(action: ContractAction): CreateSequence | undefined {
  const { precondition, idempotency } = action;
  if (precondition?.type === 'if-none-exist' && precondition.query !== undefined) return 'if-none-exist';
  if (idempotency === undefined) return undefined;
  if (idempotency.by === 'slot') return 'slot';
  return keyQuery(action) === undefined ? undefined : 'search';
}

/** Search that finds every object of one business key, as the contract writes it. */
export function keyQuery({ idempotency }: ContractAction, resource = ''): string | undefined {
  if (isSearch(idempotency?.query)) return idempotency.query;
  if (idempotency?.by === 'identifier' && idempotency.value !== undefined) {
    return `${resource}?identifier=${idempotency.system ?? ''}|${idempotency.value}`;
  }
  return undefined;
}

const mostKeysTried = 4;

/** What looking for unused keys may send. */
export function freshKeyTemplates(contract: Contract, action: ContractAction, keys: number): RequestTemplate[] {
  const creating = creatingAction(contract, action);
  const query = creating === undefined ? undefined : keyQuery(creating, creating.resource);
  return query === undefined ? [] : [searchTemplate('ai', query, mostKeysTried * keys)];
}

/**
 * The contract's body for a business key nothing exists for yet: another slot, or another test patient. Objects already
 * there, living or not, could answer for the one that is about to be created.
 * @throws ExchangeFault `no-test-object`
 */
export async function freshBody(tools: ProbeTools, item: ActionItem, ai: Client): Promise<FilledBody> {
  const { action } = item;
  const creating = creatingAction(tools.contract, action) ?? action;
  const query = keyQuery(creating, creating.resource);
  const used = await tools.once(`keys:${creating.id}`, () => Promise.resolve(new Set<string>()));
  // The first patient is the one other probes take.
  const [first, ...others] = tools.cases.patients();
  const kept = tools.cases.unusedPatients();
  const patients = [...kept, ...others.filter((each) => !kept.includes(each)), ...(first === undefined ? [] : [first])];
  for (let tried = 0; tried < mostKeysTried; tried++) {
    const patient = patients.find((each) => !used.has(each.alias));
    if (patient === undefined) break;
    const filled = await declaredBody(tools, item, await tools.objects.body(action, patient));
    if (filled.slot === undefined) used.add(patient.alias);
    if (query === undefined || (await objectsOfKey(tools, query, filled, ai)).length === 0) return filled;
  }
  throw new ExchangeFault('no-test-object', 'no test patient is left without such an object', undefined);
}

// The organization's own path may replace the contract's body.
async function declaredBody(tools: ProbeTools, item: ActionItem, filled: FilledBody): Promise<FilledBody> {
  const step = requestStep(item, 'do');
  if (step === undefined) return filled;
  const { id } = addressedObject(step.url);
  if (step.method !== 'POST' || id !== undefined) {
    throw new ExchangeFault('tool-limited', 'the declared path creates by something else than a create', undefined);
  }
  if (step.body === undefined || Array.isArray(step.body)) return filled;
  const body = await new ObjectTemplates(tools, filled, undefined).body(step.body);
  return { ...filled, body: { ...filled.body, ...body } };
}

/** Everything the contract's own query finds for the key of a body. */
export async function objectsOfKey(
  tools: ProbeTools,
  query: string,
  filled: FilledBody,
  ai: Client,
): Promise<readonly { readonly id: string; readonly resource: object }[]> {
  const { type, parameters } = await new ObjectTemplates(tools, filled, undefined).search(query);
  const answer = await ai.search(type, parameters);
  const page = readSearchset(answer.resource);
  if (!answer.ok || page === undefined || page === 'too-many') {
    throw new ExchangeFault(
      'prerequisite-failed',
      `the contract's search for duplicates was answered ${answer.status}`,
      answer.exchange,
    );
  }
  return page.matches.flatMap((resource) =>
    resource.resourceType === type && resource.id !== undefined ? [{ id: resource.id, resource }] : [],
  );
}

import type { Resource } from 'fhir/r4.js';
import type { Operation } from 'rfc6902';
import type { Subject } from '../model/subject.js';
import { ObjectTemplates, requestStep, stateElement } from './action-steps.js';
import type { ElementChange } from './object-change.js';
import type { ProbeTools } from './probe.js';
import { ExchangeFault } from './request.js';
import type { FilledBody } from './test-objects.js';

/**
 * The change an action makes to an object in the state it starts from.
 * @throws ExchangeFault `undecided` when the contract names no state; MissingTemplateValue
 */
export async function declaredChange(
  { item }: Subject<'action'>,
  tools: ProbeTools,
  filled: FilledBody,
  object: Resource,
): Promise<ElementChange> {
  const { action } = item;
  const element = stateElement(action);
  const value = action.states?.through?.[0] ?? action.states?.to;
  if (value === undefined) throw new ExchangeFault('undecided', 'the contract names no state to change to', undefined);
  const method = action.interaction === 'update' ? 'PUT' : 'PATCH';
  const step = requestStep(item, 'do');
  if (step?.body === undefined || (step.method !== 'PATCH' && step.method !== 'PUT')) {
    return { method, part: 'action', element, value };
  }
  const body = (await new ObjectTemplates(tools, filled, object).body(step.body)) as unknown as Resource | Operation[];
  return { method: step.method, part: 'action', element, value, body };
}

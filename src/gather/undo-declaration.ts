import type { Resource } from 'fhir/r4.js';
import type { Operation } from 'rfc6902';
import type { Subject } from '../model/subject.js';
import {
  addressedObject,
  declaredStep,
  isPersonStep,
  ObjectTemplates,
  requestStep,
  stateElement,
  type ActionItem,
} from './action-steps.js';
import type { ElementChange } from './object-change.js';
import type { ProbeTools } from './probe.js';
import { ExchangeFault } from './request.js';
import type { FilledBody } from './test-objects.js';

/** What the documents say about taking an action back; `request`: something the tool may be able to send. */
export function declaredUndo(item: ActionItem): 'undecided' | 'none' | 'person' | 'request' {
  const step = declaredStep(item, 'undo');
  if (step !== undefined) return isPersonStep(step) ? 'person' : 'request';
  const { compensation } = item.action;
  if (compensation === undefined) return 'undecided';
  if (compensation === 'none') return 'none';
  return compensation.interaction === 'person' ? 'person' : 'request';
}

export interface UndoTarget {
  readonly filled: FilledBody;
  /** The object as the action left it. */
  readonly object: Resource;
  /** The object before the action; undefined where the action created it. */
  readonly earlier: Resource | undefined;
}

/** An undo the tool can send. */
export type Undo =
  | { readonly by: 'patch' | 'update'; readonly change: ElementChange }
  | { readonly by: 'delete' }
  | { readonly by: 'create'; readonly body: Resource };

/** Methods the declared undo may use; PUT beside PATCH, for a server that refuses the latter. */
export function undoMethods(item: ActionItem): readonly ('POST' | 'PUT' | 'PATCH' | 'DELETE')[] {
  const step = requestStep(item, 'undo');
  const { compensation } = item.action;
  const method =
    step?.method ??
    ({ create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', operation: 'GET', person: 'GET' } as const)[
      typeof compensation === 'object' ? compensation.interaction : 'person'
    ];
  return method === 'PATCH' ? ['PATCH', 'PUT'] : method === 'GET' ? [] : [method];
}

/** @throws ExchangeFault `tool-limited` for what is no plain FHIR interaction, `undecided` without a state to end in */
export async function resolveUndo(subject: Subject<'action'>, tools: ProbeTools, target: UndoTarget): Promise<Undo> {
  const { item } = subject;
  const { action } = item;
  const element = stateElement(action);
  const step = requestStep(item, 'undo');
  if (step !== undefined) {
    const templates = new ObjectTemplates(tools, target.filled, target.object);
    const { resourceType, id } = addressedObject(await templates.text(step.url));
    const body = await templates.body(step.body);
    if (resourceType !== target.object.resourceType || (id === undefined) !== (step.method === 'POST')) throw limited();
    if (step.method === 'DELETE') return { by: 'delete' };
    if (step.method === 'POST') return { by: 'create', body: (body ?? target.filled.body) as unknown as Resource };
    if (step.method === 'PATCH' && Array.isArray(body)) {
      const operation = (body as Operation[]).find((each) => each.op === 'replace' || each.op === 'add');
      if (operation === undefined) throw limited();
      const { path, value } = operation as { path: string; value?: unknown };
      const change: ElementChange = {
        method: 'PATCH',
        part: 'undo',
        element: path.slice(1),
        value,
        body: body as Operation[],
      };
      return { by: 'patch', change };
    }
    if (step.method === 'PUT' && body !== undefined && !Array.isArray(body)) {
      const value = stateOf(body as unknown as Resource, element);
      return {
        by: 'update',
        change: { method: 'PUT', part: 'undo', element, value, body: body as unknown as Resource },
      };
    }
    throw limited();
  }
  const { compensation } = action;
  if (typeof compensation !== 'object') throw limited();
  const { interaction, toState } = compensation;
  if (interaction === 'delete') return { by: 'delete' };
  if (interaction === 'create') {
    const state = toState === undefined || toState === 'previous' ? {} : { [element]: toState };
    return { by: 'create', body: { ...target.filled.body, ...state } };
  }
  if (interaction !== 'patch' && interaction !== 'update') throw limited();
  const value = toState === 'previous' || toState === undefined ? stateOf(target.earlier, element) : toState;
  if (value === undefined) throw new ExchangeFault('undecided', 'compensation.toState names no state', undefined);
  return {
    by: interaction,
    change: { method: interaction === 'patch' ? 'PATCH' : 'PUT', part: 'undo', element, value },
  };
}

export const stateOf = (resource: Resource | undefined, element: string): unknown =>
  (resource as unknown as Record<string, unknown> | undefined)?.[element];

const limited = (): ExchangeFault =>
  new ExchangeFault('tool-limited', 'the declared undo is not a plain FHIR interaction', undefined);

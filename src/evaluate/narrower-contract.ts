import type { Contract, ContractAction } from '../model/documents/contract.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import { overridePointer, overrideSteps } from '../model/documents/override-path.js';
import { writesSomething } from '../model/actions.js';
import { isMissing, type FactValue, type RecordedFact } from '../model/fact.js';

/** One part of a contract that can be given up: an action that becomes a suggestion, or a trigger that goes. */
export interface NarrowingStep {
  readonly part: 'action' | 'trigger';
  readonly id: string;
}

export const stepId = ({ part, id }: NarrowingStep): string => `${part}:${id}`;

/** Every step a contract allows, in its own order. Without a mark the first trigger is the primary one. */
export function narrowingSteps({ actions = [], triggers = [] }: Contract): NarrowingStep[] {
  const primary = triggers.find((trigger) => trigger.primary === true) ?? triggers[0];
  return [
    ...actions.filter(writesSomething).map(({ id }) => ({ part: 'action' as const, id })),
    ...triggers.filter((trigger) => trigger !== primary).map(({ id }) => ({ part: 'trigger' as const, id })),
  ];
}

/** What is left of an action that only suggests: nothing that says how to write, guard or undo. */
const suggestion = ({ id, channel, visibleTo }: ContractAction): ContractAction => ({
  id,
  kind: 'suggest',
  via: 'screen',
  ...(channel === undefined ? {} : { channel }),
  ...(visibleTo === undefined ? {} : { visibleTo }),
});

/** An item of a list of the contract by its id; what a step leaves alone stays the same object. */
function itemOf(contract: Contract, list: string, id: string): unknown {
  const items = (contract as Readonly<Record<string, unknown>>)[list];
  return Array.isArray(items) ? items.find((item) => nameOf(item) === id) : undefined;
}

/**
 * The contract after these steps; undefined where something that stays rests on a part that goes. Budgets go with their
 * action or trigger, override points with what they select.
 */
export function narrowerContract(contract: Contract, steps: readonly NarrowingStep[]): Contract | undefined {
  const gone = new Set(steps.map(stepId));
  const turned = (id: string | undefined): boolean => gone.has(`action:${id ?? ''}`);
  const removed = (id: string | undefined): boolean => gone.has(`trigger:${id ?? ''}`);
  const triggers = contract.triggers?.filter(({ id }) => !removed(id));
  const actions = contract.actions?.map((action) => (turned(action.id) ? suggestion(action) : action));
  if (triggers?.some(({ fallback }) => removed(fallback?.trigger))) return undefined;
  if (actions?.some((action) => writesSomething(action) && (action.dependsOn ?? []).some(turned))) return undefined;
  const latency = contract.latency?.filter(({ answeredBy, trigger }) => !turned(answeredBy) && !removed(trigger));
  const narrower: Contract = {
    ...contract,
    ...(triggers === undefined ? {} : { triggers }),
    ...(actions === undefined ? {} : { actions }),
    ...(latency === undefined ? {} : { latency }),
  };
  if (contract.overrides === undefined) return narrower;
  const selects = (path: string): boolean => {
    const [list, item] = overrideSteps(path) ?? [];
    if (list === undefined || item === undefined || !('key' in list) || !('id' in item)) return true;
    const untouched = itemOf(contract, list.key, item.id) === itemOf(narrower, list.key, item.id);
    return untouched || overridePointer(narrower, path) !== undefined;
  };
  return { ...narrower, overrides: contract.overrides.filter(({ path }) => selects(path)) };
}

/** Entries of the organization file that name a part that is gone: `channels.ID`, `overrides.PATH`. */
export function strandedEntries(before: Contract, after: Contract, organization: OrganizationProfile): string[] {
  const left = new Set((after.triggers ?? []).map(({ id }) => id));
  const points = new Set((after.overrides ?? []).map(({ path }) => path));
  const triggers = (before.triggers ?? []).map(({ id }) => id).filter((id) => !left.has(id));
  const paths = (before.overrides ?? []).map(({ path }) => path).filter((path) => !points.has(path));
  return [
    ...triggers.filter((id) => Object.hasOwn(organization.channels ?? {}, id)).map((id) => `channels.${id}`),
    ...paths.filter((path) => Object.hasOwn(organization.overrides ?? {}, path)).map((path) => `overrides.${path}`),
  ];
}

/** The organization without them. */
export function withoutEntries(organization: OrganizationProfile, entries: readonly string[]): OrganizationProfile {
  const kept = <T>(block: 'channels' | 'overrides', of: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(of).filter(([name]) => !entries.includes(`${block}.${name}`)));
  const { channels, overrides } = organization;
  return {
    ...organization,
    ...(channels === undefined ? {} : { channels: kept('channels', channels) }),
    ...(overrides === undefined ? {} : { overrides: kept('overrides', overrides) }),
  };
}

const nameOf = (item: unknown): unknown =>
  typeof item === 'object' && item !== null
    ? 'id' in item
      ? item.id
      : 'path' in item
        ? item.path
        : undefined
    : undefined;

/** Where a JSON pointer into one contract leads in a narrower one; undefined when that is gone. List items go by their id. */
export function movedPointer(pointer: string, before: unknown, after: unknown): string | undefined {
  const moved: (string | number)[] = [];
  let [from, to] = [before, after];
  for (const text of pointer.split('/').slice(1)) {
    const key = text.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(from) && Array.isArray(to)) {
      const item: unknown = from[Number(key)];
      const name = nameOf(item);
      const at = name === undefined ? Number(key) : to.findIndex((each) => nameOf(each) === name);
      if (at < 0 || at >= to.length) return undefined;
      [from, to] = [item, to[at] as unknown];
      moved.push(at);
      continue;
    }
    const [inside, there] = [from, to].map((each) =>
      typeof each === 'object' && each !== null && Object.hasOwn(each, key)
        ? (each as Readonly<Record<string, unknown>>)[key]
        : undefined,
    );
    if (inside !== undefined && there === undefined) return undefined;
    [from, to] = [inside, there];
    moved.push(text);
  }
  return moved.map((each) => `/${each}`).join('');
}

type Problems = FactValue<'document-problems'>;
type Defaults = FactValue<'template-defaults'>;

/** The same facts; what they say of the contract's own text points into the narrower one, or is gone with its part. */
export function movedFacts(
  facts: readonly RecordedFact[],
  before: Contract,
  after: Contract,
  entries: readonly string[],
): RecordedFact[] {
  const stranded = new Set(
    entries.map((entry) => {
      const at = entry.indexOf('.');
      return `/${entry.slice(0, at)}/${entry
        .slice(at + 1)
        .replaceAll('~', '~0')
        .replaceAll('/', '~1')}`;
    }),
  );
  return facts.map((fact) => {
    if (isMissing(fact.value)) return fact;
    if (fact.kind === 'document-problems') {
      const value = (fact.value as Problems).flatMap((problem) => {
        if (problem.document === 'organization') return stranded.has(problem.pointer) ? [] : [problem];
        const pointer = movedPointer(problem.pointer, before, after);
        return pointer === undefined ? [] : [{ ...problem, pointer }];
      });
      return { ...fact, value };
    }
    if (fact.kind === 'template-defaults') {
      const { status, pointers } = fact.value as Defaults;
      return {
        ...fact,
        value: { status, pointers: pointers.flatMap((one) => movedPointer(one, before, after) ?? []) },
      };
    }
    return fact;
  });
}

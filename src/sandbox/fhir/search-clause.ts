import { dateMatches, dateRange, type DatePrefix, type DateRange } from './date-range.js';
import { problem } from './problem.js';
import { localReference } from './references.js';
import { searchParameter, type SearchParameter } from './search-parameters.js';
import type { SearchIndex } from './search-index.js';
import type { Store } from './store.js';

const mostAlternatives = 200;
/** Types one parameter may lead through. */
const longestChain = 3;

/** What a search is understood against. */
export interface SearchContext {
  readonly store: Store;
  readonly base: string;
  readonly nowMs: number;
  /** Refuse what is not known instead of leaving it out. */
  readonly strict: boolean;
  /** Whether the asker may look at a type at all: a chain says something about the records it leads through. */
  readonly mayAsk?: (resourceType: string) => boolean;
}

/** One search parameter with its value: alternatives inside, all clauses must hold. */
export interface Clause {
  readonly matches: (id: string) => boolean;
  /** Exactly the ids that match, where the index has them ready. */
  readonly ids?: ReadonlySet<string>;
}

/** `undefined` for an unknown parameter. Throws FhirProblem 400 for a value or modifier that cannot be used. */
export function clauseOf(
  resourceType: string,
  key: string,
  value: string,
  context: SearchContext,
  depth = 0,
): Clause | undefined {
  const [name = '', modifier] = key.split(':', 2);
  const parameter = searchParameter(resourceType, name);
  if (!parameter || modifier?.includes('.')) {
    if (depth === longestChain) throw problem(400, 'too-costly', `At most ${longestChain} steps in a chain`);
    return key.startsWith('_has:')
      ? reverseChain(resourceType, key, value, context, depth)
      : chain(resourceType, key, value, context, depth);
  }
  const alternatives = value.split(/(?<!\\),/).map((text) => text.replace(/\\([\\,$|])/g, '$1'));
  if (alternatives.includes('')) throw problem(400, 'value', 'A search value must not be empty', key);
  if (alternatives.length > mostAlternatives) {
    throw problem(400, 'too-costly', `At most ${mostAlternatives} alternatives`, key);
  }
  if (modifier === 'missing' && !parameter.chain) return missingClause(resourceType, parameter, value, context);
  switch (parameter.type) {
    case 'token':
      if (modifier !== undefined && modifier !== 'not') throw badModifier(key);
      return tokenClause(resourceType, name, alternatives, modifier === 'not', context.store.index);
    case 'string':
      if (modifier !== undefined && modifier !== 'exact' && modifier !== 'contains') throw badModifier(key);
      return stringClause(resourceType, name, alternatives, modifier, context.store.index);
    case 'date':
      if (modifier !== undefined) throw badModifier(key);
      return dateClause(resourceType, name, alternatives, context);
    case 'reference':
      if (modifier !== undefined && !parameter.targets?.includes(modifier)) throw badModifier(key);
      return withIds(referenceIds(resourceType, parameter, alternatives, modifier, context));
    default:
      return undefined;
  }
}

/** `subject:Patient.family`: https://hl7.org/fhir/R4/search.html#chaining */
function chain(
  resourceType: string,
  key: string,
  value: string,
  context: SearchContext,
  depth: number,
): Clause | undefined {
  const [, through = '', type, rest = ''] = /^([a-z-]+)(?::([A-Z][A-Za-z]+))?\.(.+)$/.exec(key) ?? [];
  const parameter = searchParameter(resourceType, through);
  if (parameter?.type !== 'reference' || parameter.chain) return undefined;
  const targets = (parameter.targets ?? []).filter((target) => type === undefined || target === type);
  const found = targets.flatMap((target) => {
    const ids = idsOf(target, rest, value, context, depth);
    return ids === undefined ? [] : [[...ids].flatMap((id) => localKeys(target, id, context.base))];
  });
  if (found.length === 0) return undefined;
  return withIds(union(found.flat().map((reference) => context.store.index.idsWith(resourceType, through, reference))));
}

/** `_has:Appointment:patient:status`: https://hl7.org/fhir/R4/search.html#has */
function reverseChain(
  resourceType: string,
  key: string,
  value: string,
  context: SearchContext,
  depth: number,
): Clause | undefined {
  const [, type = '', through = '', rest = ''] = /^_has:([A-Z][A-Za-z]+):([a-z-]+):(.+)$/.exec(key) ?? [];
  const parameter = searchParameter(type, through);
  if (parameter?.type !== 'reference' || parameter.chain || !parameter.targets?.includes(resourceType))
    return undefined;
  const ids = idsOf(type, rest, value, context, depth);
  if (ids === undefined) return undefined;
  const named = [...ids].flatMap((id) => context.store.index.valuesOf(type, through, id) as readonly string[]);
  return withIds(
    new Set(
      named.flatMap((reference) => {
        const local = localReference(reference, context.base);
        return local?.type === resourceType ? [local.id] : [];
      }),
    ),
  );
}

/** What one end of a chain finds. Throws FhirProblem 403 for a type the asker may not look at. */
function idsOf(
  resourceType: string,
  key: string,
  value: string,
  context: SearchContext,
  depth: number,
): ReadonlySet<string> | undefined {
  const clause = clauseOf(resourceType, key, value, context, depth + 1);
  if (clause === undefined) return undefined;
  if (context.mayAsk?.(resourceType) === false)
    throw problem(403, 'forbidden', 'A chain leads through a forbidden type');
  if (clause.ids) return clause.ids;
  const all = [...context.store.all(resourceType)].map(({ id }) => id);
  return new Set(all.filter((id) => clause.matches(id)));
}

function badModifier(key: string) {
  return problem(400, 'not-supported', 'This modifier is not supported here', key.slice(0, 64));
}

function withIds(ids: ReadonlySet<string>): Clause {
  return { ids, matches: (id) => ids.has(id) };
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const [first, ...others] = sets.filter((set) => set.size > 0);
  return others.length === 0 ? (first ?? new Set()) : new Set(sets.flatMap((set) => [...set]));
}

function missingClause(
  resourceType: string,
  parameter: SearchParameter,
  value: string,
  { store: { index } }: SearchContext,
): Clause {
  if (value !== 'true' && value !== 'false') throw problem(400, 'value', 'Accepted are true and false', parameter.name);
  const absent = value === 'true';
  return { matches: (id) => (index.valuesOf(resourceType, parameter.name, id).length === 0) === absent };
}

function tokenClause(
  resourceType: string,
  name: string,
  tokens: readonly string[],
  negated: boolean,
  index: SearchIndex,
): Clause {
  const ids = union(tokens.map((key) => index.idsWith(resourceType, name, key)));
  return negated ? { matches: (id) => !ids.has(id) } : withIds(ids);
}

function stringClause(
  resourceType: string,
  name: string,
  texts: readonly string[],
  modifier: 'exact' | 'contains' | undefined,
  index: SearchIndex,
): Clause {
  const searched = modifier === 'exact' ? texts : texts.map(folded);
  const holds =
    modifier === 'exact'
      ? (value: string) => searched.includes(value)
      : modifier === 'contains'
        ? (value: string) => searched.some((text) => folded(value).includes(text))
        : (value: string) => searched.some((text) => folded(value).startsWith(text));
  return { matches: (id) => (index.valuesOf(resourceType, name, id) as readonly string[]).some(holds) };
}

/** Case and accents do not count: https://hl7.org/fhir/R4/search.html#string */
function folded(text: string): string {
  const lower = text.toLowerCase();
  return /^[ -~]*$/.test(lower) ? lower : lower.normalize('NFD').replace(/\p{M}/gu, '');
}

function dateClause(resourceType: string, name: string, values: readonly string[], context: SearchContext): Clause {
  const searched = values.map((value) => {
    const [, prefix = 'eq', text = ''] = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/.exec(value) ?? [];
    const range = dateRange(text);
    if (!range) throw problem(400, 'value', 'Not a date with an optional prefix', name);
    return { prefix: prefix as DatePrefix, range };
  });
  const { store, nowMs } = context;
  return {
    matches: (id) =>
      (store.index.valuesOf(resourceType, name, id) as readonly DateRange[]).some((target) =>
        searched.some(({ prefix, range }) => dateMatches(prefix, target, range, nowMs)),
      ),
  };
}

function referenceIds(
  resourceType: string,
  parameter: SearchParameter,
  values: readonly string[],
  targetType: string | undefined,
  context: SearchContext,
): ReadonlySet<string> {
  const { store, base } = context;
  const { chain } = parameter;
  if (chain) {
    const next = searchParameter(chain.type, chain.parameter);
    if (!next) return new Set();
    const through = referenceIds(chain.type, next, values, targetType, context);
    const keys = [...through].flatMap((id) => localKeys(chain.type, id, base));
    return union(keys.map((key) => store.index.idsWith(resourceType, chain.through, key)));
  }
  const keys = values.flatMap((value) => {
    const local = localReference(value, base);
    if (local) return localKeys(local.type, local.id, base);
    if (value.includes('/') || value.includes(':')) return [value];
    return (targetType === undefined ? (parameter.targets ?? []) : [targetType]).flatMap((type) =>
      localKeys(type, value, base),
    );
  });
  return union(keys.map((key) => store.index.idsWith(resourceType, parameter.name, key)));
}

/** The ways a resource of this server may have been referred to. */
function localKeys(type: string, id: string, base: string): readonly string[] {
  return [`${type}/${id}`, `${base}/${type}/${id}`];
}

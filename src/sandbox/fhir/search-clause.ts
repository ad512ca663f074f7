import { dateMatches, dateRange, type DatePrefix, type DateRange } from './date-range.js';
import { problem } from './problem.js';
import { localReference } from './references.js';
import { searchParameter, type SearchParameter } from './search-parameters.js';
import type { SearchIndex } from './search-index.js';
import type { Store } from './store.js';

const mostAlternatives = 200;

/** What a search is understood against. */
export interface SearchContext {
  readonly store: Store;
  readonly base: string;
  readonly nowMs: number;
  /** Refuse what is not known instead of leaving it out. */
  readonly strict: boolean;
}

/** One search parameter with its value: alternatives inside, all clauses must hold. */
export interface Clause {
  readonly matches: (id: string) => boolean;
  /** Exactly the ids that match, where the index has them ready. */
  readonly ids?: ReadonlySet<string>;
}

/** `undefined` for an unknown parameter. Throws FhirProblem 400 for a value or modifier that cannot be used. */
export function clauseOf(resourceType: string, key: string, value: string, context: SearchContext): Clause | undefined {
  const [name = '', modifier] = key.split(':', 2);
  const parameter = searchParameter(resourceType, name);
  if (!parameter) return undefined;
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

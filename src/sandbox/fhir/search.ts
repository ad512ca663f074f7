import type { StoredResource, Store } from './store.js';
import type { DateRange } from './date-range.js';
import { problem } from './problem.js';
import { searchParameter, type SearchParameter } from './search-parameters.js';
import { clauseOf, type Clause, type SearchContext } from './search-clause.js';

const defaultCount = 100;
const largestCount = 500;
const mostParameters = 50;
const tolerated = new Set(['_format', '_pretty']);

export interface SortKey {
  readonly parameter: SearchParameter;
  readonly descending: boolean;
}

export interface Include {
  readonly parameter: SearchParameter;
  readonly targetType: string | undefined;
}

/** Resources of `sourceType` that refer to a match through the parameter. */
export interface ReverseInclude {
  readonly sourceType: string;
  readonly parameter: SearchParameter;
}

/** A search as the server understood it. */
export interface Search {
  readonly resourceType: string;
  readonly clauses: readonly Clause[];
  readonly sort: readonly SortKey[];
  readonly includes: readonly Include[];
  readonly reverseIncludes: readonly ReverseInclude[];
  /** Matches per page; 0 asks for the total only. */
  readonly count: number;
  readonly total: boolean;
  readonly elements: readonly string[] | undefined;
  /** The parameters that were used, for the self link. */
  readonly applied: URLSearchParams;
}

/**
 * Throws FhirProblem 400 for a value or modifier that cannot be used, and in strict handling for an unknown parameter.
 * Source: https://hl7.org/fhir/R4/search.html
 */
export function parseSearch(resourceType: string, parameters: URLSearchParams, context: SearchContext): Search {
  const clauses: Clause[] = [];
  const sort: SortKey[] = [];
  const includes: Include[] = [];
  const reverseIncludes: ReverseInclude[] = [];
  const applied = new URLSearchParams();
  let count = defaultCount;
  let total = true;
  let elements: readonly string[] | undefined;
  const pairs = [...parameters];
  if (pairs.length > mostParameters) throw problem(400, 'too-costly', `At most ${mostParameters} search parameters`);
  for (const [name, value] of pairs) {
    if (tolerated.has(name)) continue;
    const known = use(name, value);
    if (known) applied.append(name, value);
    else if (context.strict)
      throw problem(400, 'not-supported', 'Not a search parameter of this type here', name.slice(0, 64));
  }
  return { resourceType, clauses, sort, includes, reverseIncludes, count, total, elements, applied };

  function use(name: string, value: string): boolean {
    switch (name) {
      case '_count':
        if (!/^\d{1,9}$/.test(value)) throw problem(400, 'value', 'Not a whole number', name);
        count = Math.min(Number(value), largestCount);
        return true;
      case '_total':
        if (!['none', 'estimate', 'accurate'].includes(value)) {
          throw problem(400, 'value', 'Accepted are none, estimate, accurate', name);
        }
        total = value !== 'none';
        return true;
      case '_elements':
        elements = value.split(',').map((element) => element.replace(`${resourceType}.`, ''));
        return true;
      case '_sort': {
        const keys = value.split(',').map((key) => sortKey(resourceType, key));
        sort.push(...keys.filter((key) => key !== undefined));
        return keys.every((key) => key !== undefined);
      }
      case '_include': {
        const include = includeOf(resourceType, value);
        if (include) includes.push(include);
        return include !== undefined;
      }
      case '_revinclude': {
        const include = reverseIncludeOf(resourceType, value);
        if (include) reverseIncludes.push(include);
        return include !== undefined;
      }
      default: {
        const clause = clauseOf(resourceType, name, value, context);
        if (clause) clauses.push(clause);
        return clause !== undefined;
      }
    }
  }
}

/** Live resources that satisfy every clause, in the order asked for, otherwise oldest change first. */
export function findMatches(search: Search, store: Store): readonly StoredResource[] {
  const { resourceType, clauses, sort } = search;
  const bySize = [...clauses].sort((left, right) => (left.ids?.size ?? Infinity) - (right.ids?.size ?? Infinity));
  const narrowest = bySize[0]?.ids;
  const rest = narrowest ? bySize.slice(1) : bySize;
  const found: { readonly resource: StoredResource; readonly sequence: number }[] = [];
  const candidates = narrowest ?? allIds(store, resourceType);
  for (const id of candidates) {
    if (!rest.every((clause) => clause.matches(id))) continue;
    const version = store.get(resourceType, id);
    if (version?.resource) found.push({ resource: version.resource, sequence: version.sequence });
  }
  found.sort((left, right) => left.sequence - right.sequence);
  if (sort.length > 0) found.sort((left, right) => compare(left.resource, right.resource, sort, store));
  return found.map(({ resource }) => resource);
}

function* allIds(store: Store, resourceType: string): Iterable<string> {
  for (const { id } of store.all(resourceType)) yield id;
}

function sortKey(resourceType: string, key: string): SortKey | undefined {
  const descending = key.startsWith('-');
  const parameter = searchParameter(resourceType, descending ? key.slice(1) : key);
  return parameter && !parameter.chain ? { parameter, descending } : undefined;
}

function includeOf(resourceType: string, value: string): Include | undefined {
  const [source, name = '', targetType, ...more] = value.split(':');
  const parameter = searchParameter(resourceType, name);
  const usable = source === resourceType && parameter?.type === 'reference' && !parameter.chain && more.length === 0;
  return usable ? { parameter, targetType } : undefined;
}

function reverseIncludeOf(resourceType: string, value: string): ReverseInclude | undefined {
  const [sourceType = '', name = '', targetType, ...more] = value.split(':');
  const parameter = searchParameter(sourceType, name);
  const leadsHere =
    parameter?.targets?.includes(resourceType) === true && (targetType ?? resourceType) === resourceType;
  return parameter?.type === 'reference' && !parameter.chain && leadsHere && more.length === 0
    ? { sourceType, parameter }
    : undefined;
}

/** Resources without a value come last in either direction. */
function compare(left: StoredResource, right: StoredResource, sort: readonly SortKey[], store: Store): number {
  for (const { parameter, descending } of sort) {
    const [a, b] = [left, right].map((resource) => sortValue(resource, parameter, store));
    if (a === b) continue;
    if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
    return a < b === descending ? 1 : -1;
  }
  return 0;
}

function sortValue({ resourceType, id }: StoredResource, parameter: SearchParameter, store: Store) {
  const value: string | DateRange | undefined = store.index.valuesOf(resourceType, parameter.name, id)[0];
  return typeof value === 'object' ? value.fromMs : value;
}

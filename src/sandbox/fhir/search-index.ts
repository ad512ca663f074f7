import { compile } from 'fhirpath';
import type { Resource } from 'fhir/r4.js';
import { dateRange, periodRange, type DateRange } from './date-range.js';
import { searchParametersOf, type SearchParameter } from './search-parameters.js';

/** Values of one parameter in one resource: keys of tokens and references, texts of strings, ranges of dates. */
export type IndexedValues = readonly string[] | readonly DateRange[];

/** What search asks of the index. Only live resources are in it. */
export interface SearchIndex {
  /**
   * Ids of the resources that carry a token or reference key. Token keys: `system|code`, `|code` (no system), `code`
   * (any system), `system|` (any code). Reference keys: the reference as stored, without its version.
   */
  idsWith(resourceType: string, parameter: string, key: string): ReadonlySet<string>;
  /** Empty when the resource has no value for the parameter. */
  valuesOf(resourceType: string, parameter: string, id: string): IndexedValues;
}

export interface WritableSearchIndex extends SearchIndex {
  put(resource: Resource & { readonly id: string }): void;
  remove(resourceType: string, id: string): void;
}

interface TypeIndex {
  /** Put but not looked for yet: most of a clinic is never searched in one run. */
  readonly waiting: Map<string, Resource>;
  readonly values: Map<string, ReadonlyMap<string, IndexedValues>>;
  readonly postings: Map<string, Map<string, Set<string>>>;
}

const none: ReadonlySet<string> = new Set();
const noValues: readonly string[] = [];

export function createSearchIndex(): WritableSearchIndex {
  const types = new Map<string, TypeIndex>();

  function typeIndex(resourceType: string): TypeIndex {
    let index = types.get(resourceType);
    if (!index) types.set(resourceType, (index = { waiting: new Map(), values: new Map(), postings: new Map() }));
    return index;
  }

  function remove(resourceType: string, id: string): void {
    const index = typeIndex(resourceType);
    index.waiting.delete(id);
    for (const [parameter, values] of index.values.get(id) ?? []) {
      const posting = index.postings.get(parameter);
      if (!posting) continue;
      for (const key of values as readonly string[]) {
        const ids = posting.get(key);
        ids?.delete(id);
        if (ids?.size === 0) posting.delete(key);
      }
    }
    index.values.delete(id);
  }

  /** Everything of the type is indexed once somebody searches it. */
  function searched(resourceType: string): TypeIndex | undefined {
    const index = types.get(resourceType);
    if (index === undefined || index.waiting.size === 0) return index;
    for (const [id, resource] of index.waiting) indexInto(index, resource, id);
    index.waiting.clear();
    return index;
  }

  return {
    remove,
    put(resource) {
      remove(resource.resourceType, resource.id);
      typeIndex(resource.resourceType).waiting.set(resource.id, resource);
    },
    idsWith: (resourceType, parameter, key) => searched(resourceType)?.postings.get(parameter)?.get(key) ?? none,
    valuesOf: (resourceType, parameter, id) => searched(resourceType)?.values.get(id)?.get(parameter) ?? noValues,
  };
}

function indexInto(index: TypeIndex, resource: Resource, id: string): void {
  const values = new Map<string, IndexedValues>();
  for (const { parameter, evaluate } of extractorsOf(resource.resourceType)) {
    const found = indexedValues(parameter, evaluate(resource));
    if (found.length === 0) continue;
    values.set(parameter.name, found);
    if (parameter.type !== 'token' && parameter.type !== 'reference') continue;
    let posting = index.postings.get(parameter.name);
    if (!posting) index.postings.set(parameter.name, (posting = new Map<string, Set<string>>()));
    for (const key of found as readonly string[]) {
      const ids = posting.get(key);
      if (ids) ids.add(id);
      else posting.set(key, new Set([id]));
    }
  }
  index.values.set(id, values);
}

interface Extractor {
  readonly parameter: SearchParameter;
  readonly evaluate: (resource: Resource) => readonly unknown[];
}

const extractors = new Map<string, readonly Extractor[]>();

function extractorsOf(resourceType: string): readonly Extractor[] {
  let found = extractors.get(resourceType);
  if (!found) {
    found = searchParametersOf(resourceType)
      .filter((parameter) => parameter.chain === undefined)
      .map((parameter) => ({ parameter, evaluate: extractor(parameter.expression) }));
    extractors.set(resourceType, found);
  }
  return found;
}

/** Plain paths, which most expressions are, are walked by hand: the index is on the path of every write. */
function extractor(expression: string): (resource: Resource) => readonly unknown[] {
  if (/^[A-Za-z.]+( \| [A-Za-z.]+)*$/.test(expression)) {
    const paths = expression.split(' | ').map((path) => path.split('.'));
    return (resource) => {
      const found: unknown[] = [];
      for (const path of paths) collect(resource, path, 0, found);
      return found;
    };
  }
  // Unresolved nodes, because resolving marks the data itself, and stored data is frozen.
  const compiled = compile(expression, undefined, { resolveInternalTypes: false });
  return (resource) => (compiled(resource) as readonly { readonly data: unknown }[]).map((node) => node.data);
}

function collect(node: unknown, path: readonly string[], depth: number, found: unknown[]): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, path, depth, found);
    return;
  }
  const step = path[depth];
  if (step === undefined) found.push(node);
  else if (isObject(node) && Object.hasOwn(node, step)) collect(node[step], path, depth + 1, found);
}

function indexedValues(parameter: SearchParameter, nodes: readonly unknown[]): IndexedValues {
  if (parameter.type === 'date') return nodes.flatMap(dateRanges);
  const texts =
    parameter.type === 'token'
      ? nodes.flatMap(tokenKeys)
      : parameter.type === 'string'
        ? nodes.filter((node) => typeof node === 'string')
        : nodes.flatMap((node) => referenceKeys(node, parameter.targets ?? []));
  return [...new Set(texts)];
}

function dateRanges(node: unknown): readonly DateRange[] {
  const range = typeof node === 'string' ? dateRange(node) : isObject(node) ? periodRange(node) : undefined;
  return range ? [range] : [];
}

function tokenKeys(node: unknown): readonly string[] {
  if (typeof node === 'string' || typeof node === 'boolean') return [String(node), `|${String(node)}`];
  if (!isObject(node)) return [];
  if (Array.isArray(node['coding'])) return node['coding'].flatMap(tokenKeys);
  const code = node['code'] ?? node['value'];
  if (typeof code !== 'string') return [];
  const system = typeof node['system'] === 'string' ? node['system'] : '';
  return system === '' ? [code, `|${code}`] : [code, `${system}|${code}`, `${system}|`];
}

function referenceKeys(node: unknown, targets: readonly string[]): readonly string[] {
  const literal = isObject(node) ? node['reference'] : undefined;
  if (typeof literal !== 'string') return [];
  const unversioned = literal.replace(/\/_history\/[^/]*$/, '');
  const type = /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+$/.exec(unversioned)?.[1];
  return type !== undefined && targets.includes(type) ? [unversioned] : [];
}

function isObject(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null;
}

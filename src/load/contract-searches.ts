import type { Contract } from '../model/documents/contract.js';

export interface WrittenSearch {
  readonly pointer: string;
  readonly text: string;
  /** `find` and `observe` may name something else than a search. */
  readonly role: 'find' | 'observe' | 'search' | 'condition' | 'url';
  /** The type the search is for, where the file says so elsewhere; `condition` texts carry none themselves. */
  readonly type: string | undefined;
  /** Search parameters the contract declares as outside R4. */
  readonly local: readonly string[];
}

/** Every place of a contract where a search or a request's address is written, in file order of its blocks. */
export function* contractSearches(contract: Contract): Generator<WrittenSearch> {
  const local = (contract.resources ?? []).flatMap((resource) => resource.local ?? []);
  const search = (
    pointer: string,
    text: string | undefined,
    role: WrittenSearch['role'],
    type?: string,
  ): WrittenSearch[] => (text === undefined ? [] : [{ pointer, text, role, type, local }]);
  for (const [index, trigger] of (contract.triggers ?? []).entries()) {
    yield* search(`/triggers/${index}/fallback/query`, trigger.fallback?.query, 'search');
  }
  for (const [index, resource] of (contract.resources ?? []).entries()) {
    yield* search(`/resources/${index}/find`, resource.find, 'find', resource.type);
  }
  for (const [index, action] of (contract.actions ?? []).entries()) {
    const at = `/actions/${index}`;
    yield* search(`${at}/precondition/query`, action.precondition?.query, 'condition', action.resource);
    yield* search(`${at}/idempotency/query`, action.idempotency?.query, 'search');
    yield* search(`${at}/observe`, action.observe, 'observe');
    for (const [place, visible] of (action.visibleTo ?? []).entries()) {
      if (typeof visible !== 'string') yield* search(`${at}/visibleTo/${place}/search`, visible.search, 'search');
    }
    for (const name of ['do', 'readBack', 'find', 'undo'] as const) {
      const step = action.path?.[name];
      if (step !== undefined && 'url' in step) yield* search(`${at}/path/${name}/url`, step.url, 'url');
    }
  }
}

/** Type and parameter names of `Type?name=value&…`; undefined when the text is no search. */
export function parseSearch(text: string): { type: string; parameters: string[] } | undefined {
  const [, type, query] = /^([A-Z][A-Za-z]*)(?:\?(.*))?$/s.exec(text) ?? [];
  return type === undefined ? undefined : { type, parameters: parameterNames(query ?? '') };
}

/** Names before `=` of a query. Holes are taken out first: they may hold any character. */
export function parameterNames(query: string): string[] {
  return query
    .replaceAll(/\{\{[^{}]*\}\}/g, '')
    .split('&')
    .map((pair) => pair.split('=', 1)[0] ?? '')
    .filter((name) => name !== '');
}

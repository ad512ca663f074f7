import { randomUUID } from 'node:crypto';
import type { Bundle } from 'fhir/r4.js';
import { problem } from './problem.js';

const mostOpen = 500;

/** Makes the page that begins at `offset`; `nextUrl` is given when another follows. */
export type PageMaker<Asker> = (asker: Asker, offset: number, selfUrl: string, nextUrl: string | undefined) => Bundle;

/** A result longer than one page, kept for its asker until newer ones push it out. */
interface OpenResult<Asker> {
  readonly owner: string;
  readonly length: number;
  readonly pageSize: number;
  readonly url: string;
  readonly make: PageMaker<Asker>;
}

/** Results of searches and histories with opaque next links. A page is cut from the list found by the first request. */
export interface Pages<Asker> {
  /** First page. `url` is the address a cursor is added to, `selfUrl` the one the first page calls itself. */
  first(asker: Asker, result: OpenResult<Asker> & { readonly selfUrl: string }): Bundle;
  /** Throws FhirProblem 410 for a cursor that is unknown, forgotten or of another client. */
  next(asker: Asker, owner: string, cursor: string): Bundle;
}

export function createPages<Asker>(): Pages<Asker> {
  const open = new Map<string, OpenResult<Asker>>();

  const at = (id: string, offset: number, result: OpenResult<Asker>) => `${result.url}?_cursor=${id}.${offset}`;

  function page(asker: Asker, id: string, offset: number, selfUrl: string, result: OpenResult<Asker>): Bundle {
    const end = offset + result.pageSize;
    return result.make(asker, offset, selfUrl, end < result.length ? at(id, end, result) : undefined);
  }

  return {
    first(asker, { selfUrl, ...result }) {
      if (result.pageSize === 0 || result.length <= result.pageSize) return result.make(asker, 0, selfUrl, undefined);
      const id = randomUUID();
      open.set(id, result);
      const oldest = open.keys().next().value;
      if (open.size > mostOpen && oldest !== undefined) open.delete(oldest);
      return page(asker, id, 0, selfUrl, result);
    },
    next(asker, owner, cursor) {
      const [, id = '', offset = ''] = /^([0-9a-f-]{36})\.(\d{1,9})$/.exec(cursor) ?? [];
      const result = open.get(id);
      if (!result || result.owner !== owner || Number(offset) >= result.length) {
        throw problem(410, 'not-found', 'This page is no longer kept; search again', '_cursor');
      }
      return page(asker, id, Number(offset), at(id, Number(offset), result), result);
    },
  };
}

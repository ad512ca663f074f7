import type { Resource } from 'fhir/r4.js';
import { readSearchset, type SearchPage } from '../fhir/bundle.js';
import type { Client } from './probe.js';
import { ExchangeFault, type Answer, type OutgoingRequest } from './request.js';

/** Pages of one result that are followed at most. */
export const mostPages = 20;

/** `unfinished`: more pages than are followed, each with rows not seen before. */
export type ResultEnd = 'end' | 'elsewhere' | 'loops' | 'broken' | 'unfinished';

export interface ResultPages {
  /** Matches of all pages, each id once. */
  readonly rows: readonly Resource[];
  readonly pages: number;
  readonly end: ResultEnd;
}

/** Answers of a server that does not know searching by POST (https://hl7.org/fhir/R4/http.html#search). */
export const postUnsupported: readonly number[] = [404, 405, 415, 501];

export const searchByPost = (
  client: Client,
  resourceType: string,
  parameters: readonly (readonly [string, string])[],
  how: Pick<OutgoingRequest, 'sample'> = {},
): Promise<Answer> => client.send({ method: 'POST', path: `${resourceType}/_search`, form: parameters, ...how });

/** A search by POST; by GET where that is not supported. For values that may stand in an address. */
export async function searchEitherWay(
  client: Client,
  resourceType: string,
  parameters: readonly (readonly [string, string])[],
  how: Pick<OutgoingRequest, 'sample'> = {},
): Promise<Answer> {
  const answer = await searchByPost(client, resourceType, parameters, how);
  return postUnsupported.includes(answer.status)
    ? client.send({ method: 'GET', path: resourceType, query: parameters, ...how })
    : answer;
}

/**
 * A searchset of an answer that succeeded; undefined when the server answered something else.
 * @throws ExchangeFault `not-fhir`, `too-deep`, `too-many`
 */
export function searchsetOf(answer: Answer): SearchPage | undefined {
  if (!answer.ok) return undefined;
  if (answer.problem !== undefined) {
    throw new ExchangeFault(answer.problem, 'the body of a search answer is no usable JSON', answer.exchange);
  }
  const page = readSearchset(answer.resource);
  if (page === 'too-many') throw new ExchangeFault('too-many', 'one page holds too many entries', answer.exchange);
  return page;
}

/**
 * Follows `next` links of the same origin and base until the result ends, a link is wrong, or enough was seen.
 * https://hl7.org/fhir/R4/http.html#paging
 */
export async function followPages(
  client: Client,
  resourceType: string,
  first: SearchPage,
  fhirBase: string,
  limits: { readonly pages: number; readonly rows?: number } = { pages: mostPages },
  how: Pick<OutgoingRequest, 'measured'> = {},
): Promise<ResultPages> {
  const rows = new Map<string, Resource>();
  const visited = new Set<string>();
  let page = first;
  for (let pages = 1; ; pages++) {
    const before = rows.size;
    for (const row of page.matches) rows.set(`${row.resourceType}/${row.id}`, row);
    const result = (end: ResultEnd): ResultPages => ({ rows: [...rows.values()], pages, end });
    if (page.next === undefined) return result('end');
    const link = ownLink(page.next, fhirBase);
    if (link === undefined) return result('elsewhere');
    if (visited.has(link) || rows.size === before) return result('loops');
    if (pages > limits.pages || rows.size >= (limits.rows ?? Number.POSITIVE_INFINITY)) return result('unfinished');
    visited.add(link);
    const next = searchsetOf(await client.send({ method: 'GET', path: resourceType, nextLink: link, ...how }));
    if (next === undefined) return result('broken');
    page = next;
  }
}

/** The link as an absolute URL below the base; undefined when it leads anywhere else. */
function ownLink(link: string, fhirBase: string): string | undefined {
  const base = `${fhirBase.replace(/\/$/, '')}/`;
  if (!URL.canParse(link, base)) return undefined;
  const url = new URL(link, base);
  const own = new URL(base);
  // The recorder compares with the base without its slash; a server may answer paging at the base itself.
  return url.origin === own.origin && `${url.pathname}/`.startsWith(own.pathname) ? url.href : undefined;
}

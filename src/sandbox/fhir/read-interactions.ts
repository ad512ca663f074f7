import type { Binary, Bundle, BundleEntry } from 'fhir/r4.js';
import type { FhirResponse } from '../exchange.js';
import { dateRange } from './date-range.js';
import { demand, live, namesVersion, note, resourceResponse, type Exchange } from './exchange-state.js';
import { problem } from './problem.js';
import type { StoredResource, StoredVersion } from './store.js';

const defaultHistoryCount = 50;
const largestHistoryCount = 500;

/** https://hl7.org/fhir/R4/http.html#read */
export function read(exchange: Exchange, resourceType: string, id: string): FhirResponse {
  const { store } = exchange.server;
  demand(exchange, 'r', resourceType);
  const version = store.get(resourceType, id);
  if (version) demandVersion(exchange, version);
  return versionResponse(exchange, version);
}

/** https://hl7.org/fhir/R4/http.html#vread */
export function readVersion(exchange: Exchange, resourceType: string, id: string, versionId: string): FhirResponse {
  const { store } = exchange.server;
  demand(exchange, 'r', resourceType);
  const version = store.version(resourceType, id, versionId);
  if (version) demandVersion(exchange, version);
  return versionResponse(exchange, version);
}

function versionResponse({ request, trace }: Exchange, version: StoredVersion | undefined): FhirResponse {
  if (version) trace.versionId = version.versionId;
  const response = resourceResponse(200, live(version));
  const condition = request.headers['if-none-match'];
  if (version && condition !== undefined && namesVersion(condition, version.versionId)) {
    return { status: 304, headers: response.headers };
  }
  const content = version?.resource;
  return content?.resourceType === 'Binary' && !wantsResource(request.headers['accept'])
    ? contentResponse(content as Binary & StoredResource, response)
    : response;
}

/** https://hl7.org/fhir/R4/binary.html#rest */
const wantsResource = (accept: string | undefined): boolean => /fhir|application\/json/.test(accept ?? '');

function contentResponse({ contentType, data = '' }: Binary, { headers }: FhirResponse): FhirResponse {
  return { status: 200, headers: { ...headers, 'content-type': contentType }, body: Buffer.from(data, 'base64') };
}

/** Newest first; of one resource or, without an id, of a type. https://hl7.org/fhir/R4/http.html#history */
export function history(exchange: Exchange, resourceType: string, id?: string): FhirResponse {
  const { server, request, access } = exchange;
  const { store, base, pages } = server;
  demand(exchange, id === undefined ? 's' : 'r', resourceType);
  const cursor = request.query.get('_cursor');
  if (cursor !== null) return { status: 200, headers: {}, body: pages.next(exchange, access.clientId, cursor) };
  const all = id === undefined ? store.typeHistory(resourceType) : store.history(resourceType, id);
  if (id !== undefined) {
    const [latest] = all;
    if (!latest) throw problem(404, 'not-found', 'There is no such resource');
    demandVersion(exchange, latest);
  }
  const sinceMs = instantMs(request.query.get('_since'));
  const visible = all.filter((version) => Date.parse(version.lastUpdated) >= sinceMs && mayRead(exchange, version));
  const pageSize = countOf(request.query.get('_count'));
  const url = `${base}/${resourceType}${id === undefined ? '' : `/${id}`}/_history`;
  const make = (asker: Exchange, offset: number, selfUrl: string, nextUrl: string | undefined): Bundle => {
    const page = visible.slice(offset, offset + pageSize).filter((version) => mayRead(asker, version));
    for (const { resource } of page) if (resource) note(asker, resource);
    return {
      resourceType: 'Bundle',
      type: 'history',
      total: visible.length,
      link: [
        { relation: 'self', url: selfUrl },
        ...(nextUrl === undefined ? [] : [{ relation: 'next', url: nextUrl }]),
      ],
      ...(page.length > 0 ? { entry: page.map((version) => historyEntry(version, base)) } : {}),
    };
  };
  const query = request.query.size > 0 ? `?${request.query.toString()}` : '';
  const result = { owner: access.clientId, length: visible.length, pageSize, url, make };
  return { status: 200, headers: {}, body: pages.first(exchange, { ...result, selfUrl: `${url}${query}` }) };
}

function historyEntry(version: StoredVersion, base: string): BundleEntry {
  const { resourceType, id, versionId, lastUpdated, method, resource } = version;
  const status = method === 'POST' ? '201 Created' : method === 'DELETE' ? '204 No Content' : '200 OK';
  return {
    fullUrl: `${base}/${resourceType}/${id}`,
    ...(resource ? { resource } : {}),
    request: { method, url: method === 'POST' ? resourceType : `${resourceType}/${id}` },
    response: { status, etag: `W/"${versionId}"`, lastModified: lastUpdated },
  };
}

/** What a tombstone hides is decided by the version before it. */
function shownBy(exchange: Exchange, version: StoredVersion) {
  const { store } = exchange.server;
  const { resourceType, id, versionId, resource } = version;
  return resource ?? store.version(resourceType, id, String(Number(versionId) - 1))?.resource;
}

function mayRead(exchange: Exchange, version: StoredVersion): boolean {
  return exchange.access.permits('r', version.resourceType, shownBy(exchange, version));
}

function demandVersion(exchange: Exchange, version: StoredVersion): void {
  const shown = shownBy(exchange, version);
  if (shown) note(exchange, shown);
  demand(exchange, 'r', version.resourceType, shown);
}

function instantMs(since: string | null): number {
  if (since === null) return -Infinity;
  const range = dateRange(since);
  if (!range) throw problem(400, 'value', 'Not an instant', '_since');
  return range.fromMs;
}

function countOf(count: string | null): number {
  if (count === null) return defaultHistoryCount;
  if (!/^\d{1,9}$/.test(count)) throw problem(400, 'value', 'Not a whole number', '_count');
  return Math.min(Number(count), largestHistoryCount);
}

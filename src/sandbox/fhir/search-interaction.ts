import type { Bundle, BundleEntry, FhirResource } from 'fhir/r4.js';
import type { FhirResponse } from '../exchange.js';
import { highWaterMark } from '../withholding.js';
import { demand, note, preference, type Exchange } from './exchange-state.js';
import { localReference } from './references.js';
import { resourceTypeRule } from './resource-types.js';
import { findMatches, parseSearch, type Search } from './search.js';
import type { StoredResource } from './store.js';

/** On one page, beside its matches. */
const mostIncluded = 1_000;

/** By GET or POST: https://hl7.org/fhir/R4/http.html#search. Hits the client may not see are left out without a word. */
export function searchType(exchange: Exchange, resourceType: string, parameters: URLSearchParams): FhirResponse {
  const { server, access, trace } = exchange;
  const { store, base, now, pages } = server;
  trace.query = `${resourceType}?${parameters.toString()}`;
  demand(exchange, 's', resourceType);
  const cursor = parameters.get('_cursor');
  if (cursor !== null) return { status: 200, headers: {}, body: pages.next(exchange, access.clientId, cursor) };
  const strict = preference(exchange, 'handling') === 'strict';
  const search = parseSearch(resourceType, parameters, {
    store,
    base,
    nowMs: now().getTime(),
    strict,
    mayAsk: (type) => access.permits('s', type) || access.permits('r', type),
  });
  notePatientsAskedFor(exchange, resourceType, search.applied);
  const found = findMatches(search, store).filter((match) => access.permits('s', resourceType, match));
  const ids = found.map(({ id }) => id);
  const make = (asker: Exchange, offset: number, selfUrl: string, nextUrl: string | undefined) => {
    const matches = ids.slice(offset, offset + search.count).flatMap((id) => {
      const current = store.get(resourceType, id)?.resource;
      return current && asker.access.permits('s', resourceType, current) ? [current] : [];
    });
    return searchBundle(asker, search, { matches, length: ids.length, selfUrl, nextUrl });
  };
  const url = `${base}/${resourceType}`;
  const selfUrl = search.applied.size > 0 ? `${url}?${search.applied.toString()}` : url;
  const result = { owner: access.clientId, length: ids.length, pageSize: search.count, url, make };
  return { status: 200, headers: {}, body: pages.first(exchange, { ...result, selfUrl }) };
}

interface ResultPage {
  readonly matches: readonly StoredResource[];
  readonly length: number;
  readonly selfUrl: string;
  readonly nextUrl: string | undefined;
}

function searchBundle(exchange: Exchange, search: Search, page: ResultPage): Bundle {
  const { base } = exchange.server;
  const { matches, length, selfUrl, nextUrl } = page;
  const included = includedBy(exchange, search, matches);
  for (const resource of [...matches, ...included]) note(exchange, resource);
  const entry = (resource: StoredResource, mode: 'match' | 'include'): BundleEntry => ({
    fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
    resource: mode === 'match' ? subset(resource, search.elements) : resource,
    search: { mode },
  });
  const entries = [
    ...matches.map((resource) => entry(resource, 'match')),
    ...included.map((resource) => entry(resource, 'include')),
  ];
  const security = highWaterMark([...matches, ...included]);
  return {
    resourceType: 'Bundle',
    ...(security.length > 0 ? { meta: { security } } : {}),
    type: 'searchset',
    ...(search.total ? { total: length } : {}),
    link: [{ relation: 'self', url: selfUrl }, ...(nextUrl === undefined ? [] : [{ relation: 'next', url: nextUrl }])],
    ...(entries.length > 0 ? { entry: entries } : {}),
  };
}

/** What the matches of this page refer to, and what refers to them, once each, where the client may read it. */
function includedBy(exchange: Exchange, search: Search, matches: readonly StoredResource[]): readonly StoredResource[] {
  const { server, access } = exchange;
  const matched = new Set(matches.map(({ resourceType, id }) => `${resourceType}/${id}`));
  const included = new Map<string, StoredResource>();
  for (const { parameter, targetType } of search.includes) {
    for (const { resourceType, id } of matches) {
      const keys = server.store.index.valuesOf(resourceType, parameter.name, id) as readonly string[];
      for (const key of keys) {
        const local = localReference(key, server.base);
        if (!local || (targetType !== undefined && targetType !== local.type)) continue;
        const resource = server.store.get(local.type, local.id)?.resource;
        const name = `${local.type}/${local.id}`;
        if (resource && !matched.has(name) && access.permits('r', local.type, resource)) included.set(name, resource);
      }
    }
  }
  const { store, base } = server;
  for (const { sourceType, parameter } of search.reverseIncludes) {
    for (const { resourceType, id } of matches) {
      const keys = [`${resourceType}/${id}`, `${base}/${resourceType}/${id}`];
      for (const source of keys.flatMap((key) => [...store.index.idsWith(sourceType, parameter.name, key)])) {
        if (included.size >= mostIncluded) return [...included.values()];
        const resource = store.get(sourceType, source)?.resource;
        const name = `${sourceType}/${source}`;
        if (resource && !matched.has(name) && access.permits('r', sourceType, resource)) included.set(name, resource);
      }
    }
  }
  return [...included.values()];
}

/** https://hl7.org/fhir/R4/search.html#elements: mandatory elements stay, and the tag says that others are gone. */
function subset(resource: StoredResource, elements: readonly string[] | undefined): StoredResource {
  if (!elements) return resource;
  const mandatory = resourceTypeRule(resource.resourceType)?.elements.filter(({ required }) => required) ?? [];
  const kept = new Set(['resourceType', 'id', ...mandatory.map(({ name }) => name), ...elements]);
  const meta = {
    ...resource.meta,
    tag: [
      ...((resource as FhirResource).meta?.tag ?? []),
      { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' },
    ],
  };
  const rest = Object.entries(resource).filter(([name]) => kept.has(name) && name !== 'meta');
  return { ...Object.fromEntries(rest), meta } as unknown as StoredResource;
}

/** A search for a patient touches the patient also when it finds nothing. */
function notePatientsAskedFor({ trace, server }: Exchange, resourceType: string, applied: URLSearchParams): void {
  for (const [name, value] of applied) {
    const ofPatient = name === 'patient' || name === 'beneficiary' || (name === '_id' && resourceType === 'Patient');
    if (!ofPatient && name !== 'subject' && name !== 'actor') continue;
    for (const text of value.split(',')) {
      const local = localReference(ofPatient && !text.includes('/') ? `Patient/${text}` : text, server.base);
      if (local?.type === 'Patient') trace.patients.add(local.id);
    }
  }
}

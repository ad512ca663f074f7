import type { Resource } from 'fhir/r4.js';
import type { FhirResponse } from '../exchange.js';
import { demand, note, type Exchange } from './exchange-state.js';
import { FhirProblem, operationOutcome, problem } from './problem.js';
import type { StoredResource } from './store.js';
import { checkReferences, validResource } from './validation.js';
import { create, onlyMatch, remove, update } from './write-interactions.js';

/**
 * The resource the search names, or a new one where it names none. Whoever says no version means the one that is there.
 * https://hl7.org/fhir/R4/http.html#cond-update
 */
export function conditionalUpdate(exchange: Exchange, resourceType: string): FhirResponse {
  demand(exchange, 'u', resourceType);
  const match = matchOf(exchange, resourceType, 'u');
  const { request } = exchange;
  const body = request.body as Partial<Resource> | undefined;
  if (match === undefined) {
    if (body?.id === undefined) return create(exchange, resourceType);
    throw problem(405, 'not-supported', 'Ids are given here; create without one', `${resourceType}.id`);
  }
  const headers = { 'if-match': `W/"${match.meta.versionId}"`, ...request.headers };
  const named = { ...request, headers, body: { ...body, id: body?.id ?? match.id } };
  return update({ ...exchange, request: named }, resourceType, match.id);
}

/** One resource at most: https://hl7.org/fhir/R4/http.html#3.1.0.7.1 */
export function conditionalDelete(exchange: Exchange, resourceType: string): FhirResponse {
  demand(exchange, 'd', resourceType);
  const match = matchOf(exchange, resourceType, 'd');
  if (match === undefined) throw problem(404, 'not-found', 'The search finds nothing to delete');
  exchange.trace.resourceId = match.id;
  return remove(exchange, resourceType, match.id);
}

/**
 * What a create of this resource would be told, without storing anything; 200 whatever is found.
 * https://hl7.org/fhir/R4/resource-operation-validate.html
 */
export function validate(exchange: Exchange, resourceType: string): FhirResponse {
  demand(exchange, 'c', resourceType);
  const { request, server } = exchange;
  try {
    const resource = validResource(resourceParameter(request.body), resourceType);
    note(exchange, resource);
    checkReferences(resource, server.store, server.base);
  } catch (fault) {
    if (!(fault instanceof FhirProblem)) throw fault;
    return { status: 200, headers: {}, body: operationOutcome(fault.issues) };
  }
  const valid = { code: 'informational', diagnostics: 'Nothing to be said against it' } as const;
  return { status: 200, headers: {}, body: operationOutcome([valid], 'information') };
}

/** The body itself, or the part of Parameters named `resource`. */
function resourceParameter(body: unknown): unknown {
  const { resourceType, parameter } = (body ?? {}) as { resourceType?: unknown; parameter?: unknown };
  if (resourceType !== 'Parameters' || !Array.isArray(parameter)) return body;
  const parts = parameter as { name?: unknown; resource?: unknown }[];
  return parts.find((part) => part?.name === 'resource')?.resource;
}

function matchOf(exchange: Exchange, resourceType: string, letter: 'u' | 'd'): StoredResource | undefined {
  const { query } = exchange.request;
  if (query.size === 0) throw problem(405, 'not-supported', 'There is no such interaction without an id or a search');
  return onlyMatch(exchange, resourceType, query, letter, 'the search of the address');
}

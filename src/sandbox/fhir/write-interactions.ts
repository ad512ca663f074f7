import type { Resource } from 'fhir/r4.js';
import type { FhirResponse } from '../exchange.js';
import { applyWriteRules } from './booking.js';
import { demand, live, namesVersion, note, writtenResponse, type Exchange } from './exchange-state.js';
import { patched } from './json-patch.js';
import { FhirProblem, problem, type Issue } from './problem.js';
import { findMatches, parseSearch } from './search.js';
import type { StoredResource } from './store.js';
import { checkReferences, validResource } from './validation.js';

/** https://hl7.org/fhir/R4/http.html#create, with If-None-Exist https://hl7.org/fhir/R4/http.html#ccreate */
export function create(exchange: Exchange, resourceType: string): FhirResponse {
  const { request, transaction } = exchange;
  demand(exchange, 'c', resourceType);
  const { id: _ignored, ...content } = validResource(request.body, resourceType);
  note(exchange, content);
  demand(exchange, 'c', resourceType, content);
  const refused = exchange.server.refuses(content, exchange.access);
  if (refused !== undefined) throw problem(422, 'business-rule', refused, resourceType);
  const existing = existingMatch(exchange, resourceType);
  if (existing) return existingResponse(exchange, existing);
  const id = transaction?.assignedId;
  return writtenResponse(
    exchange,
    201,
    write(exchange, undefined, id === undefined ? content : { ...content, id }, 'POST'),
  );
}

/**
 * The resource that an If-None-Exist header finds among those the client could have created; `undefined` without the
 * header or without a match. Throws FhirProblem 412 when several match.
 */
export function existingMatch(exchange: Exchange, resourceType: string): StoredResource | undefined {
  const header = exchange.request.headers['if-none-exist'];
  if (header === undefined) return undefined;
  return onlyMatch(exchange, resourceType, new URLSearchParams(header.replace(/^.*\?/, '')), 'c', 'If-None-Exist');
}

/**
 * The one resource that a search finds among those the client may touch in this way; `undefined` without one. `place` says
 * where the search stands. Throws FhirProblem 400 for a search without a parameter, 412 when several match.
 */
export function onlyMatch(
  { server, access }: Exchange,
  resourceType: string,
  parameters: URLSearchParams,
  letter: 'c' | 'u' | 'd',
  place: string,
): StoredResource | undefined {
  const { store, base, now } = server;
  const search = parseSearch(resourceType, parameters, { store, base, nowMs: now().getTime(), strict: true });
  if (search.clauses.length === 0) throw problem(400, 'value', 'Names no search parameter', place);
  const [first, second] = findMatches(search, store).filter((match) => access.permits(letter, resourceType, match));
  if (second) throw problem(412, 'multiple-matches', 'More than one resource matches', place);
  return first;
}

function existingResponse(exchange: Exchange, existing: StoredResource): FhirResponse {
  note(exchange, existing);
  const written = writtenResponse(exchange, 200, existing);
  const readable = exchange.access.permits('r', existing.resourceType, existing);
  return readable ? written : { status: written.status, headers: written.headers };
}

/** https://hl7.org/fhir/R4/http.html#update; ids are the server's to give, so nothing is created by an update. */
export function update(exchange: Exchange, resourceType: string, id: string): FhirResponse {
  const previous = changeable(exchange, resourceType, id);
  const content = validResource(exchange.request.body, resourceType);
  if (content.id !== id) {
    throw problem(400, 'invalid', 'The id in the body must be the one in the address', `${resourceType}.id`);
  }
  return change(exchange, previous, content, 'PUT');
}

/** JSON Patch only: https://hl7.org/fhir/R4/http.html#patch */
export function patch(exchange: Exchange, resourceType: string, id: string): FhirResponse {
  const { request } = exchange;
  const previous = changeable(exchange, resourceType, id);
  const contentType = request.headers['content-type'] ?? '';
  if (!/^application\/json-patch\+json\s*(;|$)/i.test(contentType)) {
    throw problem(415, 'not-supported', 'A patch is application/json-patch+json', 'Content-Type');
  }
  const content = validResource(patched(previous, request.body), resourceType);
  if (content.id !== id) throw problem(422, 'invalid', 'A patch cannot change the id', `${resourceType}.id`);
  return change(exchange, previous, content, 'PATCH');
}

/** https://hl7.org/fhir/R4/http.html#delete */
export function remove(exchange: Exchange, resourceType: string, id: string): FhirResponse {
  const { server, request } = exchange;
  demand(exchange, 'd', resourceType);
  const version = server.store.get(resourceType, id);
  if (!version) throw problem(404, 'not-found', 'There is no such resource');
  const { resource } = version;
  if (!resource) return { status: 204, headers: { etag: `W/"${version.versionId}"` } };
  note(exchange, resource);
  demand(exchange, 'd', resourceType, resource);
  checkPrecondition(request.headers['if-match'], resource);
  server.store.transaction((writer) => {
    applyWriteRules(resource, undefined, { ...server, writer });
    writer.delete(resourceType, id);
  });
  const versionId = server.store.get(resourceType, id)?.versionId ?? '';
  exchange.trace.versionId = versionId;
  return { status: 204, headers: { etag: `W/"${versionId}"` } };
}

/** The resource as it stands, when this client may change it and has said which version it means to change. */
function changeable(exchange: Exchange, resourceType: string, id: string): StoredResource {
  const { server, request } = exchange;
  demand(exchange, 'u', resourceType);
  const version = server.store.get(resourceType, id);
  if (!version && request.method === 'PUT') {
    throw problem(405, 'not-supported', 'An update creates nothing here; create with POST');
  }
  const previous = live(version);
  exchange.trace.versionId = previous.meta.versionId;
  note(exchange, previous);
  demand(exchange, 'u', resourceType, previous);
  const condition = request.headers['if-match'];
  if (condition === undefined) {
    throw problem(428, 'required', 'Say with If-Match which version the change is based on', 'If-Match');
  }
  checkPrecondition(condition, previous);
  return previous;
}

function checkPrecondition(condition: string | undefined, current: StoredResource): void {
  if (condition === undefined || namesVersion(condition, current.meta.versionId)) return;
  const issue: Issue = {
    code: 'conflict',
    diagnostics: 'The resource has changed since; read it again',
    expression: 'If-Match',
  };
  throw new FhirProblem(412, [issue], { etag: `W/"${current.meta.versionId}"` });
}

function change(
  exchange: Exchange,
  previous: StoredResource,
  content: Resource,
  method: 'PUT' | 'PATCH',
): FhirResponse {
  note(exchange, content);
  demand(exchange, 'u', content.resourceType, content);
  return writtenResponse(exchange, 200, write(exchange, previous, content, method));
}

function write(
  { server, transaction }: Exchange,
  previous: StoredResource | undefined,
  content: Resource,
  method: 'POST' | 'PUT' | 'PATCH',
): StoredResource {
  const { store, base } = server;
  if (transaction) transaction.unchecked.push(content);
  else checkReferences(content, store, base);
  return store.transaction((writer) => {
    applyWriteRules(previous, content, { ...server, writer });
    return method === 'POST' ? writer.create(content) : writer.update(content, method);
  });
}

import type { Resource } from 'fhir/r4.js';
import type { Access, AccessEvent, FhirRequest, FhirResponse, Interaction } from '../exchange.js';
import { operationOutcome, problem } from './problem.js';
import { patientsOf } from './references.js';
import type { CapabilityOptions } from './capability-statement.js';
import type { Pages } from './pages.js';
import type { Store, StoredResource, StoredVersion } from './store.js';

/** The server an interaction runs on. */
export interface Server {
  readonly store: Store;
  /** Absolute FHIR base URL without a slash at the end. */
  readonly base: string;
  readonly now: () => Date;
  readonly pages: Pages<Exchange>;
  readonly capability: CapabilityOptions;
  readonly refuses: (created: Resource, access: Access) => string | undefined;
}

/** One interaction under way; what is learnt for the audit log is noted as it becomes known. */
export interface Exchange {
  readonly server: Server;
  readonly request: FhirRequest;
  readonly access: Access;
  readonly trace: Trace;
  /** Only within a transaction. */
  readonly transaction?: TransactionState;
}

export interface TransactionState {
  /** Id given out beforehand, so that other entries could refer to it. */
  readonly assignedId: string | undefined;
  /** Written resources whose references are looked up once everything is written. */
  readonly unchecked: Resource[];
}

export interface Trace {
  interaction: AccessEvent['interaction'];
  resourceType?: string;
  resourceId?: string;
  versionId?: string;
  query?: string;
  readonly patients: Set<string>;
}

/** Notes the resource an interaction is about, before it is decided whether it may happen. */
export function note({ trace, server }: Exchange, resource: Resource): void {
  for (const patient of patientsOf(resource, server.base)) trace.patients.add(patient);
}

/** Throws FhirProblem 403 unless scope, role and site allow it. */
export function demand({ access }: Exchange, letter: Interaction, resourceType: string, resource?: Resource): void {
  if (!access.permits(letter, resourceType, resource)) {
    throw problem(403, 'forbidden', 'Scope, role or site do not allow this');
  }
}

/** The live resource at an address. Throws FhirProblem 404 when it never was, 410 when it was deleted. */
export function live(version: StoredVersion | undefined): StoredResource {
  if (!version) throw problem(404, 'not-found', 'There is no such resource');
  if (!version.resource) throw problem(410, 'deleted', 'The resource was deleted');
  return version.resource;
}

/** A preference of the Prefer header, `return` or `handling`: https://hl7.org/fhir/R4/http.html#ops */
export function preference({ request }: Exchange, name: 'return' | 'handling'): string | undefined {
  return new RegExp(`(?:^|[,;\\s])${name}=([A-Za-z]+)`).exec(request.headers['prefer'] ?? '')?.[1];
}

/** A resource with its version headers. Header names are in lower case. */
export function resourceResponse(status: number, resource: StoredResource): FhirResponse {
  return { status, headers: versionHeaders(resource), body: resource };
}

/** The answer to a create, update or patch, shaped by `Prefer: return`. */
export function writtenResponse(exchange: Exchange, status: 200 | 201, resource: StoredResource): FhirResponse {
  const { resourceType, id, meta } = resource;
  exchange.trace.resourceId = id;
  exchange.trace.versionId = meta.versionId;
  const location = `${exchange.server.base}/${resourceType}/${id}/_history/${meta.versionId}`;
  const headers = {
    ...versionHeaders(resource),
    ...(status === 201 ? { location } : { 'content-location': location }),
  };
  switch (preference(exchange, 'return')) {
    case 'minimal':
      return { status, headers };
    case 'OperationOutcome':
      return {
        status,
        headers,
        body: operationOutcome([{ code: 'informational', diagnostics: 'Stored' }], 'information'),
      };
    default:
      return { status, headers, body: resource };
  }
}

function versionHeaders({ meta }: StoredResource): Readonly<Record<string, string>> {
  return { etag: `W/"${meta.versionId}"`, 'last-modified': new Date(meta.lastUpdated).toUTCString() };
}

/** Whether an If-Match or If-None-Match header names the version. */
export function namesVersion(header: string, versionId: string): boolean {
  return header.split(',').some((tag) => {
    const trimmed = tag.trim();
    return trimmed === '*' || /^(?:W\/)?"([^"]*)"$/.exec(trimmed)?.[1] === versionId;
  });
}

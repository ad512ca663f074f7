import { randomUUID } from 'node:crypto';
import type { AccessRecorder, FhirHandler, FhirRequest, FhirResponse } from '../exchange.js';
import { processBundle, type EntryRunner } from './bundle-interaction.js';
import { capabilityStatement, type CapabilityOptions } from './capability-statement.js';
import type { Exchange, Server, Trace, TransactionState } from './exchange-state.js';
import { auditName, interact, routeOf } from './interaction.js';
import { createPages } from './pages.js';
import { FhirProblem, operationOutcome, problem } from './problem.js';
import type { Store } from './store.js';
import { existingMatch } from './write-interactions.js';

const deepestBody = 64;
const longestRequestId = 128;

export interface FhirHandlerOptions {
  readonly store: Store;
  /** Absolute FHIR base URL. */
  readonly base: string;
  readonly now: () => Date;
  /** Called once for every access, each entry of a batch or transaction included, after it was decided. */
  readonly record: AccessRecorder;
  readonly capability?: CapabilityOptions;
  /** Why a new resource that is valid in itself is not taken; undefined when it is. */
  readonly refuses?: Server['refuses'];
  /** Told of a fault of our own; the client gets 500 and no detail. */
  readonly onFault?: (fault: unknown) => void;
}

/**
 * The FHIR R4 API of the sandbox. Answers every request, refusals as OperationOutcome. Names of response headers are in
 * lower case. One request is worked off without a pause, so requests in parallel cannot get between its steps.
 * Source: https://hl7.org/fhir/R4/http.html
 */
export function createFhirHandler(options: FhirHandlerOptions): FhirHandler {
  const { store, now, record, capability = {}, refuses = () => undefined, onFault } = options;
  const base = options.base.replace(/\/+$/, '');
  const server: Server = { store, base, now, pages: createPages(), capability, refuses };
  const statement = capabilityStatement(server.base, now(), capability);

  return (request) => {
    const given = request.headers['x-request-id'];
    const requestId = request.access?.requestId ?? (given || randomUUID());
    const response = answer(request, requestId.slice(0, longestRequestId));
    return Promise.resolve(finished(request, response, requestId.slice(0, longestRequestId)));
  };

  function answer(request: FhirRequest, requestId: string): FhirResponse {
    if (request.path === 'metadata' && (request.method === 'GET' || request.method === 'HEAD')) {
      return { status: 200, headers: {}, body: statement };
    }
    if (request.path !== '' || request.method !== 'POST' || !request.access) return run(request, requestId);
    const attempted: Attempt[] = [];
    try {
      refuseBadBody(request);
      const response = processBundle(request, store, server.base, entryRunner(requestId, attempted));
      for (const { entry, trace, status } of attempted) recordAccess(entry, requestId, trace, status);
      return response;
    } catch (fault) {
      const response = refusal(fault);
      if (attempted.length === 0) recordAccess(request, requestId, newTrace(request), response.status);
      for (const { entry, trace, status } of attempted) {
        recordAccess(entry, requestId, rolledBack(trace), status < 400 ? response.status : status);
      }
      return response;
    }
  }

  /** One interaction with its audit record. */
  function run(request: FhirRequest, requestId: string): FhirResponse {
    const trace = newTrace(request);
    const response = attempt(request, trace);
    recordAccess(request, requestId, trace, response.status);
    return response;
  }

  function attempt(request: FhirRequest, trace: Trace): FhirResponse {
    try {
      return perform(request, trace);
    } catch (fault) {
      return refusal(fault);
    }
  }

  function perform(request: FhirRequest, trace: Trace, transaction?: TransactionState): FhirResponse {
    const { access } = request;
    if (!access) {
      const issue = { code: 'login', diagnostics: 'Sign in first' } as const;
      throw new FhirProblem(401, [issue], { 'www-authenticate': 'Bearer' });
    }
    refuseBadBody(request);
    if (/xml/i.test(request.query.get('_format') ?? '')) {
      throw problem(406, 'not-supported', 'Only JSON is offered', '_format');
    }
    const exchange: Exchange = { server, request, access, trace, ...(transaction ? { transaction } : {}) };
    return interact(exchange, routeOf(request));
  }

  function entryRunner(requestId: string, attempted: Attempt[]): EntryRunner {
    return {
      run: (entry) => run(entry, requestId),
      runInTransaction(entry, transaction) {
        const trace = newTrace(entry);
        try {
          const response = perform(entry, trace, transaction);
          attempted.push({ entry, trace, status: response.status });
          return response;
        } catch (fault) {
          attempted.push({ entry, trace, status: fault instanceof FhirProblem ? fault.status : 500 });
          throw fault;
        }
      },
      existing(entry) {
        const { access } = entry;
        const route = routeOf(entry);
        if (!access || !route) return undefined;
        const match = existingMatch({ server, request: entry, access, trace: newTrace(entry) }, route.resourceType);
        return match && `${match.resourceType}/${match.id}`;
      },
    };
  }

  function refusal(fault: unknown): FhirResponse {
    if (fault instanceof FhirProblem) {
      return { status: fault.status, headers: fault.headers, body: operationOutcome(fault.issues) };
    }
    onFault?.(fault);
    const issue = { code: 'exception', diagnostics: 'The server failed to answer this request' } as const;
    return { status: 500, headers: {}, body: operationOutcome([issue]) };
  }

  function recordAccess(request: FhirRequest, requestId: string, trace: Trace, status: number): void {
    const { patients, ...known } = trace;
    record({ ...known, access: request.access, requestId, patients: [...patients], status });
  }
}

/** An entry of a transaction that was run; recorded once the transaction is decided. */
interface Attempt {
  readonly entry: FhirRequest;
  readonly trace: Trace;
  readonly status: number;
}

function newTrace(request: FhirRequest): Trace {
  const route = routeOf(request);
  return {
    interaction: auditName(route),
    patients: new Set(),
    ...(route ? { resourceType: route.resourceType } : {}),
    ...(route && route.id !== '' ? { resourceId: route.id } : {}),
    ...(route && route.versionId !== '' ? { versionId: route.versionId } : {}),
  };
}

/** Without the id and version that were given and taken back. */
function rolledBack({ versionId: _versionId, resourceId, ...trace }: Trace): Trace {
  return trace.interaction === 'create' || resourceId === undefined ? trace : { ...trace, resourceId };
}

/** Bodies are walked recursively later on, so their depth is bounded first. */
function refuseBadBody({ body }: FhirRequest): void {
  if (deeperThan(body, deepestBody)) throw problem(400, 'structure', `Nested deeper than ${deepestBody} levels`);
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => deeperThan(child, levels - 1));
}

function finished({ method }: FhirRequest, { status, headers, body }: FhirResponse, requestId: string): FhirResponse {
  const all = {
    ...(body === undefined ? {} : { 'content-type': 'application/fhir+json; charset=utf-8' }),
    ...headers,
    'x-request-id': requestId,
  };
  return { status, headers: all, ...(body === undefined || method === 'HEAD' ? {} : { body }) };
}

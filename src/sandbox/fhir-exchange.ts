import { randomUUID } from 'node:crypto';
import type { OperationOutcome } from 'fhir/r4.js';
import type { ListenerRequest, ListenerResponse } from '../wire/listener.js';
import type { FhirRequest, FhirResponse } from './exchange.js';

const methods: readonly FhirRequest['method'][] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** A request that is refused before FHIR looks at it. */
export interface Refused {
  readonly status: number;
  readonly code: OperationOutcome['issue'][number]['code'];
  readonly problem: string;
}

/** Method and parsed body of an HTTP request, for the FHIR engine. https://hl7.org/fhir/R4/http.html#mime-type */
export function parseRequest(request: ListenerRequest, path: string): Pick<FhirRequest, 'method' | 'body'> | Refused {
  const method = methods.find((known) => known === request.method);
  if (method === undefined) return { status: 405, code: 'not-supported', problem: 'this method is not offered' };
  if (request.body.byteLength === 0) return { method };
  const text = Buffer.from(request.body).toString('utf8');
  const mediaType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'application/x-www-form-urlencoded' && path.endsWith('_search')) {
    return { method, body: new URLSearchParams(text) };
  }
  if (!/^application\/([\w.-]+\+)?json$/.test(mediaType)) {
    return { status: 415, code: 'not-supported', problem: 'a body is accepted as application/fhir+json' };
  }
  try {
    return { method, body: JSON.parse(text) as unknown };
  } catch {
    return { status: 400, code: 'structure', problem: 'the body is not JSON' };
  }
}

/** The client's X-Request-Id, or one of our own where it sent none or an unusable one. */
export function requestIdOf(request: ListenerRequest): string {
  const given = request.headers['x-request-id'] ?? '';
  return /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
}

export function written({ status, headers, body }: FhirResponse, requestId: string): ListenerResponse {
  const isResource = typeof body === 'object' && !Buffer.isBuffer(body);
  return {
    status,
    headers: {
      ...(isResource ? { 'content-type': 'application/fhir+json; charset=utf-8' } : {}),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...headers,
    },
    ...(body === undefined ? {} : { body: isResource ? JSON.stringify(body) : body }),
  };
}

export function refusal({ status, code, problem }: Refused, requestId: string): ListenerResponse {
  const body: OperationOutcome = {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code, diagnostics: problem }],
  };
  return written({ status, headers: {}, body }, requestId);
}

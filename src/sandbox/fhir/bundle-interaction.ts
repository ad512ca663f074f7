import { randomUUID } from 'node:crypto';
import type { Bundle, BundleEntry, BundleEntryResponse, OperationOutcome, Resource } from 'fhir/r4.js';
import type { FhirRequest, FhirResponse } from '../exchange.js';
import type { TransactionState } from './exchange-state.js';
import { routeOf } from './interaction.js';
import { FhirProblem, problem } from './problem.js';
import { renamed } from './references.js';
import type { Store } from './store.js';
import { checkReferences } from './validation.js';

const mostEntries = 500;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** How a bundle's entries are run; each run is an access of its own for authorization and audit. */
export interface EntryRunner {
  /** Answers a refusal instead of throwing it. */
  run(request: FhirRequest): FhirResponse;
  /** Runs within the surrounding transaction. Throws FhirProblem. */
  runInTransaction(request: FhirRequest, transaction: TransactionState): FhirResponse;
  /** The live resource that the entry's If-None-Exist finds, as `Type/id`. Throws FhirProblem. */
  existing(request: FhirRequest): string | undefined;
}

interface Entry {
  readonly position: number;
  readonly fullUrl: string | undefined;
  readonly request: FhirRequest;
}

/**
 * A batch or transaction: https://hl7.org/fhir/R4/http.html#transaction
 * Throws FhirProblem when the bundle cannot be read, and for a transaction when any entry fails; nothing is stored then.
 */
export function processBundle(request: FhirRequest, store: Store, base: string, runner: EntryRunner): FhirResponse {
  const { body } = request;
  const { resourceType, type, entry: list = [] } = isObject(body) ? body : {};
  if (resourceType !== 'Bundle' || (type !== 'batch' && type !== 'transaction')) {
    throw problem(400, 'structure', 'The body must be a Bundle of type batch or transaction', 'Bundle.type');
  }
  if (!Array.isArray(list) || list.length > mostEntries) {
    throw problem(400, 'too-costly', `Bundle.entry must be a list of at most ${mostEntries}`, 'Bundle.entry');
  }
  const entries = list.map((item: unknown, position) => readEntry(item, position, request, base));
  const responses =
    type === 'batch'
      ? entries.map((entry) => responseEntry(runner.run(entry.request)))
      : store.transaction(() => transact(entries, store, base, runner)).map(responseEntry);
  const answer: Bundle = { resourceType: 'Bundle', type: `${type}-response`, entry: responses };
  return { status: 200, headers: {}, body: answer };
}

/** Deletes, creates, updates, then reads, whatever the order of the entries. */
function transact(entries: readonly Entry[], store: Store, base: string, runner: EntryRunner): readonly FhirResponse[] {
  const assigned = new Map<Entry, string>();
  const names = new Map<string, string>();
  const touched = new Set<string>();
  for (const entry of entries) {
    const { request, fullUrl, position } = entry;
    const route = routeOf(request);
    if (route && route.id !== '' && request.method !== 'GET' && request.method !== 'HEAD') {
      const name = `${route.resourceType}/${route.id}`;
      if (touched.has(name)) {
        throw problem(400, 'invalid', 'Two entries change the same resource', `Bundle.entry[${position}]`);
      }
      touched.add(name);
      if (fullUrl !== undefined) names.set(fullUrl, name);
    } else if (route?.interaction === 'create') {
      const existing = inEntry(position, () => runner.existing(request));
      const id = randomUUID();
      if (existing === undefined) assigned.set(entry, id);
      if (fullUrl !== undefined) names.set(fullUrl, existing ?? `${route.resourceType}/${id}`);
    }
  }
  const order = (entry: Entry) => ['DELETE', 'POST', 'PUT', 'PATCH', 'GET', 'HEAD'].indexOf(entry.request.method);
  const inOrder = [...entries].sort((left, right) => order(left) - order(right));
  const responses = new Map<Entry, FhirResponse>();
  const written: { readonly position: number; readonly content: Resource }[] = [];
  for (const entry of inOrder) {
    const unchecked: Resource[] = [];
    const request = { ...entry.request, body: renamed(entry.request.body, names) };
    const transaction = { assignedId: assigned.get(entry), unchecked };
    const response = inEntry(entry.position, () => {
      const answer = runner.runInTransaction(request, transaction);
      if (routeOf(request)?.interaction === 'create' && assigned.has(entry) && answer.status === 200) {
        throw problem(412, 'duplicate', 'Another entry of this transaction created the match', 'If-None-Exist');
      }
      return answer;
    });
    responses.set(entry, response);
    written.push(...unchecked.map((content) => ({ position: entry.position, content })));
  }
  for (const { position, content } of written) inEntry(position, () => checkReferences(content, store, base));
  return entries.flatMap((entry) => responses.get(entry) ?? []);
}

/** Says which entry a problem belongs to. */
function inEntry<T>(position: number, work: () => T): T {
  try {
    return work();
  } catch (fault) {
    if (!(fault instanceof FhirProblem)) throw fault;
    const at = `Bundle.entry[${position}]`;
    const issues = fault.issues.map((issue) => ({
      ...issue,
      expression: issue.expression === undefined ? at : `${at}: ${issue.expression}`,
    }));
    throw new FhirProblem(fault.status, issues, fault.headers);
  }
}

function readEntry(item: unknown, position: number, outer: FhirRequest, base: string): Entry {
  const at = `Bundle.entry[${position}].request`;
  const { fullUrl, request, resource } = isObject(item) ? item : {};
  if (!isObject(request)) throw problem(400, 'required', 'An entry needs a request', at);
  const method = methods.find((known) => known === request['method']);
  const url = request['url'];
  if (!method || typeof url !== 'string') throw problem(400, 'value', 'Method or url cannot be used', at);
  const relative = url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url.replace(/^\//, '');
  const [path = '', query = ''] = relative.split(/\?(.*)/s);
  const header = (name: string, key: string): Record<string, string> => {
    const value = request[key];
    return typeof value === 'string' ? { [name]: value } : {};
  };
  const prefer = outer.headers['prefer'];
  const { body, contentType } = entryBody(method, resource, at);
  return {
    position,
    fullUrl: typeof fullUrl === 'string' ? fullUrl : undefined,
    request: {
      method,
      path,
      query: new URLSearchParams(query),
      headers: {
        ...(prefer === undefined ? {} : { prefer }),
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
        ...header('if-match', 'ifMatch'),
        ...header('if-none-match', 'ifNoneMatch'),
        ...header('if-none-exist', 'ifNoneExist'),
      },
      access: outer.access?.ofEntry ?? outer.access,
      ...(body === undefined ? {} : { body }),
    },
  };
}

/** A patch travels as a Binary that holds the patch document: https://hl7.org/fhir/R4/http.html#jsonpatch */
function entryBody(method: string, resource: unknown, at: string): { body?: unknown; contentType?: string } {
  if (method !== 'PATCH' || !isObject(resource) || resource['resourceType'] !== 'Binary') return { body: resource };
  const { contentType, data } = resource;
  if (typeof contentType !== 'string' || typeof data !== 'string') {
    throw problem(400, 'required', 'A Binary with a patch needs contentType and data', at);
  }
  try {
    return { contentType, body: JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as unknown };
  } catch {
    throw problem(400, 'structure', 'The data of the Binary is not JSON', at);
  }
}

function responseEntry({ status, headers, body }: FhirResponse): BundleEntry {
  const response: BundleEntryResponse = {
    status: String(status),
    ...(headers['location'] === undefined ? {} : { location: headers['location'] }),
    ...(headers['etag'] === undefined ? {} : { etag: headers['etag'] }),
    ...(headers['last-modified'] === undefined
      ? {}
      : { lastModified: new Date(headers['last-modified']).toISOString() }),
  };
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) return { response };
  return isOutcome(body) ? { response: { ...response, outcome: body } } : { resource: body, response };
}

function isOutcome(body: Resource): body is OperationOutcome {
  return body.resourceType === 'OperationOutcome';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

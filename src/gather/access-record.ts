import type { Bundle, Resource } from 'fhir/r4.js';
import { patientsOf } from '../fhir/reference.js';
import type { Access, AccessKind } from '../model/audit-access.js';
import { runDigest } from '../model/audit-access.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import type { Answer, OutgoingRequest } from './request.js';

/** Rows of one answer that are looked at for patients. */
const mostRows = 200;
/** Objects whose patients are remembered, for a change that names none. */
const mostObjects = 20_000;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly values: readonly string[];
  readonly body: unknown;
}

/** Says of each exchange what an audit log has to hold of it; patients by alias, objects by digest (safety rule 34). */
export class AccessRecorder {
  readonly #runId: string;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #patientsOfObject = new Map<string, readonly string[]>();

  constructor(runId: string, organization: OrganizationProfile) {
    this.#runId = runId;
    this.#aliases = new Map((organization.testData?.patients ?? []).map(({ id, alias }) => [id, alias]));
  }

  /** Undefined where no log has to hold anything: discovery, other organizations, reading the log itself. */
  of(
    request: OutgoingRequest,
    answer: Pick<Answer, 'status' | 'resource' | 'headers'>,
    binding: string | undefined,
  ): Access[] | undefined {
    if (request.peer !== undefined) return undefined;
    const who = binding === undefined ? {} : { binding };
    if (request.purpose === 'token') return [{ kind: 'sign-in', status: answer.status, patients: [], ...who }];
    if ((request.purpose ?? 'fhir') !== 'fhir') return undefined;
    const parameters = [...(request.query ?? []), ...(request.form ?? [])];
    const asked = {
      method: request.method,
      path: request.path,
      values: parameters.map(([, value]) => value),
      body: answer.resource === undefined || request.path === '' ? parsed(request.body) : undefined,
    };
    if (asked.path === '') return this.#entries(asked, answer, who);
    const access = this.#access(asked, answer, who);
    return access === undefined ? undefined : [access];
  }

  /** Whether an object was seen to be of a listed test patient. */
  isOfTestPatient(object: string): boolean {
    return this.#patientsOfObject.has(object);
  }

  #access(
    asked: Asked,
    answer: {
      readonly status: number;
      readonly resource: unknown;
      readonly etag?: string;
      readonly headers?: Answer['headers'];
    },
    who: { readonly binding?: string },
  ): Access | undefined {
    const [of = '', second] = asked.path.split('/');
    const kind = kindOf(asked);
    if (!/^[A-Z][A-Za-z]{0,63}$/.test(of) || of === 'AuditEvent' || kind === undefined) return undefined;
    const stored = isResource(answer.resource) ? answer.resource : undefined;
    const id = stored?.resourceType === of ? (stored.id ?? second) : second;
    const changes = kind === 'create' || kind === 'update' || kind === 'delete';
    const isObject = id !== undefined && /^[A-Za-z0-9.-]{1,64}$/.test(id);
    const object = isObject ? `${of}/${id}` : undefined;
    const patients = this.#patients(asked, stored, object);
    const version = versionOf(stored?.meta?.versionId) ?? versionOf(answer.etag ?? answer.headers?.['etag']);
    const good = answer.status >= 200 && answer.status < 300;
    return {
      kind,
      of,
      status: answer.status,
      patients,
      ...who,
      ...(changes && object !== undefined ? { object: runDigest(this.#runId, object) } : {}),
      ...(good && (kind === 'create' || kind === 'update') && version !== undefined ? { version } : {}),
    };
  }

  // The answer of a batch has its entries in the order of the request: https://hl7.org/fhir/R4/http.html#trules
  #entries(
    asked: Asked,
    answer: Pick<Answer, 'status' | 'resource'>,
    who: { readonly binding?: string },
  ): Access[] | undefined {
    const { entry } = (asked.body ?? {}) as Partial<Bundle>;
    if (!Array.isArray(entry)) return undefined;
    const answered = (answer.resource?.resourceType === 'Bundle' && (answer.resource as Bundle).entry) || [];
    return entry.flatMap(({ request, resource }, index) => {
      const [path = '', query = ''] = (request?.url ?? '').split('?');
      const response = answered[index]?.response;
      const values = [...new URLSearchParams(query)].map(([, value]) => value);
      const asks = { method: request?.method ?? '', path, values, body: resource };
      const status = Number.parseInt(response?.status ?? '', 10);
      const located = /\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/.exec(response?.location ?? '')?.[1];
      const stored = answered[index]?.resource ?? (located === undefined ? undefined : { ...resource, id: located });
      const access = this.#access(
        asks,
        {
          status: Number.isNaN(status) ? answer.status : status,
          resource: stored,
          ...(response?.etag === undefined ? {} : { etag: response.etag }),
        },
        who,
      );
      return access === undefined ? [] : [access];
    });
  }

  #patients(asked: Asked, stored: Resource | undefined, object: string | undefined): string[] {
    const rows = stored?.resourceType === 'Bundle' ? rowsOf(stored as Bundle) : stored === undefined ? [] : [stored];
    const found = new Set<string>();
    const note = (id: string): void => {
      const alias = this.#aliases.get(id);
      if (alias !== undefined) found.add(alias);
    };
    for (const value of asked.values) for (const id of value.split(/[,|/]/)) note(id);
    if (object?.startsWith('Patient/') === true) note(object.slice('Patient/'.length));
    if (isResource(asked.body)) for (const id of patientsOf(asked.body)) note(id);
    for (const row of rows) {
      const patients = patientsOf(row);
      for (const id of patients) note(id);
      this.#remember(row, patients);
    }
    const aliases = [...found].sort();
    return aliases.length > 0 || object === undefined ? aliases : [...(this.#patientsOfObject.get(object) ?? [])];
  }

  #remember(row: Resource, patients: readonly string[]): void {
    if (patients.length === 0 || row.id === undefined || this.#patientsOfObject.size >= mostObjects) return;
    const aliases = patients.flatMap((id) => this.#aliases.get(id) ?? []);
    if (aliases.length > 0) this.#patientsOfObject.set(`${row.resourceType}/${row.id}`, aliases);
  }
}

/** Of `meta.versionId` or of an ETag; what a server sends need not be one. */
const versionOf = (text: unknown): string | undefined =>
  typeof text === 'string'
    ? /^(?:(?:W\/)?"([A-Za-z0-9.-]{1,64})"|([A-Za-z0-9.-]{1,64}))$/.exec(text)?.slice(1).find(Boolean)
    : undefined;

function kindOf({ method, path }: Asked): AccessKind | undefined {
  const [, second, third] = path.split('/');
  if (path.includes('$')) return method === 'GET' ? 'read' : 'operation';
  switch (method) {
    case 'GET':
      return second === undefined ? 'search' : 'read';
    case 'POST':
      return second === '_search' && third === undefined ? 'search' : second === undefined ? 'create' : 'operation';
    case 'PUT':
    case 'PATCH':
      return 'update';
    case 'DELETE':
      return 'delete';
    default:
      return undefined;
  }
}

function rowsOf({ entry }: Bundle): Resource[] {
  const rows: Resource[] = [];
  if (!Array.isArray(entry)) return rows;
  for (const each of entry.slice(0, mostRows)) if (isResource(each?.resource)) rows.push(each.resource);
  return rows;
}

const isResource = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && typeof (value as Resource).resourceType === 'string';

function parsed(body: string | undefined): unknown {
  if (body === undefined) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

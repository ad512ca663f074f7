import type { Bundle, Resource } from 'fhir/r4.js';
import { localReference, patientsOf } from '../../fhir/reference.js';
import type { SeenObjects, SeenWrite } from '../folds/fold.js';
import { headerOf } from './proxy-headers.js';
import type { Content, ProxiedExchange } from './proxied-exchange.js';
import type { FaultName } from './injected-faults.js';
import type { ProxiedRequest, ProxiedWrite } from './proxied-request.js';

/** One request of the AI system about one object. */
export interface ProductAccess {
  /** Id of its exchange. */
  readonly exchange: string;
  /** When its head had arrived and when its answer had gone, on the monotonic clock. */
  readonly receivedAtMs: number;
  readonly answeredAtMs: number;
  readonly method: string;
  /** `search`: the object was among the rows. */
  readonly kind: 'read' | 'search' | 'write';
  /** `Type/id` */
  readonly reference: string;
  /** What the AI system was answered; 0 for nothing. */
  readonly status: number;
  /** What the EHR answered; absent where it was not asked, or gave no answer. */
  readonly upstreamStatus?: number;
  /** Version that was read, or that the write made. */
  readonly version?: string;
  /** Version named in If-Match. */
  readonly ifMatch?: string;
  /** Of a write: the version the AI system had read last; absent where it had read none. */
  readonly readBefore?: string;
  readonly fault?: FaultName;
}

/** What of an exchange the trail is made of. */
export interface TrailStep {
  readonly exchange: string;
  readonly receivedAtMs: number;
  readonly answeredAtMs: number;
  readonly request: ProxiedRequest;
  readonly writes: readonly ProxiedWrite[];
  readonly status: number;
  readonly upstreamStatus: number | undefined;
  /** Parsed answer of the EHR, where it is a resource. */
  readonly resource: Resource | undefined;
  readonly etag: string | undefined;
  readonly location: string | undefined;
  readonly fault: FaultName | undefined;
}

export function stepOf(exchange: ProxiedExchange, { resource }: Content): TrailStep {
  const { id, upstream, answered } = exchange;
  const headers = upstream?.headers ?? [];
  return {
    exchange: id,
    receivedAtMs: exchange.receivedAtMs,
    answeredAtMs: exchange.answeredAtMs,
    request: exchange.request,
    writes: exchange.writes,
    status: exchange.status,
    upstreamStatus: upstream?.status,
    // An answer of the proxy itself is nothing the EHR said.
    resource: answered?.body === undefined ? resource : undefined,
    etag: headerOf(headers, 'etag'),
    location: headerOf(headers, 'location'),
    fault: exchange.fault,
  };
}

const mostAccesses = 10_000;
const mostObjects = 20_000;
const mostRows = 500;

/** The objects the AI system touched, in its order; in memory only, bounded, and never written anywhere. */
export class ProductTrail {
  readonly #accesses: ProductAccess[] = [];
  readonly #versions = new Map<string, string>();
  readonly #owners = new Map<string, readonly string[]>();

  /** Accesses to one object, or to all, whose request came at or after `since` (monotonic milliseconds), oldest first. */
  seen(query: { readonly reference?: string; readonly since?: number }): ProductAccess[] {
    return this.#accesses.filter(
      (access) =>
        (query.reference === undefined || access.reference === query.reference) &&
        (query.since === undefined || access.receivedAtMs >= query.since),
    );
  }

  /** Patients of an object, as far as its content went through the proxy. */
  ownersOf(reference: string): readonly string[] | undefined {
    return this.#owners.get(reference);
  }

  /** The version the AI system read last. */
  lastRead(reference: string): string | undefined {
    return this.#versions.get(reference);
  }

  /** What the step was about. */
  note(step: TrailStep): Omit<SeenObjects, 'lastedMs'> {
    const { interaction, reference } = step.request;
    if (interaction === 'write') return { interaction, ...this.#noteWrites(step) };
    if (step.status >= 200 && step.status < 300) return { interaction, read: this.#noteRows(step), writes: [] };
    if (interaction === 'read' && reference !== undefined) this.#add(step, 'read', reference, undefined, undefined);
    return { interaction, read: [], writes: [] };
  }

  #noteRows(step: TrailStep): readonly string[] {
    const { resource, request, etag } = step;
    if (resource === undefined) return [];
    if (resource.resourceType !== 'Bundle') {
      const reference = referenceTo(resource) ?? request.reference;
      if (reference === undefined) return [];
      this.#remember(reference, resource);
      this.#read(step, 'read', reference, versionIn(etag) ?? versionIn(resource.meta?.versionId));
      return [reference];
    }
    const read: string[] = [];
    for (const row of rowsOf(resource as Bundle)) {
      const reference = referenceTo(row);
      if (reference === undefined) continue;
      this.#remember(reference, row);
      this.#read(step, 'search', reference, versionIn(row.meta?.versionId));
      read.push(reference);
    }
    return read;
  }

  #read(step: TrailStep, kind: 'read' | 'search', reference: string, version: string | undefined): void {
    this.#add(step, kind, reference, version, undefined);
    if (version !== undefined) bounded(this.#versions, reference, version);
  }

  #noteWrites(step: TrailStep): Pick<SeenObjects, 'read' | 'writes'> {
    const { resource, upstreamStatus = 0, etag, location } = step;
    const entries = resource?.resourceType === 'Bundle' ? (resource as Bundle).entry : undefined;
    const read: string[] = [];
    const writes: SeenWrite[] = [];
    for (const write of step.writes) {
      const entry = Array.isArray(entries) && write.entry !== undefined ? entries[write.entry] : undefined;
      const own = write.entry === undefined ? resource : entry?.resource;
      const stored = own?.resourceType === write.resourceType ? own : undefined;
      const reference =
        write.reference ??
        (stored === undefined ? undefined : referenceTo(stored)) ??
        localReference(entry?.response?.location ?? location);
      const told = Number.parseInt(entry?.response?.status ?? '', 10);
      const status = told || upstreamStatus;
      const done = status >= 200 && status < 300;
      const isAnswered = step.status === upstreamStatus;
      const named = write.method === 'POST' && done ? reference : write.reference;
      writes.push(seenWrite(write, named, isAnswered ? status : step.status, done));
      if (reference === undefined) continue;
      const version = done
        ? (versionIn(entry?.response?.etag ?? etag) ?? versionIn(stored?.meta?.versionId))
        : undefined;
      if (done && stored !== undefined) this.#remember(reference, stored);
      else if (done && write.patients !== undefined) bounded(this.#owners, reference, write.patients);
      // Some servers send the current state along with a refusal.
      if (!done && stored !== undefined && isAnswered && referenceTo(stored) === reference) read.push(reference);
      this.#add(step, 'write', reference, version, write);
      // Whoever was told what its write made knows that version.
      if (version !== undefined && isAnswered) bounded(this.#versions, reference, version);
    }
    return { read, writes };
  }

  #add(
    step: TrailStep,
    kind: ProductAccess['kind'],
    reference: string,
    version: string | undefined,
    write: ProxiedWrite | undefined,
  ): void {
    const ifMatch = versionIn(write?.ifMatch);
    const readBefore = write === undefined ? undefined : this.#versions.get(reference);
    this.#accesses.push({
      exchange: step.exchange,
      receivedAtMs: step.receivedAtMs,
      answeredAtMs: step.answeredAtMs,
      method: write?.method ?? step.request.method,
      kind,
      reference,
      status: step.status,
      ...(step.upstreamStatus === undefined ? {} : { upstreamStatus: step.upstreamStatus }),
      ...(version === undefined ? {} : { version }),
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...(readBefore === undefined ? {} : { readBefore }),
      ...(step.fault === undefined ? {} : { fault: step.fault }),
    });
    // Half at once: dropping one at a time would move all the others each time.
    if (this.#accesses.length > mostAccesses) this.#accesses.splice(0, mostAccesses / 2);
  }

  #remember(reference: string, resource: Resource): void {
    bounded(this.#owners, reference, patientsOf(resource));
  }
}

function seenWrite(
  { method, resourceType, ifMatch, key, identifiers }: ProxiedWrite,
  reference: string | undefined,
  status: number,
  taken: boolean,
): SeenWrite {
  const version = versionIn(ifMatch);
  return {
    method,
    ...(resourceType === undefined ? {} : { resourceType }),
    ...(reference === undefined ? {} : { reference }),
    ...(version === undefined ? {} : { ifMatch: version }),
    ...(key === undefined ? {} : { key }),
    ...(identifiers === undefined ? {} : { identifiers }),
    status,
    taken,
  };
}

function bounded<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > mostObjects && oldest !== undefined) map.delete(oldest);
}

function rowsOf({ entry }: Bundle): Resource[] {
  if (!Array.isArray(entry)) return [];
  return entry
    .slice(0, mostRows)
    .flatMap((each) => (typeof each?.resource?.resourceType === 'string' ? each.resource : []));
}

const referenceTo = ({ resourceType, id }: Resource): string | undefined =>
  localReference(`${resourceType}/${String(id)}`);

/** Of `meta.versionId`, an ETag or If-Match, without quotes and weakness. */
function versionIn(text: unknown): string | undefined {
  return typeof text === 'string'
    ? /^(?:(?:W\/)?"([A-Za-z0-9.-]{1,64})"|([A-Za-z0-9.-]{1,64}))$/.exec(text)?.slice(1).find(Boolean)
    : undefined;
}

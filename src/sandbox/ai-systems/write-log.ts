import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Resource } from 'fhir/r4.js';
import type { FhirAnswer, FhirCall, FhirConnection, Reaching } from './fhir-connection.js';
import { isBundle } from './fhir-connection.js';

/** Ways the log can be wrong; none is on unless the configuration names it. */
export const logFaults = ['log-misses-a-write', 'log-invents-a-write', 'log-without-reviewer'] as const;
export type LogFault = (typeof logFaults)[number];

/** What leads to a write: the event, and what was decided. */
export interface Reason {
  readonly correlationId: string;
  readonly action: string;
}

export interface WriteLog {
  /** A connection whose writes are logged. */
  readonly connection: FhirConnection & Reaching;
  /** What is read and written inside is done for this reason. */
  because<T>(reason: Reason, work: () => Promise<T>): Promise<T>;
  /** One JSON object a line, in the order of the writes. */
  text(): string;
}

interface Work extends Reason {
  /** Version by `Type/id` of what was read so far. */
  readonly read: Map<string, string>;
  patient: string | undefined;
}

interface Sent {
  readonly work: Work;
  readonly requestId: string;
  readonly at: string;
}

/** A write nobody knows the fate of: its answer was lost. */
interface Unanswered extends Sent {
  readonly isIn: (resource: Resource) => boolean;
}

const mostInputs = 50;
const mostUnanswered = 100;
const patientReference = /"Patient\/([A-Za-z0-9.-]{1,64})"/;

/**
 * Logs each write of a product with what it was based on. One whose answer was lost is logged as unknown, and again under
 * the same request id when it is found in the EHR. What the product sets up for itself, outside of any event, is not logged.
 */
export function keepWriteLog(
  connection: FhirConnection & Reaching,
  {
    file,
    model,
    faults = [],
  }: { readonly file: string; readonly model: string; readonly faults?: readonly LogFault[] },
): WriteLog {
  const current = new AsyncLocalStorage<Work>();
  let unanswered: Unanswered[] = [];
  let written = 0;

  function append({ work, requestId, at }: Sent, said: object): object {
    const line = {
      at,
      correlationId: work.correlationId,
      action: work.action,
      patient: work.patient ?? null,
      ...said,
      inputs: [...work.read].slice(-mostInputs).map(([object, version]) => ({ object, version })),
      model: { name: model, version: '1' },
      outputId: randomUUID(),
      ...(faults.includes('log-without-reviewer') ? {} : { reviewer: { kind: 'none' } }),
      decision: work.action,
      requestId,
    };
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    return line;
  }

  function log(sent: Sent, resource: Resource): void {
    written += 1;
    if (faults.includes('log-misses-a-write') && written === 2) return;
    const patient = patientReference.exec(JSON.stringify(resource))?.[1] ?? sent.work.patient ?? null;
    const version = resource.meta?.versionId;
    append(sent, { object: `${resource.resourceType}/${resource.id}`, version, patient });
    if (faults.includes('log-invents-a-write') && written === 1) {
      const object = `${resource.resourceType}/${randomUUID()}`;
      append({ ...sent, requestId: randomUUID() }, { object, version: '1', patient });
    }
  }

  function noteRead(resources: readonly Resource[], alone: boolean): void {
    for (const resource of resources) {
      const own = unanswered.find(({ isIn }) => isIn(resource));
      if (own === undefined) continue;
      unanswered = unanswered.filter((each) => each !== own);
      log(own, resource);
    }
    const work = current.getStore();
    if (work === undefined) return;
    for (const { resourceType, id, meta } of resources) {
      if (id === undefined) continue;
      if (resourceType === 'Patient') work.patient = id;
      // Of a long list only what was looked at one by one decides anything.
      if ((alone || resourceType === 'Patient') && meta?.versionId !== undefined)
        work.read.set(`${resourceType}/${id}`, meta.versionId);
    }
  }

  async function send(call: FhirCall): Promise<FhirAnswer> {
    const work = current.getStore();
    const reads = call.method === 'GET' || call.url.endsWith('/_search');
    if (reads || work === undefined) {
      const answer = await connection.send(call);
      if (reads && answer.status === 200) noteRead(resourcesIn(answer.body), !isBundle(answer.body));
      return answer;
    }
    const sent: Sent = { work, requestId: randomUUID(), at: new Date().toISOString() };
    const lost = (): void => {
      append(sent, { object: call.url, outcome: 'unknown' });
      unanswered = [...unanswered, { ...sent, isIn: tellTale(call) }].slice(-mostUnanswered);
    };
    let answer: FhirAnswer;
    try {
      answer = await connection.send({ ...call, headers: { ...call.headers, 'x-request-id': sent.requestId } });
    } catch (error) {
      lost();
      throw error;
    }
    const stored = answer.status < 300 ? storedBy(call, answer) : undefined;
    // A page of some gateway says 200 too, and nothing of a stored version.
    if (answer.status >= 500 || (stored !== undefined && !isWhole(stored))) lost();
    else if (stored !== undefined) log(sent, stored);
    return answer;
  }

  return {
    connection: {
      ...connection,
      send,
      async searchAll(type, parameters) {
        const found = await connection.searchAll(type, parameters);
        noteRead(found, false);
        return found;
      },
    },
    because: (reason, work) => current.run({ ...reason, read: new Map(), patient: undefined }, work),
    text: () => (existsSync(file) ? readFileSync(file, 'utf8') : ''),
  };
}

function resourcesIn(body: unknown): Resource[] {
  if (isBundle(body)) return (body.entry ?? []).flatMap(({ resource }) => resource ?? []);
  return isStored(body) ? [body] : [];
}

const isStored = (body: unknown): body is Resource =>
  typeof body === 'object' && body !== null && 'resourceType' in body && 'id' in body;

const isWhole = ({ id, meta }: Resource): boolean => id !== undefined && meta?.versionId !== undefined;

/** What a write that went well has made, from its answer or from where the answer says it is. */
function storedBy({ method, url, body = '{}' }: FhirCall, { body: stored, location, etag }: FhirAnswer): Resource {
  if (isStored(stored)) return stored;
  const [resourceType = '', id] = (
    method === 'POST' ? (/([A-Z][A-Za-z]+\/[^/]+)/.exec(location ?? '')?.[1] ?? url) : url
  ).split('/');
  const versionId = /"([^"]+)"/.exec(etag ?? '')?.[1];
  return {
    ...(method === 'POST' ? (JSON.parse(body) as object) : {}),
    resourceType,
    ...(id === undefined ? {} : { id }),
    ...(versionId === undefined ? {} : { meta: { versionId } }),
  };
}

interface Telling {
  readonly status?: unknown;
  readonly identifier?: unknown;
  readonly slot?: unknown;
  readonly participant?: readonly { readonly actor?: { readonly reference?: string } }[];
}

/** Whether a resource shows that this write was carried out. */
function tellTale({ method, url, headers, body = '{}' }: FhirCall): (resource: Resource) => boolean {
  if (method === 'POST') {
    const wish = JSON.parse(body) as Telling;
    const patientOf = ({ participant }: Telling): string | undefined => participant?.[0]?.actor?.reference;
    return (resource) => {
      const there = resource as unknown as Telling;
      if (resource.resourceType !== url || there.status !== wish.status) return false;
      return wish.identifier === undefined
        ? JSON.stringify(there.slot) === JSON.stringify(wish.slot) && patientOf(there) === patientOf(wish)
        : JSON.stringify(there.identifier).includes(JSON.stringify(wish.identifier).slice(1, -1));
    };
  }
  const [change] = JSON.parse(body) as { readonly value?: unknown }[];
  return (resource) =>
    `${resource.resourceType}/${resource.id}` === url &&
    `W/"${resource.meta?.versionId}"` !== headers?.['if-match'] &&
    (resource as unknown as Telling).status === change?.value;
}

import type { Resource } from 'fhir/r4.js';
import type { Operation } from 'rfc6902';
import { explains } from '../fhir/bundle.js';
import { storedDifference } from '../fhir/stored-difference.js';
import { canonicalJson, contentOf } from '../fhir/content.js';
import type { FactValue } from '../model/fact.js';
import type { Client, ProbeTools } from './probe.js';
import { ExchangeFault, type Answer } from './request.js';
import { etagOf } from './writer.js';

/** One element given another value, on the version last read. */
export interface ElementChange {
  readonly method: 'PATCH' | 'PUT';
  readonly part: 'action' | 'undo';
  readonly element: string;
  readonly value: unknown;
  /** The declared path's own body, where there is one. */
  readonly body?: Resource | readonly Operation[];
}

export interface ChangedObject {
  readonly outcome: FactValue<'change-outcome'>;
  /** The object as read before the change. */
  readonly before: Resource;
  /** As read again; undefined when it is gone. */
  readonly after: Resource | undefined;
  /** The change as it was sent, for sending it again. */
  readonly sent: Parameters<Client['write']>[0];
  /** From sending the change to the end of the read that shows what became of it. */
  readonly durationMs: number;
  /** The change, and the read that shows what became of it. */
  readonly exchanges: readonly string[];
}

/** Most changes one call sends: three tries at a server error, and a PUT after a refused PATCH. */
export const mostChanges = 4;
/** One read before, one after each change. */
export const mostReads = mostChanges + 1;

const tries = 3;
/** Elements servers keep themselves. */
const serverOwned = new Set(['resourceType', 'lastModified']);
/** The interaction is not there, whatever the body. */
const interactionRefused = [400, 404, 405, 415, 422, 501];

/**
 * Changes one element of an object of ours and reads it again. A server error is tried three times.
 * @throws ExchangeFault `prerequisite-failed` when the object cannot be read before
 */
export async function changeElement(
  tools: Pick<ProbeTools, 'pause' | 'environmentClass' | 'organization'>,
  ai: Client,
  object: Resource,
  change: ElementChange,
): Promise<ChangedObject> {
  const before = await readOrThrow(ai, object);
  const first = changeOf(before, change.method, change);
  const { answer, again, attempts, serverErrors } = await threeTries(
    tools,
    () => sendAndRead(ai, before, first),
    ({ again: read }) => has(read.resource, change),
  );
  const put =
    change.method === 'PATCH' &&
    interactionRefused.includes(answer.status) &&
    again.ok &&
    allowsUpdate(tools.organization, before.resourceType)
      ? await sendAndRead(ai, before, changeOf(before, 'PUT', change))
      : undefined;
  const last = put ?? { answer, again };
  const after = last.again.ok ? last.again.resource : undefined;
  return {
    before,
    after,
    sent: first,
    durationMs: last.again.receivedAt.getTime() - answer.sentAt.getTime(),
    exchanges: [answer.exchange, last.again.exchange],
    outcome: {
      method: change.method,
      part: change.part,
      status: answer.status,
      tries: attempts,
      serverErrors,
      explained: explains(answer.resource),
      applied: has(again.resource, change),
      newVersion:
        after?.meta?.versionId === undefined ||
        before.meta?.versionId === undefined ||
        after.meta.versionId !== before.meta.versionId,
      lost: after === undefined ? [] : lostElements(before, after, change.element),
      narrativeDropped: 'text' in before && after !== undefined && !('text' in after),
      ...(put === undefined ? {} : { putStatus: put.answer.status, putApplied: has(put.again.resource, change) }),
      controlsHeld: last.again.ok || last.again.status === 404 || last.again.status === 410,
    },
  };
}

/**
 * Repeats what a server answers with an error, up to three times while nothing has changed
 * (https://www.rfc-editor.org/rfc/rfc9110#section-15.6.1).
 */
export async function threeTries<Sent extends { readonly answer: Answer }>(
  tools: Pick<ProbeTools, 'pause' | 'environmentClass'>,
  send: () => Promise<Sent>,
  done: (sent: Sent) => boolean,
): Promise<Sent & { readonly attempts: number; readonly serverErrors: number }> {
  for (let attempts = 1, serverErrors = 0; ; attempts++) {
    const sent = await send();
    const failed = sent.answer.status >= 500 && sent.answer.status !== 501 && !done(sent);
    if (failed) serverErrors += 1;
    if (!failed || attempts === tries) return { ...sent, attempts, serverErrors };
    await tools.pause(tools.environmentClass === 'simulator' ? 100 : 5_000);
  }
}

function lostElements(before: Resource, after: Resource, except: string): string[] {
  const elements = Object.keys(contentOf(before)).filter((name) => name !== except && !serverOwned.has(name));
  const { dropped, changed } = storedDifference(before, after, elements);
  return [...dropped, ...changed];
}

/** Whether the content but for what servers keep themselves is the same. */
export const sameContent = (one: Resource, other: Resource): boolean =>
  canonicalJson(withoutServerOwned(one)) === canonicalJson(withoutServerOwned(other));

const withoutServerOwned = (resource: Resource): Record<string, unknown> =>
  Object.fromEntries(Object.entries(contentOf(resource)).filter(([name]) => !serverOwned.has(name)));

const has = (resource: Resource | undefined, { element, value }: ElementChange): boolean =>
  (resource as unknown as Record<string, unknown> | undefined)?.[element] === value;

function changeOf(
  before: Resource,
  method: 'PATCH' | 'PUT',
  { element, value, body }: ElementChange,
): ChangedObject['sent'] {
  const { meta: _meta, ...content } = before;
  return {
    method,
    resourceType: before.resourceType,
    objectId: before.id ?? '',
    basedOn: before,
    body:
      body !== undefined && Array.isArray(body) === (method === 'PATCH')
        ? body
        : method === 'PATCH'
          ? [{ op: element in before ? 'replace' : 'add', path: `/${element}`, value }]
          : { ...content, [element]: value },
    ...(etagOf(before) === undefined ? {} : { ifMatch: etagOf(before) ?? null }),
  };
}

async function sendAndRead(
  ai: Client,
  object: Resource,
  change: ChangedObject['sent'],
): Promise<{ answer: Answer; again: Answer }> {
  const answer = await ai.write(change);
  return { answer, again: await ai.read(object.resourceType, object.id ?? '') };
}

/** The object in the answer to its change, where it comes with the version it has now. */
export function shownBy({ ok, resource }: Answer, { resourceType, id }: Resource): Resource | undefined {
  const same = resource?.resourceType === resourceType && resource.id === id;
  return ok && same && resource.meta?.versionId !== undefined ? resource : undefined;
}

export async function readOrThrow(ai: Client, { resourceType, id = '' }: Resource): Promise<Resource> {
  const answer = await ai.read(resourceType, id);
  if (!answer.ok || answer.resource?.resourceType !== resourceType) {
    throw new ExchangeFault(
      'prerequisite-failed',
      `a test ${resourceType} could not be read back (${answer.status})`,
      answer.exchange,
    );
  }
  return answer.resource;
}

const allowsUpdate = ({ writePolicy }: ProbeTools['organization'], resourceType: string): boolean =>
  (writePolicy?.allow ?? []).some(
    (rule) => rule.resource === resourceType && (rule.interactions as readonly string[]).includes('update'),
  );

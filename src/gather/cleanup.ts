import type { Provenance, Resource } from 'fhir/r4.js';
import { readSearchset } from '../fhir/bundle.js';
import { contentSha256 } from '../fhir/content.js';
import { scopesAllow } from '../fhir/scopes.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import type { Residue } from '../model/evidence.js';
import type { Intent, Journal, JournalEntry, JournalOutcome, Settled } from './journal.js';
import { scopeFor, type Scope } from './recorder.js';
import { ExchangeFault } from './request.js';
import type { Session } from './session.js';
import { TemplateBudget } from './template-match.js';
import { isLive, undoState } from './undo-state.js';
import { etagOf, type Writer } from './writer.js';

export interface CleanupOptions {
  readonly entries: readonly JournalEntry[];
  readonly journal: Journal;
  readonly writer: Writer;
  readonly organization: OrganizationProfile;
  readonly runId: string;
  /** Sessions that may undo, the AI system's first; a session is used where its scopes hold the letter. */
  readonly sessions: readonly Session[];
  readonly now: () => Date;
}

export interface CleanupResult {
  readonly residue: readonly Residue[];
  readonly undone: number;
}

/** One object this run created, or may have created, and what is known of its content. */
interface OwnObject {
  readonly resourceType: string;
  readonly identifier: string | undefined;
  readonly binding: string;
  objectId: string | undefined;
  /** Content hashes it may rightly have: the last known, and what an unanswered change would have made of it. */
  hashes: Set<string>;
  /** The create itself was never answered: an untouched first version is ours. */
  createUnanswered: boolean;
  order: number;
}

const requestsPerObject = 12;
/** Objects looked for in one search. */
const objectsTogether = 50;
const worthASearch = 3;

/**
 * Undoes what the journal says this run did, newest first. An object is touched only with proof that it is ours: its id
 * stands in the journal as an answered write, or it was found by our identifier; and it carries this run's identifier and
 * the content we left. Everything else is residue (safety rules 19 to 21).
 */
export async function cleanUp(options: CleanupOptions): Promise<CleanupResult> {
  const objects = ownObjects(options.entries);
  const scope = scopeFor('cleanup', 'run', cleanupBudget(options, objects), true);
  const residue: Residue[] = [];
  let undone = 0;
  const ended = await endedAlready(options, scope, objects);
  for (const object of objects) {
    const { outcome, id } = await (
      ended.has(object)
        ? Promise.resolve({ outcome: 'already-gone' as const, id: object.objectId })
        : undoOne(options, scope, object)
    ).catch((error: unknown) => {
      if (!(error instanceof ExchangeFault)) throw error;
      return { outcome: 'undo-refused' as const, id: object.objectId };
    });
    if (outcome === 'nothing') continue;
    if (id !== undefined) await options.journal.record(settled(options, object.resourceType, id, outcome));
    if (outcome === 'deleted' || outcome === 'cancelled' || outcome === 'entered-in-error') undone += 1;
    else if (outcome !== 'already-gone')
      residue.push({ resourceType: object.resourceType, id: id ?? '', reason: outcome });
  }
  for (const stray of options.writer.strays) residue.push({ ...stray, reason: 'stored-under-another-patient' });
  return { residue, undone };
}

/**
 * The objects that were taken back before, by their own probe or an earlier cleanup, shown many at a time by a search.
 * Whatever the search does not show as ours and ended is read alone, as is everything before it is touched.
 */
async function endedAlready(
  options: CleanupOptions,
  scope: Scope,
  objects: readonly OwnObject[],
): Promise<ReadonlySet<OwnObject>> {
  const ended = new Set<OwnObject>();
  for (const [type, own] of searchable(objects)) {
    const [first] = own;
    const session = first && sessionFor(options, first, 's');
    if (session === undefined) continue;
    for (let from = 0; from < own.length; from += objectsTogether) {
      const asked = own.slice(from, from + objectsTogether);
      const answer = await session
        .send(scope, {
          method: 'POST',
          path: `${type}/_search`,
          form: [
            ['_id', asked.map(({ objectId }) => objectId).join(',')],
            ['_count', String(asked.length)],
          ],
          tolerant: true,
        })
        .catch((error: unknown) => {
          if (error instanceof ExchangeFault) return undefined;
          throw error;
        });
      const page = answer?.ok === true ? readSearchset(answer.resource) : undefined;
      if (page === undefined || page === 'too-many') break;
      for (const object of asked) {
        const found = page.matches.find(({ resourceType, id }) => resourceType === type && id === object.objectId);
        const system = options.organization.writePolicy?.identifierSystem;
        if (found !== undefined && !isLive(found) && carriesIdentifier(found, system, object.identifier))
          ended.add(object);
      }
    }
  }
  return ended;
}

/** By type, where there are enough to be worth a search. A Subscription leaves nothing behind that a search could show. */
function searchable(objects: readonly OwnObject[]): [string, OwnObject[]][] {
  const byType = new Map<string, OwnObject[]>();
  for (const object of objects) {
    if (object.objectId === undefined || object.resourceType === 'Subscription') continue;
    byType.set(object.resourceType, [...(byType.get(object.resourceType) ?? []), object]);
  }
  return [...byType].filter(([, own]) => own.length >= worthASearch);
}

type Undone = 'deleted' | 'cancelled' | 'entered-in-error';
type Left = 'not-provably-ours' | 'changed-by-others' | 'undo-refused' | 'outcome-unknown' | 'undo-by-person';
type UndoOutcome = { readonly outcome: Undone | Left | 'already-gone' | 'nothing'; readonly id: string | undefined };

async function undoOne(options: CleanupOptions, scope: Scope, object: OwnObject): Promise<UndoOutcome> {
  const session = sessionFor(options, object, 'r') ?? options.sessions[0];
  if (session === undefined) return { outcome: 'undo-refused', id: object.objectId };
  if (object.objectId === undefined) {
    const found = await findByIdentifier(options, scope, object);
    if (found === 'unknown') return { outcome: 'outcome-unknown', id: undefined };
    if (found.id === undefined) return { outcome: 'nothing', id: undefined };
    object.objectId = found.id;
  }
  const id = object.objectId;
  const read = await session.send(scope, { method: 'GET', path: `${object.resourceType}/${id}`, tolerant: true });
  if (read.status === 404 || read.status === 410) return { outcome: 'already-gone', id };
  const current = read.resource;
  if (!read.ok || current?.resourceType !== object.resourceType) return { outcome: 'undo-refused', id };
  if (!carriesIdentifier(current, options.organization.writePolicy?.identifierSystem, object.identifier)) {
    return { outcome: 'not-provably-ours', id };
  }
  if (!isLive(current)) {
    // Taken back already, by the probe's own undo or by an earlier cleanup.
    return { outcome: 'already-gone', id };
  }
  // The server sets the state of a Subscription itself.
  if (object.resourceType !== 'Subscription' && !asWeLeftIt(object, current))
    return { outcome: 'changed-by-others', id };
  return { outcome: await takeBack(options, scope, object, current), id };
}

async function takeBack(
  options: CleanupOptions,
  scope: Scope,
  object: OwnObject,
  current: Resource,
): Promise<Undone | Left> {
  const way = options.organization.writePolicy?.cleanup ?? 'none';
  if (way === 'none') return 'undo-by-person';
  const id = object.objectId ?? '';
  const deleter = way === 'delete' ? sessionFor(options, object, 'd') : undefined;
  if (deleter !== undefined) {
    const base = { resourceType: object.resourceType, objectId: id, basedOn: current, undo: true } as const;
    const answer = await options.writer.write(deleter, scope, { ...base, method: 'DELETE' });
    if (answer.ok && (await gone(scope, deleter, object.resourceType, id))) return 'deleted';
  }
  // What has come to an end cannot be cancelled any more, only called an error.
  const ends = way === 'entered-in-error' ? [way] : (['cancel', 'entered-in-error'] as const);
  for (const end of ends) {
    const left = await endInState(options, scope, object, current, end);
    if (left !== 'undo-refused') return left;
  }
  return 'undo-refused';
}

async function endInState(
  options: CleanupOptions,
  scope: Scope,
  object: OwnObject,
  current: Resource,
  end: 'cancel' | 'entered-in-error',
): Promise<Undone | Left> {
  const state = undoState(object.resourceType, end);
  if (state === undefined) return 'undo-refused';
  const id = object.objectId ?? '';
  const path = `/${state.element}`;
  // Whoever wrote it first; a client that may write need not be one that may take back.
  for (const changer of sessionsFor(options, object, 'u')) {
    const answer = await options.writer.write(changer, scope, {
      method: 'PATCH',
      resourceType: object.resourceType,
      objectId: id,
      basedOn: current,
      undo: true,
      body: [
        { op: 'test', path, value: (current as unknown as Record<string, unknown>)[state.element] },
        { op: 'replace', path, value: state.value },
      ],
      ...(etagOf(current) === undefined ? {} : { ifMatch: etagOf(current) ?? null }),
    });
    // A 412 means that somebody was faster: never tried again with the newer version.
    if (answer.status === 412 || answer.status === 409) return 'changed-by-others';
    const after = await changer.send(scope, { method: 'GET', path: `${object.resourceType}/${id}`, tolerant: true });
    if (after.status === 404 || after.status === 410) return 'deleted';
    const value = (after.resource as unknown as Record<string, unknown> | undefined)?.[state.element];
    if (value === state.value) return end === 'entered-in-error' ? 'entered-in-error' : 'cancelled';
  }
  return 'undo-refused';
}

async function gone(scope: Scope, session: Session, resourceType: string, id: string): Promise<boolean> {
  const after = await session.send(scope, { method: 'GET', path: `${resourceType}/${id}`, tolerant: true });
  return after.status === 404 || after.status === 410;
}

// Only for creates whose answer never came. `unknown`: it could not be asked.
async function findByIdentifier(
  options: CleanupOptions,
  scope: Scope,
  object: OwnObject,
): Promise<{ readonly id: string | undefined } | 'unknown'> {
  const system = options.organization.writePolicy?.identifierSystem;
  const session = sessionFor(options, object, 's');
  if (session === undefined || system === undefined || object.identifier === undefined) return 'unknown';
  const answer = await session
    .send(scope, {
      method: 'POST',
      path: `${object.resourceType}/_search`,
      form:
        object.resourceType === 'Subscription'
          ? [['type', 'rest-hook']]
          : [['identifier', `${system}|${object.identifier}`]],
    })
    .catch((error: unknown) => {
      if (error instanceof ExchangeFault) return undefined;
      throw error;
    });
  const page = readSearchset(answer?.resource);
  if (page === undefined || page === 'too-many') return 'unknown';
  // A server may ignore the parameter and return strangers: only a body with our own identifier counts.
  const ours = page.matches.find((match) => carriesIdentifier(match, system, object.identifier));
  // Strangers instead: ours may stand on a page nobody asked for. A Subscription has no identifier to search by.
  const filterIgnored = object.resourceType !== 'Subscription' && page.matches.length > 0;
  return ours === undefined && (filterIgnored || page.next !== undefined) ? 'unknown' : { id: ours?.id };
}

function carriesIdentifier(resource: Resource, system: string | undefined, value: string | undefined): boolean {
  if (value === undefined) return false;
  // A Subscription has no identifier: https://hl7.org/fhir/R4/subscription.html
  if (resource.resourceType === 'Subscription') {
    const { reason } = resource as { reason?: unknown };
    return typeof reason === 'string' && reason.endsWith(` ${value}`);
  }
  // Nor has a Provenance; its first agent is named by it: https://hl7.org/fhir/R4/provenance.html
  const { identifier } =
    resource.resourceType === 'Provenance'
      ? ((resource as Partial<Provenance>).agent?.[0]?.who ?? {})
      : (resource as { identifier?: unknown });
  const all = (Array.isArray(identifier) ? identifier : [identifier]) as (
    { system?: unknown; value?: unknown } | undefined
  )[];
  return all.some((each) => each?.system === system && each?.value === value);
}

function asWeLeftIt(object: OwnObject, current: Resource): boolean {
  if (object.hashes.has(contentSha256(current))) return true;
  // The create was never answered and the server may have normalised it: an untouched first version is what we sent.
  return object.createUnanswered && current.meta?.versionId === '1';
}

function sessionFor(options: CleanupOptions, object: OwnObject, letter: string): Session | undefined {
  return sessionsFor(options, object, letter)[0];
}

function sessionsFor(options: CleanupOptions, object: OwnObject, letter: string): Session[] {
  const able = options.sessions.filter((session) => scopesAllow(session.grantedScopes, object.resourceType, letter));
  const isOwn = (session: Session): boolean => session.binding.id === object.binding;
  return [...able.filter(isOwn), ...able.filter((session) => !isOwn(session))];
}

function ownObjects(entries: readonly JournalEntry[]): OwnObject[] {
  const outcomes = new Map<string, JournalOutcome>();
  for (const entry of entries) if (entry.type === 'outcome') outcomes.set(entry.id, entry);
  const objects: OwnObject[] = [];
  const byId = new Map<string, OwnObject>();
  for (const [order, intent] of entries.entries()) {
    if (intent.type !== 'intent') continue;
    const outcome = outcomes.get(intent.id);
    const answered = outcome !== undefined && outcome.status >= 200 && outcome.status < 300;
    const unknown = outcome === undefined || outcome.status === 0 || outcome.status >= 500;
    if (intent.method === 'POST' && intent.undo === 'object' && (answered || unknown)) {
      const object = createdBy(intent, outcome, order, !answered || outcome?.contentSha256 === undefined);
      objects.push(object);
      if (object.objectId !== undefined) byId.set(`${object.resourceType}/${object.objectId}`, object);
    } else if (intent.objectId !== undefined && (answered || unknown)) {
      const object = byId.get(`${intent.resourceType}/${intent.objectId}`);
      if (object === undefined) continue;
      if (answered && outcome?.contentSha256 !== undefined) object.hashes = new Set([outcome.contentSha256]);
      else if (intent.predictedSha256 !== undefined) object.hashes.add(intent.predictedSha256);
      if (answered) object.createUnanswered = false;
    }
  }
  // Subscriptions first: undoing the others may be what they tell of (safety rule 19).
  const first = ({ resourceType }: OwnObject): number => (resourceType === 'Subscription' ? 0 : 1);
  return objects.sort((a, b) => first(a) - first(b) || b.order - a.order);
}

function createdBy(intent: Intent, outcome: JournalOutcome | undefined, order: number, unanswered: boolean): OwnObject {
  return {
    resourceType: intent.resourceType,
    identifier: intent.identifier,
    binding: intent.binding,
    objectId: outcome?.objectId,
    hashes: new Set([outcome?.contentSha256, intent.predictedSha256].filter((each) => each !== undefined)),
    createUnanswered: unanswered,
    order,
  };
}

function settled(
  options: CleanupOptions,
  resourceType: string,
  objectId: string,
  outcome: Exclude<UndoOutcome['outcome'], 'nothing'>,
): Settled {
  const how =
    outcome === 'deleted' || outcome === 'cancelled' || outcome === 'entered-in-error' || outcome === 'already-gone'
      ? outcome
      : 'residue';
  return {
    type: 'settled',
    at: options.now().toISOString(),
    resourceType,
    objectId,
    how,
    ...(how === 'residue' ? { reason: outcome } : {}),
  };
}

function cleanupBudget(options: CleanupOptions, objects: readonly OwnObject[]): TemplateBudget {
  const types = [...new Set(objects.map((object) => object.resourceType))];
  const contexts = [...new Set(options.sessions.map((session) => session.context))];
  const most = Math.max(1, objects.length) * requestsPerObject;
  return new TemplateBudget(
    'cleanup',
    types.flatMap((type) =>
      contexts.flatMap((context) => [
        { context, method: 'GET' as const, path: `${type}/{id}`, most },
        {
          context,
          method: 'POST' as const,
          path: `${type}/_search?${type === 'Subscription' ? 'type' : 'identifier'}`,
          most,
        },
        {
          context,
          method: 'POST' as const,
          path: `${type}/_search?_id&_count`,
          most: Math.ceil(most / objectsTogether),
        },
        { context, method: 'PATCH' as const, path: `${type}/{id}`, most, mutates: true },
        { context, method: 'DELETE' as const, path: `${type}/{id}`, most, mutates: true },
      ]),
    ),
  );
}

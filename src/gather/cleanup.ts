import type { Resource } from 'fhir/r4.js';
import { contentSha256 } from '../fhir/content.js';
import type { Residue } from '../model/evidence.js';
import type { Settled } from './journal.js';
import {
  findAlone,
  findTogether,
  isProven,
  objectsTogether,
  sessionFor,
  sessionsFor,
  shownTogether,
  type CleanupOptions,
  type CleanupWork,
} from './own-object-search.js';
import { ownObjects, type OwnObject } from './own-objects.js';
import { scopeFor, type Scope } from './recorder.js';
import { ExchangeFault, type Answer } from './request.js';
import type { Session } from './session.js';
import { TemplateBudget } from './template-match.js';
import { isLive, undoState } from './undo-state.js';
import { etagOf } from './writer.js';

export type { CleanupOptions };

export interface CleanupResult {
  readonly residue: readonly Residue[];
  readonly undone: number;
}

const requestsPerObject = 12;

/**
 * Undoes what the journal says this run did, newest first. An object is touched only with proof that it is ours: its id
 * stands in the journal as an answered write, or it was found by our identifier; and it carries this run's identifier and
 * the content we left. Everything else is residue (safety rules 19 to 21).
 */
export async function cleanUp(given: CleanupOptions): Promise<CleanupResult> {
  const objects = ownObjects(given.entries);
  const options: CleanupWork = { ...given, objects, surplus: [] };
  const scope = scopeFor('cleanup', 'run', cleanupBudget(options, objects), true);
  const residue: Residue[] = [];
  let undone = 0;
  const note = async (object: OwnObject, { outcome, id }: UndoOutcome): Promise<void> => {
    if (outcome === 'nothing') return;
    if (id !== undefined) await options.journal.record(settled(options, object.resourceType, id, outcome));
    if (outcome === 'deleted' || outcome === 'cancelled' || outcome === 'entered-in-error') undone += 1;
    else if (outcome !== 'already-gone')
      residue.push({ resourceType: object.resourceType, id: id ?? '', reason: outcome });
  };
  const alone = async (object: OwnObject): Promise<void> =>
    note(object, await refusedAtWorst(object, () => undoOne(options, scope, object)));
  await findTogether(options, scope);
  const shown = await shownTogether(options, scope, objects);
  const taken: OwnObject[] = [];
  for (const object of objects) {
    const asShown = await refusedAtWorst(object, () => undoAsShown(options, scope, object, shown.get(object)));
    if (asShown === 'taken-back') taken.push(object);
    else if (asShown === 'look-alone') await alone(object);
    else await note(object, asShown);
  }
  const after = await shownTogether(options, scope, taken);
  for (const object of taken) {
    const end = ends(options)[0];
    const seen = end && endSeen(object, { status: 200, resource: after.get(object) }, end);
    if (seen !== undefined) await note(object, { outcome: seen, id: object.objectId });
    else await note(object, await refusedAtWorst(object, () => verifyAlone(options, scope, object)));
  }
  for (const more of options.surplus) residue.push({ ...more, reason: 'not-provably-ours' });
  for (const stray of options.writer.strays) residue.push({ ...stray, reason: 'stored-under-another-patient' });
  return { residue, undone };
}

async function refusedAtWorst<T>(object: OwnObject, work: () => Promise<T>): Promise<T | UndoOutcome> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ExchangeFault)) throw error;
    return { outcome: 'undo-refused', id: object.objectId };
  }
}

/**
 * What the search has shown as ended is done with. What it shows in the very version and content we left is taken back by
 * its status; whether that came to pass is seen later, together with others. Anything else is looked at alone.
 */
async function undoAsShown(
  options: CleanupOptions,
  scope: Scope,
  object: OwnObject,
  current: Resource | undefined,
): Promise<UndoOutcome | 'taken-back' | 'look-alone'> {
  const id = object.objectId;
  if (current === undefined) return 'look-alone';
  // Taken back already, by the probe's own undo or by an earlier cleanup.
  if (!isLive(current)) return { outcome: 'already-gone', id };
  const [end] = ends(options);
  const [changer] = sessionsFor(options, object, 'u');
  const deletes =
    options.organization.writePolicy?.cleanup === 'delete' && sessionFor(options, object, 'd') !== undefined;
  const sure = etagOf(current) !== undefined && object.hashes.has(contentSha256(current));
  if (end === undefined || deletes || !sure || changer === undefined) return 'look-alone';
  const answer = await patchTo(options, scope, { object, current, changer, end });
  if (answer === undefined) return 'look-alone';
  if (answer.status === 412 || answer.status === 409) return { outcome: 'changed-by-others', id };
  return answer.ok ? 'taken-back' : 'look-alone';
}

/** An object the search does not show as taken back; when it is not, it is tried as if it had not been tried yet. */
async function verifyAlone(options: CleanupWork, scope: Scope, object: OwnObject): Promise<UndoOutcome> {
  const [end] = ends(options);
  const [changer] = sessionsFor(options, object, 'u');
  const seen =
    end && changer && endSeen(object, await readAgain(scope, changer, object.resourceType, object.objectId ?? ''), end);
  return seen === undefined ? undoOne(options, scope, object) : { outcome: seen, id: object.objectId };
}

type Undone = 'deleted' | 'cancelled' | 'entered-in-error';
type Left = 'not-provably-ours' | 'changed-by-others' | 'undo-refused' | 'outcome-unknown' | 'undo-by-person';
type UndoOutcome = { readonly outcome: Undone | Left | 'already-gone' | 'nothing'; readonly id: string | undefined };

async function undoOne(options: CleanupWork, scope: Scope, object: OwnObject): Promise<UndoOutcome> {
  const session = sessionFor(options, object, 'r') ?? options.sessions[0];
  if (session === undefined) return { outcome: 'undo-refused', id: object.objectId };
  if (object.absent === true) return { outcome: 'nothing', id: undefined };
  if (object.objectId === undefined) {
    const found = await findAlone(options, scope, object);
    if (found === 'unknown') return { outcome: 'outcome-unknown', id: undefined };
    if (found.id === undefined) return { outcome: 'nothing', id: undefined };
    object.objectId = found.id;
  }
  const id = object.objectId;
  const read = await session.send(scope, { method: 'GET', path: `${object.resourceType}/${id}`, tolerant: true });
  if (read.status === 404 || read.status === 410) return { outcome: 'already-gone', id };
  const current = read.resource;
  if (!read.ok || current?.resourceType !== object.resourceType) return { outcome: 'undo-refused', id };
  if (!isProven(options, object, current)) return { outcome: 'not-provably-ours', id };
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
  for (const end of ends(options)) {
    const left = await endInState(options, scope, object, current, end);
    if (left !== 'undo-refused') return left;
  }
  return 'undo-refused';
}

type End = 'cancel' | 'entered-in-error';

/** What has come to an end cannot be cancelled any more, only called an error. */
function ends({ organization }: CleanupOptions): readonly End[] {
  const way = organization.writePolicy?.cleanup ?? 'none';
  if (way === 'none') return [];
  return way === 'entered-in-error' ? [way] : ['cancel', 'entered-in-error'];
}

async function endInState(
  options: CleanupOptions,
  scope: Scope,
  object: OwnObject,
  current: Resource,
  end: End,
): Promise<Undone | Left> {
  // Whoever wrote it first; a client that may write need not be one that may take back.
  for (const changer of sessionsFor(options, object, 'u')) {
    const answer = await patchTo(options, scope, { object, current, changer, end });
    if (answer === undefined) return 'undo-refused';
    // A 412 means that somebody was faster: never tried again with the newer version.
    if (answer.status === 412 || answer.status === 409) return 'changed-by-others';
    const after = await readAgain(scope, changer, object.resourceType, object.objectId ?? '');
    const seen = endSeen(object, after, end);
    if (seen !== undefined) return seen;
  }
  return 'undo-refused';
}

/** Undefined where objects of this type have no such state. */
async function patchTo(
  { writer }: CleanupOptions,
  scope: Scope,
  { object, current, changer, end }: { object: OwnObject; current: Resource; changer: Session; end: End },
): Promise<Answer | undefined> {
  const state = undoState(object.resourceType, end);
  if (state === undefined) return undefined;
  const path = `/${state.element}`;
  return writer.write(changer, scope, {
    method: 'PATCH',
    resourceType: object.resourceType,
    objectId: object.objectId ?? '',
    basedOn: current,
    undo: true,
    body: [
      { op: 'test', path, value: (current as unknown as Record<string, unknown>)[state.element] },
      { op: 'replace', path, value: state.value },
    ],
    ...(etagOf(current) === undefined ? {} : { ifMatch: etagOf(current) ?? null }),
  });
}

/** How the object has ended by what was seen of it afterwards; undefined when it has not. */
function endSeen(
  { resourceType }: OwnObject,
  { status, resource }: { readonly status: number; readonly resource: Resource | undefined },
  end: End,
): Undone | undefined {
  if (status === 404 || status === 410) return 'deleted';
  const state = undoState(resourceType, end);
  const value = (resource as unknown as Record<string, unknown> | undefined)?.[state?.element ?? ''];
  if (state === undefined || value !== state.value) return undefined;
  return end === 'entered-in-error' ? 'entered-in-error' : 'cancelled';
}

const readAgain = (scope: Scope, session: Session, resourceType: string, id: string): Promise<Answer> =>
  session.send(scope, { method: 'GET', path: `${resourceType}/${id}`, tolerant: true });

async function gone(scope: Scope, session: Session, resourceType: string, id: string): Promise<boolean> {
  const after = await readAgain(scope, session, resourceType, id);
  return after.status === 404 || after.status === 410;
}

function asWeLeftIt(object: OwnObject, current: Resource): boolean {
  if (object.hashes.has(contentSha256(current))) return true;
  // The create was never answered and the server may have normalised it: an untouched first version is what we sent.
  return object.createUnanswered && current.meta?.versionId === '1';
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
          // Before it is taken back, and afterwards.
          most: 2 * Math.ceil(objects.length / objectsTogether),
        },
        { context, method: 'PATCH' as const, path: `${type}/{id}`, most, mutates: true },
        { context, method: 'DELETE' as const, path: `${type}/{id}`, most, mutates: true },
      ]),
    ),
  );
}

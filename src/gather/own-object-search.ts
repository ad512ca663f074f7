import type { Provenance, Resource } from 'fhir/r4.js';
import { readSearchset, type SearchPage } from '../fhir/bundle.js';
import { scopesAllow } from '../fhir/scopes.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import type { Journal, JournalEntry } from './journal.js';
import type { OwnObject } from './own-objects.js';
import type { Scope } from './recorder.js';
import { ExchangeFault } from './request.js';
import type { Session } from './session.js';
import { isLive } from './undo-state.js';
import type { StrayObject, Writer } from './writer.js';

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

/** A cleanup with all there is to be done. */
export interface CleanupWork extends CleanupOptions {
  readonly objects: readonly OwnObject[];
  /** Living objects that carry an identifier of the run beyond those it can have made: more than its intents. */
  readonly surplus: StrayObject[];
}

/** Objects looked for in one search. */
export const objectsTogether = 200;
const worthASearch = 2;

/** The objects as a search shows them, many at a time and each with our identifier; whatever is missing is read alone. */
export async function shownTogether(
  options: CleanupOptions,
  scope: Scope,
  objects: readonly OwnObject[],
): Promise<ReadonlyMap<OwnObject, Resource>> {
  const shown = new Map<OwnObject, Resource>();
  for (const [type, own] of searchable(objects)) {
    const [first] = own;
    const session = first && sessionFor(options, first, 's');
    if (session === undefined) continue;
    for (let from = 0; from < own.length; from += objectsTogether) {
      const asked = own.slice(from, from + objectsTogether);
      const page = await searched(session, scope, type, [
        ['_id', asked.map(({ objectId }) => objectId).join(',')],
        ['_count', String(asked.length)],
      ]);
      if (page === undefined) break;
      for (const object of asked) {
        const found = page.matches.find(({ resourceType, id }) => resourceType === type && id === object.objectId);
        if (found !== undefined && isProven(options, object, found)) shown.set(object, found);
      }
    }
  }
  return shown;
}

/**
 * Objects whose creates were never answered, many in one search by their identifiers. Several may carry one: a product
 * that books twice does so under one call. Each intent gets one of them, the living first; who gets none made nothing.
 */
export async function findTogether(options: CleanupWork, scope: Scope): Promise<void> {
  const { objects } = options;
  const system = options.organization.writePolicy?.identifierSystem;
  const wanted = new Map<string, OwnObject[]>();
  for (const object of objects) {
    if (object.objectId !== undefined || object.identifier === undefined || !identified(object)) continue;
    wanted.set(object.resourceType, [...(wanted.get(object.resourceType) ?? []), object]);
  }
  for (const [type, own] of wanted) {
    const [first] = own;
    const session = first && sessionFor(options, first, 's');
    if (session === undefined || system === undefined || own.length < worthASearch) continue;
    const asked = [...new Set(own.map(({ identifier }) => `${system}|${identifier}`))];
    const page = await searched(session, scope, type, [['identifier', asked.slice(0, objectsTogether).join(',')]]);
    const ours = page?.matches.filter((match) =>
      own.some(({ identifier }) => carriesIdentifier(match, system, identifier)),
    );
    // Strangers, or a page nobody asked for: each is looked for alone.
    if (page === undefined || ours?.length !== page.matches.length || page.next !== undefined) continue;
    const claimed = claimedOf(objects);
    for (const object of own) {
      const match = unclaimed(ours, claimed, object, system);
      if (match?.id !== undefined) claimed.add(`${type}/${match.id}`);
      if (asked.slice(0, objectsTogether).includes(`${system}|${object.identifier}`)) {
        object.objectId = match?.id;
        object.absent = match === undefined;
      }
    }
    for (const object of own) noteSurplus(options, object, ours, system);
  }
}

const claimedOf = (objects: readonly OwnObject[]): Set<string> =>
  new Set(objects.map(({ resourceType, objectId }) => `${resourceType}/${objectId}`));

/** An object of this identifier that belongs to no other intent; a living one where there is any. */
function unclaimed(
  matches: readonly Resource[],
  claimed: ReadonlySet<string>,
  { resourceType, identifier }: OwnObject,
  system: string | undefined,
): Resource | undefined {
  const left = matches.filter(
    (match) => carriesIdentifier(match, system, identifier) && !claimed.has(`${resourceType}/${match.id}`),
  );
  return left.find(isLive) ?? left[0];
}

/** What still lives under an identifier when every intent of it has its object. */
function noteSurplus(
  { objects, surplus }: CleanupWork,
  { resourceType, identifier }: OwnObject,
  matches: readonly Resource[],
  system: string | undefined,
): void {
  const open = objects.some((each) => each.identifier === identifier && each.objectId === undefined && !each.absent);
  if (open) return;
  const known = new Set([...claimedOf(objects), ...surplus.map((each) => `${each.resourceType}/${each.id}`)]);
  for (const match of matches) {
    const { id = '' } = match;
    if (known.has(`${resourceType}/${id}`) || !isLive(match) || !carriesIdentifier(match, system, identifier)) continue;
    surplus.push({ resourceType, id });
  }
}

/** A Subscription and a Provenance have no identifier that could be searched. */
const identified = ({ resourceType }: OwnObject): boolean => !['Subscription', 'Provenance'].includes(resourceType);

/** What the AI system made is proven by the journal alone; what the run made carries its identifier too. */
export const isProven = ({ organization }: CleanupOptions, object: OwnObject, current: Resource): boolean =>
  object.foreign === true || carriesIdentifier(current, organization.writePolicy?.identifierSystem, object.identifier);

/** Only for creates whose answer never came. `unknown`: it could not be asked. */
export async function findAlone(
  options: CleanupWork,
  scope: Scope,
  object: OwnObject,
): Promise<{ readonly id: string | undefined } | 'unknown'> {
  const system = options.organization.writePolicy?.identifierSystem;
  const session = sessionFor(options, object, 's');
  if (session === undefined || system === undefined || object.identifier === undefined) return 'unknown';
  const page = await searched(
    session,
    scope,
    object.resourceType,
    object.resourceType === 'Subscription'
      ? [['type', 'rest-hook']]
      : [['identifier', `${system}|${object.identifier}`]],
  );
  if (page === undefined) return 'unknown';
  // A server may ignore the parameter and return strangers: only a body with our own identifier counts.
  const ours = unclaimed(page.matches, claimedOf(options.objects), object, system);
  // Strangers instead: ours may stand on a page nobody asked for. A Subscription has no identifier to search by.
  const strangers = page.matches.some((match) => !carriesIdentifier(match, system, object.identifier));
  const filterIgnored = object.resourceType !== 'Subscription' && strangers;
  if (ours === undefined) return filterIgnored || page.next !== undefined ? 'unknown' : { id: undefined };
  object.objectId = ours.id;
  noteSurplus(options, object, page.matches, system);
  return { id: ours.id };
}

/** One page of a search; undefined where it could not be asked or the answer is none. */
async function searched(
  session: Session,
  scope: Scope,
  type: string,
  form: readonly (readonly [string, string])[],
): Promise<SearchPage | undefined> {
  const answer = await session
    .send(scope, { method: 'POST', path: `${type}/_search`, form, tolerant: true })
    .catch((error: unknown) => {
      if (error instanceof ExchangeFault) return undefined;
      throw error;
    });
  const page = answer?.ok === true ? readSearchset(answer.resource) : undefined;
  return page === 'too-many' ? undefined : page;
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

export function sessionFor(options: CleanupOptions, object: OwnObject, letter: string): Session | undefined {
  return sessionsFor(options, object, letter)[0];
}

export function sessionsFor(options: CleanupOptions, object: OwnObject, letter: string): Session[] {
  const able = options.sessions.filter((session) => scopesAllow(session.grantedScopes, object.resourceType, letter));
  const isOwn = (session: Session): boolean => session.binding.id === object.binding;
  return [...able.filter(isOwn), ...able.filter((session) => !isOwn(session))];
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

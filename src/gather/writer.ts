import type { Bundle, Provenance, ProvenanceAgent, Resource, Subscription } from 'fhir/r4.js';
import { applyPatch, type Operation } from 'rfc6902';
import { canonicalJson, contentSha256 } from '../fhir/content.js';
import { readAuditEvent } from '../fhir/audit-event.js';
import { localReference, patientsOf } from '../fhir/reference.js';
import { sha256Hex } from '../model/chain.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import type { Residue } from '../model/evidence.js';
import type { Journal } from './journal.js';
import type { Scope } from './recorder.js';
import { ExchangeFault, type Answer, type OutgoingRequest } from './request.js';
import type { Session } from './session.js';
import type { StartingLine } from './starting-line.js';
import { writeAllowed, type WriteRefusal } from './write-policy.js';

/** A change the tool makes; everything a journal needs is known before it is sent. */
export interface Change {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly resourceType: string;
  /** Absent for a create. */
  readonly objectId?: string;
  /** Whole resource for POST and PUT, JSON Patch for PATCH. */
  readonly body?: Resource | readonly Operation[];
  /** The resource as last read; needed for everything but a create. */
  readonly basedOn?: Resource;
  /** Value of If-Match; `null` sends none on purpose. */
  readonly ifMatch?: string | null;
  readonly ifNoneExist?: string;
  /** From `newIdentifier`, when the caller has to find what it created by itself. */
  readonly identifier?: string;
  /** Given up on purpose at `deadlineMs`, as a client that loses its connection. */
  readonly abandon?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly measured?: OutgoingRequest['measured'];
  readonly deadlineMs?: number;
  /** Sent only when the other writes of a race are ready too. */
  readonly startingLine?: StartingLine;
  /** An undo is reserved beforehand and counts in no limit. */
  readonly undo?: boolean;
  /** A test expects a refusal; if it succeeds the object is undone like any other. */
  readonly expectRefusal?: boolean;
}

/** A Bundle whose entries are all creates. */
export interface BundleChange {
  readonly bundle: Bundle;
  /** From `newIdentifier`, one for each entry. */
  readonly identifiers: readonly string[];
  readonly expectRefusal?: boolean;
}

/** Whose credentials a change is made with. */
type Writing = Pick<Session, 'context'> & { readonly binding: { readonly id: string } };

export interface WriterOptions {
  readonly journal: Journal;
  readonly organization: OrganizationProfile;
  readonly runId: string;
  readonly refusal: WriteRefusal | undefined;
  /** How far the EHR's clock is from ours; an approval in date by a wrong clock is none (safety rule 11). */
  readonly clockOffsetMs?: () => number;
  readonly now: () => Date;
  /** Start of the ids in the journal; a later cleanup uses its own. */
  readonly idPrefix?: string;
}

export interface StrayObject {
  readonly resourceType: string;
  readonly id: string;
}

/** Id of a patient who does not exist; whoever uses it has seen so. What a server stores for it is a test object. */
export const noSuchPatient = 'ehr-scorecard-no-such-patient';

/** Clocks further apart than this say nothing about the date of an approval. */
const mostClockOffsetMs = 5 * 60_000;

/**
 * The only way anything is written. Checks the organization's policy, journals the intent, sends, journals the outcome.
 * Objects it creates carry the run's tag and an identifier of their own (safety rules 11 to 18).
 */
export class Writer {
  readonly refusal: WriteRefusal | undefined;
  /** Objects the server stored under a patient that is not ours; once there is one, nothing more is written. */
  readonly strays: StrayObject[] = [];
  /** What a test of ours took away and cannot put back. */
  readonly residue: Residue[] = [];
  readonly counts = { writes: 0, undone: 0 };
  /** How often the AI system was asked for something that is the run's to take back. */
  announced = 0;
  readonly #options: WriterOptions;
  #next = 1;
  /** Intents by identifier, those first that nothing has come of yet. */
  readonly #intents = new Map<string, string[]>();
  /** `Type/id` of what this run has created. */
  readonly #created = new Set<string>();

  constructor(options: WriterOptions) {
    this.#options = options;
    this.refusal = options.refusal;
  }

  get runId(): string {
    return this.#options.runId;
  }

  /** A business identifier of this run, never given out before. */
  newIdentifier(): string {
    return `${this.#options.runId}-${this.#next++}`;
  }

  /** Adds tag and identifier to a body that is about to be created. */
  marked(body: Resource, identifier = this.newIdentifier()): { readonly body: Resource; readonly identifier: string } {
    const { writePolicy } = this.#options.organization;
    const own = { system: writePolicy?.identifierSystem, value: identifier };
    const existing = (body as { identifier?: unknown }).identifier;
    return {
      identifier,
      body: {
        ...body,
        meta: {
          ...body.meta,
          ...(writePolicy?.tag === undefined ? {} : { tag: [...(body.meta?.tag ?? []), writePolicy.tag] }),
        },
        ...(body.resourceType === 'Subscription'
          ? // It has no identifier; its reason is the one text that is ours.
            { reason: `${(body as Subscription).reason} ${identifier}` }
          : body.resourceType === 'Provenance'
            ? // Nor has this one; its first agent is the machine that writes it.
              { agent: (body as Provenance).agent.map((agent, n) => (n > 0 ? agent : named(agent, own))) }
            : { identifier: [own, ...(Array.isArray(existing) ? (existing as unknown[]) : [])] }),
      },
    };
  }

  /**
   * @throws ExchangeFault `writes-off`, `cap`, or from the exchange; a write whose outcome is unknown is in the journal
   */
  async write(session: Session, scope: Scope, change: Change): Promise<Answer> {
    const marked = change.method === 'POST' ? this.marked(change.body as Resource, change.identifier) : undefined;
    const body = marked?.body ?? change.body;
    if (change.undo !== true) this.#permit(change, body);
    const text = body === undefined ? '' : JSON.stringify(body);
    const id = await this.#intend(session, scope, change, body, marked?.identifier);
    await change.startingLine?.arrive();
    let answer: Answer;
    try {
      answer = await session.send(scope, requestOf(change, text));
    } catch (error) {
      if (error instanceof ExchangeFault) await this.#outcome(id, 0, undefined, undefined);
      throw error;
    }
    const representation =
      answer.ok && answer.resource?.resourceType === change.resourceType ? answer.resource : undefined;
    // A conditional create that matched answers 200 with somebody's object; it was not created by this write.
    const matched =
      change.ifNoneExist !== undefined && answer.status === 200 && !this.#carries(representation, marked?.identifier);
    const stored = matched ? undefined : representation;
    const objectId = matched
      ? undefined
      : (stored?.id ?? change.objectId ?? idOfLocation(answer.headers['location'], change.resourceType));
    await this.#outcome(id, answer.status, objectId, stored);
    if (change.method === 'POST' && answer.ok && objectId !== undefined)
      this.#created.add(`${change.resourceType}/${objectId}`);
    if (stored !== undefined) this.#checkPatient(stored);
    if (change.measured === undefined && [429, 502, 503, 504].includes(answer.status)) {
      throw new ExchangeFault('unavailable', `the server answered ${answer.status} to a write`, answer.exchange, true);
    }
    return answer;
  }

  /**
   * Creates several objects with one Bundle; each is permitted, marked and journalled as a write of its own.
   * @throws ExchangeFault `writes-off`, `cap`, or from the exchange
   */
  async writeBundle(session: Session, scope: Scope, change: BundleChange): Promise<Answer> {
    const { bundle, identifiers, expectRefusal } = change;
    const ids: string[] = [];
    const entry = (bundle.entry ?? []).map((each, index) => {
      const resource = each.resource as Resource;
      return { ...each, resource: this.marked(resource, identifiers[index]).body };
    });
    const changes = entry.map(({ resource }): Change => ({
      method: 'POST',
      resourceType: resource.resourceType,
      body: resource,
      ...(expectRefusal === undefined ? {} : { expectRefusal }),
    }));
    for (const each of changes) this.#permit(each, each.body);
    for (const [index, each] of changes.entries()) {
      ids.push(await this.#intend(session, scope, each, each.body, identifiers[index]));
    }
    const said = async (answer: Answer | undefined): Promise<void> => {
      const entries = answer?.resource?.resourceType === 'Bundle' ? (answer.resource as Bundle).entry : undefined;
      for (const [index, id] of ids.entries()) {
        const { resource, response } = (Array.isArray(entries) ? entries[index] : undefined) ?? {};
        const status = Number.parseInt(response?.status ?? '', 10);
        const type = changes[index]?.resourceType ?? '';
        const stored = resource?.resourceType === type ? resource : undefined;
        const objectId = stored?.id ?? idOfLocation(response?.location, type);
        await this.#outcome(id, Number.isNaN(status) ? (answer?.status ?? 0) : status, objectId, stored);
        if (stored !== undefined) this.#checkPatient(stored);
      }
    };
    let answer: Answer;
    try {
      const body = JSON.stringify({ ...bundle, entry });
      const headers = { prefer: 'return=representation' };
      answer = await session.send(scope, { method: 'POST', path: '', body, headers, tolerant: true });
    } catch (error) {
      if (error instanceof ExchangeFault) await said(undefined);
      throw error;
    }
    await said(answer);
    if ([429, 502, 503, 504].includes(answer.status)) {
      throw new ExchangeFault('unavailable', `the server answered ${answer.status} to a bundle`, answer.exchange, true);
    }
    return answer;
  }

  /** Writes down what is about to be sent. Answers its id in the journal. */
  async #intend(
    session: Writing,
    scope: Scope,
    change: Change,
    body: Change['body'],
    identifier: string | undefined,
  ): Promise<string> {
    const id = `${this.#options.idPrefix ?? 'w'}${this.counts.writes + this.counts.undone + 1}`;
    const predicted = predictedSha256(change, body);
    if (change.undo === true) this.counts.undone += 1;
    else this.counts.writes += 1;
    if (identifier !== undefined) this.#intents.set(identifier, [id, ...(this.#intents.get(identifier) ?? [])]);
    await this.#options.journal.intend({
      type: 'intent',
      id,
      at: this.#options.now().toISOString(),
      context: session.context,
      binding: session.binding.id,
      method: change.method,
      resourceType: change.resourceType,
      ...(change.objectId === undefined ? {} : { objectId: change.objectId }),
      ...(identifier === undefined ? {} : { identifier }),
      probe: scope.probe,
      subject: scope.subject,
      bodySha256: sha256Hex(body === undefined ? '' : JSON.stringify(body)),
      ...(predicted === undefined ? {} : { predictedSha256: predicted }),
      undo: change.undo === true ? 'none' : 'object',
    });
    return id;
  }

  /**
   * Writes down, before the AI system is asked for something, that whatever it creates under this identifier is the run's
   * to take back, like a create whose answer never came.
   *
   * @throws ExchangeFault `writes-off`, `cap`
   */
  async announce(by: Writing, scope: Scope, resourceType: string, identifier: string): Promise<void> {
    const change: Change = { method: 'POST', resourceType };
    this.#permit(change, undefined);
    await this.#intend(by, scope, change, undefined, identifier);
    this.announced += 1;
  }

  /** Journals the id and content of an object found after a create whose answer did not say enough. */
  async found(identifier: string, stored: Resource): Promise<void> {
    const [id, ...others] = this.#intents.get(identifier) ?? [];
    if (id !== undefined) {
      this.#intents.set(identifier, [...others, id]);
      await this.#outcome(id, 200, stored.id, stored);
    }
    this.#checkPatient(stored);
  }

  /** Journals an object that the AI system has made for an action without an identifier of ours. */
  async foreign(by: Writing, action: string, stored: Resource): Promise<void> {
    const { resourceType, id = '', meta } = stored;
    await this.#options.journal.record({
      type: 'foreign',
      at: this.#options.now().toISOString(),
      binding: by.binding.id,
      resourceType,
      objectId: id,
      action,
      ...(meta?.versionId === undefined ? {} : { versionId: meta.versionId }),
      contentSha256: contentSha256(stored),
    });
    this.#checkPatient(stored);
  }

  #carries(resource: Resource | undefined, value: string | undefined): boolean {
    const { identifier } = (resource ?? {}) as { identifier?: unknown };
    const system = this.#options.organization.writePolicy?.identifierSystem;
    return (Array.isArray(identifier) ? identifier : [identifier]).some(
      (each: { system?: unknown; value?: unknown } | undefined) => each?.system === system && each?.value === value,
    );
  }

  #permit(change: Change, body: Change['body']): void {
    if (this.refusal !== undefined) throw new ExchangeFault('writes-off', this.refusal.detail, undefined);
    const offsetMs = this.#options.clockOffsetMs?.() ?? 0;
    if (Math.abs(offsetMs) > mostClockOffsetMs) {
      const minutes = Math.round(Math.abs(offsetMs) / 60_000);
      throw new ExchangeFault(
        'writes-off',
        `the clocks of this machine and of the EHR are ${minutes} minutes apart`,
        undefined,
      );
    }
    if (this.strays.length > 0) {
      throw new ExchangeFault(
        'writes-off',
        'an object was stored under another patient, nothing more is written',
        undefined,
      );
    }
    const { organization } = this.#options;
    const interaction = ({ POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const)[change.method];
    if (
      change.expectRefusal !== true &&
      !writeAllowed(organization, change.resourceType, interaction, statesOf(change, body))
    ) {
      throw new ExchangeFault(
        'writes-off',
        `writePolicy.allow does not list ${interaction} of ${change.resourceType}`,
        undefined,
      );
    }
    const most = organization.writePolicy?.maxPerRun;
    if (most !== undefined && this.counts.writes >= most) {
      throw new ExchangeFault('cap', `writePolicy.maxPerRun (${most}) is reached`, undefined);
    }
    const before =
      change.basedOn ?? (change.method === 'POST' || change.method === 'PUT' ? (body as Resource) : undefined);
    if (before !== undefined && !this.#concernsTestData(before)) {
      throw new ExchangeFault(
        'no-test-object',
        'the object to be written does not belong to a listed test patient',
        undefined,
      );
    }
  }

  #concernsTestData(resource: Resource): boolean {
    const { testData } = this.#options.organization;
    const listed = new Set([noSuchPatient, ...(testData?.patients ?? []).map((patient) => patient.id)]);
    const patients =
      resource.resourceType === 'AuditEvent' ? (readAuditEvent(resource)?.patients ?? []) : patientsOf(resource);
    if (resource.resourceType === 'Subscription') return true;
    // It speaks of objects, and only of those this run has made.
    if (resource.resourceType === 'Provenance') {
      const targets = (resource as Provenance).target.map(({ reference }) => localReference(reference) ?? '');
      return targets.length > 0 && targets.every((target) => this.#created.has(target));
    }
    return patients.length > 0 && patients.every((patient) => listed.has(patient));
  }

  #checkPatient(stored: Resource): void {
    if (patientsOf(stored).length === 0 || this.#concernsTestData(stored)) return;
    const { resourceType, id = '' } = stored;
    const known = this.strays.some((stray) => stray.resourceType === resourceType && stray.id === id);
    if (!known) this.strays.push({ resourceType, id });
  }

  async #outcome(
    id: string,
    status: number,
    objectId: string | undefined,
    stored: Resource | undefined,
  ): Promise<void> {
    await this.#options.journal.record({
      type: 'outcome',
      id,
      at: this.#options.now().toISOString(),
      status,
      ...(objectId === undefined ? {} : { objectId }),
      ...(stored?.meta?.versionId === undefined ? {} : { versionId: stored.meta.versionId }),
      ...(stored === undefined ? {} : { contentSha256: contentSha256(stored) }),
    });
  }
}

const named = (agent: ProvenanceAgent, own: { system: string | undefined; value: string }): object => ({
  ...agent,
  who: { ...agent.who, identifier: own },
});

function requestOf(change: Change, text: string): OutgoingRequest {
  const path = change.objectId === undefined ? change.resourceType : `${change.resourceType}/${change.objectId}`;
  const ifMatch = change.ifMatch ?? (change.ifMatch === null ? undefined : etagOf(change.basedOn));
  return {
    method: change.method,
    path,
    ...(text === '' ? {} : { body: text }),
    contentType: change.method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json',
    headers: {
      prefer: 'return=representation',
      ...(change.method !== 'POST' && ifMatch !== undefined ? { 'if-match': ifMatch } : {}),
      ...(change.ifNoneExist === undefined ? {} : { 'if-none-exist': change.ifNoneExist }),
      ...change.headers,
    },
    ...(change.measured === undefined ? {} : { measured: change.measured }),
    ...(change.deadlineMs === undefined ? {} : { deadlineMs: change.deadlineMs }),
    ...(change.abandon === undefined ? {} : { abandon: change.abandon }),
    tolerant: true,
  };
}

/** Weak ETag of the version last read (https://hl7.org/fhir/R4/http.html#versioning). */
export const etagOf = (resource: Resource | undefined): string | undefined =>
  resource?.meta?.versionId === undefined ? undefined : `W/"${resource.meta.versionId}"`;

// The states a change leads to; a document has two (status and docStatus), and either may be the one that is agreed.
function statesOf(change: Change, body: Change['body']): string[] {
  if (change.method === 'DELETE' || body === undefined) return [];
  const values = Array.isArray(body)
    ? (body as readonly Operation[])
        .filter((each) => each.op === 'replace' && (each.path === '/status' || each.path === '/docStatus'))
        .map((each) => (each as { value?: unknown }).value)
    : [(body as { status?: unknown }).status, (body as { docStatus?: unknown }).docStatus];
  return values.filter((value) => typeof value === 'string');
}

/** What the content will be if the server applies exactly this change; lets cleanup recognise it after a crash. */
function predictedSha256(change: Change, body: Change['body']): string | undefined {
  if (change.method === 'DELETE' || body === undefined) return undefined;
  if (!Array.isArray(body)) return contentSha256(body as Resource);
  if (change.basedOn === undefined) return undefined;
  const copy = JSON.parse(canonicalJson(change.basedOn)) as Resource;
  const failures = applyPatch(copy, [...(body as Operation[])]).filter((each) => each !== null);
  return failures.length === 0 ? contentSha256(copy) : undefined;
}

/** Logical id in a Location header, when it names an object of this type. */
export function idOfLocation(location: string | undefined, resourceType: string): string | undefined {
  const match = /(?:^|\/)([A-Z][A-Za-z]{1,40})\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/.exec(
    location ?? '',
  );
  return match?.[1] === resourceType ? match[2] : undefined;
}

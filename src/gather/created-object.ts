import type { Resource } from 'fhir/r4.js';
import { explains, readSearchset } from '../fhir/bundle.js';
import { storedDifference, type StoredDifference } from '../fhir/stored-difference.js';
import { parseDurationMs } from '../model/documents/duration.js';
import type { ContractAction } from '../model/documents/contract.js';
import type { FactValue } from '../model/fact.js';
import type { Subject } from '../model/subject.js';
import { ObjectTemplates, requestStep, searchTemplate, stateElement } from './action-steps.js';
import { freshBody, freshKeyTemplates } from './business-key.js';
import type { Client, ProbeTools, RunDocuments } from './probe.js';
import { withOneTimeWord } from './one-time-word.js';
import { ExchangeFault, type Answer, type RequestTemplate } from './request.js';
import { creatingAction, type FilledBody } from './test-objects.js';
import { idOfLocation } from './writer.js';

/** The one object of an action that every probe of tier `one` shares, and how it came to be. */
export interface CreatedObject {
  readonly filled: FilledBody;
  /** As read again; undefined when it could not be found. */
  readonly stored: Resource | undefined;
  readonly outcome: FactValue<'create-outcome'>;
  /** Last answer to the create. */
  readonly answer: Answer;
  /** Time the create took on the wire. */
  readonly durationMs: number;
  readonly exchanges: readonly string[];
  /** Digest of the one-time word in its description; undefined where it has none. */
  readonly wordDigest: string | undefined;
}

const tries = 3;
const rereads = 5;
const defaultVisibleMs = 5_000;
const longestVisibleMs = 10_000;

/** What making the shared object may send; every probe that uses it may be the first. */
export function createdObjectTemplates(
  subject: Subject<'action'>,
  { contract }: Pick<RunDocuments, 'contract'>,
): RequestTemplate[] {
  const { action } = subject.item;
  const type = action.resource ?? '';
  const find = requestStep(subject.item, 'find')?.url;
  const readBack = requestStep(subject.item, 'readBack')?.url;
  return [
    // A second body when the answer to the first is lost.
    ...freshKeyTemplates(contract, action, 2),
    { context: 'ai', method: 'GET', path: 'Patient/{id}', most: 2 },
    { context: 'ai', method: 'POST', path: type, most: tries, mutates: true },
    readBack?.includes('?') === true
      ? searchTemplate('ai', readBack, 2 * rereads)
      : { context: 'ai', method: 'GET', path: `${type}/{id}`, most: 2 * rereads },
    searchTemplate('ai', find ?? `${type}?identifier=`, tries + rereads),
  ];
}

/**
 * The shared object of a creating action, made by the first probe that asks: created by the contract's body for an unused
 * key, with its precondition, found and read again.
 * @throws ExchangeFault
 */
export async function createdObject(subject: Subject<'action'>, tools: ProbeTools): Promise<CreatedObject> {
  const created = await tools.once(`created:${subject.item.action.id}`, () =>
    new Creation(subject, tools, tools.clients.ai).make(),
  );
  tools.cite(created.exchanges);
  return created;
}

/** The shared object as it was stored. @throws ExchangeFault `prerequisite-failed` when it is not there */
export async function storedObject(
  subject: Subject<'action'>,
  tools: ProbeTools,
): Promise<CreatedObject & { readonly stored: Resource }> {
  const created = await createdObject(subject, tools);
  const { stored } = created;
  if (stored === undefined) {
    throw new ExchangeFault('prerequisite-failed', 'the object to try it on could not be created', undefined);
  }
  return { ...created, stored };
}

/** Elements the contract itself writes: keys of its body, and the element its state stands in. */
export function writtenElements(action: ContractAction): string[] {
  const keys = Object.keys(action.body ?? {}).filter((key) => key !== 'resourceType');
  return [...new Set([...keys, ...(action.states?.to === undefined ? [] : [stateElement(action)])])];
}

class Creation {
  readonly #subject: Subject<'action'>;
  readonly #tools: ProbeTools;
  readonly #ai: Client;
  readonly #exchanges: string[] = [];

  constructor(subject: Subject<'action'>, tools: ProbeTools, ai: Client) {
    this.#subject = subject;
    this.#tools = tools;
    this.#ai = ai;
  }

  async make(): Promise<CreatedObject> {
    const { item } = this.#subject;
    const given = await this.#ai.allowed(() => Promise.resolve(false));
    let { filled, wordDigest } = await this.#freshBody();
    const before = given || (await this.#readsPatient(filled));
    let serverErrors = 0;
    let lost = false;
    for (let attempt = 1; ; attempt++) {
      const identifier = this.#tools.writer.newIdentifier();
      const answer = await this.#create(filled, identifier, !lost);
      if (answer === undefined) {
        // Whatever became of it is known by now; what an answer says is learned from another object.
        lost = true;
        ({ filled, wordDigest } = await this.#freshBody());
        continue;
      }
      const found = answer.ok || answer.status >= 500 ? await this.#find(answer, identifier, filled) : undefined;
      if (answer.status >= 500 && found === undefined) {
        serverErrors += 1;
        if (attempt < tries) {
          await this.#tools.pause(this.#tools.environmentClass === 'simulator' ? 100 : 5_000);
          continue;
        }
      }
      if (found !== undefined) await this.#tools.writer.found(identifier, found.stored);
      const creating = creatingAction(this.#tools.contract, item.action) ?? item.action;
      const difference: StoredDifference =
        found === undefined
          ? { normalised: [], dropped: [], changed: [] }
          : storedDifference(filled.body, found.stored, writtenElements(creating));
      const { resource } = answer;
      return {
        filled,
        stored: found?.stored,
        answer,
        durationMs: answer.timing.endAtMs - answer.timing.sentAtMs,
        exchanges: this.#exchanges,
        wordDigest,
        outcome: {
          status: answer.status,
          tries: attempt,
          serverErrors,
          explained: explains(resource),
          location: this.#location(answer, found?.stored),
          representation: resource?.resourceType === filled.body.resourceType,
          versioned:
            answer.headers['etag'] !== undefined ||
            resource?.meta?.versionId !== undefined ||
            (answer.headers['location'] ?? '').includes('/_history/'),
          foundBy: found?.by ?? 'nothing',
          normalised: [...difference.normalised],
          dropped: [...difference.dropped],
          changed: [...difference.changed],
          controlsHeld: before && (found !== undefined || (await this.#readsPatient(filled))),
        },
      };
    }
  }

  async #freshBody(): Promise<{ readonly filled: FilledBody; readonly wordDigest: string | undefined }> {
    return withOneTimeWord(await freshBody(this.#tools, this.#subject.item, this.#ai), this.#tools.writer.runId);
  }

  /** Undefined when the connection was lost on the way: looked for by its identifier, never sent again. */
  async #create(filled: FilledBody, identifier: string, mayBeLost: boolean): Promise<Answer | undefined> {
    try {
      return this.#note(
        await this.#ai.write({
          method: 'POST',
          resourceType: filled.body.resourceType,
          body: filled.body,
          identifier,
          ...(filled.ifNoneExist === undefined ? {} : { ifNoneExist: filled.ifNoneExist }),
        }),
      );
    } catch (error) {
      if (!(error instanceof ExchangeFault) || !error.mayHaveArrived || !mayBeLost) throw error;
      const found = await this.#find(undefined, identifier, filled);
      if (found !== undefined) await this.#tools.writer.found(identifier, found.stored);
      return undefined;
    }
  }

  async #readsPatient({ patient }: FilledBody): Promise<boolean> {
    return this.#note(await this.#ai.read('Patient', patient.id)).ok;
  }

  // Looks until the time the contract gives a written object to be visible is over, each pause twice the one before.
  async #find(
    answer: Answer | undefined,
    identifier: string,
    filled: FilledBody,
  ): Promise<{ readonly stored: Resource; readonly by: 'answer' | 'search' } | undefined> {
    const type = filled.body.resourceType;
    const named = answer?.ok
      ? ((answer.resource?.resourceType === type ? answer.resource.id : undefined) ??
        (this.#location(answer, undefined) === 'elsewhere'
          ? undefined
          : idOfLocation(answer.headers['location'], type)))
      : undefined;
    const visibleMs = this.#visibleMs();
    for (let look = 0; look < rereads; look++) {
      if (look > 0) await this.#tools.pause((visibleMs * 2 ** (look - 1)) / (2 ** (rereads - 1) - 1));
      const direct = named === undefined ? undefined : await this.#readBack(filled, { resourceType: type, id: named });
      if (direct !== undefined && this.#mayBeOurs(direct, identifier)) return { stored: direct, by: 'answer' };
      const searched = await this.#search(filled, identifier);
      const stored =
        searched?.id === undefined ? undefined : await this.#readBack(filled, { resourceType: type, id: searched.id });
      if (stored !== undefined) return { stored, by: 'search' };
      // Nothing says that anything was stored, and the search was answered.
      if ((answer === undefined || answer.status >= 500) && look > 0) return undefined;
    }
    return undefined;
  }

  async #readBack(filled: FilledBody, object: Resource): Promise<Resource | undefined> {
    const step = requestStep(this.#subject.item, 'readBack');
    const templates = new ObjectTemplates(this.#tools, filled, object);
    if (step?.url.includes('?') === true) {
      const { type, parameters } = await templates.search(step.url);
      const page = readSearchset(this.#note(await this.#ai.search(type, parameters)).resource);
      return page === undefined || page === 'too-many' ? undefined : page.matches.find(({ id }) => id === object.id);
    }
    const answer = this.#note(await this.#ai.read(object.resourceType, object.id ?? ''));
    return answer.ok && answer.resource?.resourceType === object.resourceType ? answer.resource : undefined;
  }

  async #search(filled: FilledBody, identifier: string): Promise<Resource | undefined> {
    const step = requestStep(this.#subject.item, 'find');
    const { type, parameters } =
      step === undefined
        ? {
            type: filled.body.resourceType,
            parameters: [
              ['identifier', `${this.#tools.organization.writePolicy?.identifierSystem ?? ''}|${identifier}`],
            ] as const,
          }
        : await new ObjectTemplates(this.#tools, filled, undefined).search(step.url);
    const page = readSearchset(this.#note(await this.#ai.search(type, parameters)).resource);
    if (page === undefined || page === 'too-many') return undefined;
    return page.matches.find((match) => match.resourceType === type && this.#ownValues(match).includes(identifier));
  }

  // A server may drop our identifier; an object that carries another one of our system is another object.
  #mayBeOurs(resource: Resource, identifier: string): boolean {
    const values = this.#ownValues(resource);
    return values.includes(identifier) || values.length === 0;
  }

  #location(answer: Answer, stored: Resource | undefined): FactValue<'create-outcome'>['location'] {
    const location = answer.headers['location'];
    if (location === undefined || location === '') return 'absent';
    const id = idOfLocation(location, this.#subject.item.action.resource ?? '');
    const absolute = /^(?:[a-z][a-z0-9+.-]*:)?\/\//i.test(location);
    const { origin } = new URL(this.#tools.environment.fhirBase);
    const own = absolute && URL.canParse(location, origin) && new URL(location, origin).origin === origin;
    if (id === undefined || (absolute && !own) || (stored?.id !== undefined && stored.id !== id)) return 'elsewhere';
    return own ? 'own' : 'relative';
  }

  #visibleMs(): number {
    const { action } = this.#subject.item;
    const budget = (this.#tools.contract.latency ?? []).find(
      (entry) => entry.answeredBy === action.id && entry.from === 'write-acknowledged' && entry.to === 'visible',
    )?.budget;
    return Math.min(longestVisibleMs, budget === undefined ? defaultVisibleMs : parseDurationMs(budget));
  }

  #ownValues(resource: Resource): unknown[] {
    const { identifier } = resource as { identifier?: unknown };
    const all = (Array.isArray(identifier) ? identifier : [identifier]) as (
      { system?: unknown; value?: unknown } | undefined
    )[];
    const system = this.#tools.organization.writePolicy?.identifierSystem;
    return all.filter((each) => each?.system === system).map((each) => each?.value);
  }

  #note(answer: Answer): Answer {
    this.#exchanges.push(answer.exchange);
    return answer;
  }
}

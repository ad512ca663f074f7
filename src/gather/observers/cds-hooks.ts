import { randomUUID } from 'node:crypto';
import { isMissing, type Missing } from '../../model/fact.js';
import { bearer } from '../../wire/bearer.js';
import type { Recorder, Scope } from '../recorder.js';
import { ExchangeFault, type Answer, type OutgoingRequest, type RequestTemplate } from '../request.js';
import { callerToken, type CdsCaller } from './cds-hooks-caller.js';
import type { HookCase } from './cds-hooks-case.js';
import { readAnswer, unreadAnswer, type DiscoveredService, type ReadAnswer } from './cds-hooks-documents.js';

const context = 'cds-hooks';
const purpose = 'ai-cds';
const deadlineMs = 10_000;
/** Ids that can stand in an address as they are. */
export const usableService = /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,100}$/;

/** The tool as an EHR that asks a decision support service. */
export interface CdsHooksClient {
  /**
   * What the EHR proves itself with; undefined: calls carry no token.
   * @throws ExchangeFault `no-credential` when the key is none
   */
  caller(): Promise<CdsCaller | undefined>;
  discover(how?: Pick<OutgoingRequest, 'measured'>): Promise<Answer>;
  /** @throws ExchangeFault when no answer comes in time */
  call(service: DiscoveredService, about: CalledWith, how?: CallSettings): Promise<CallAnswer>;
  /**
   * A call of a measured series, as it was answered.
   * @throws ExchangeFault when no usable answer comes in time
   */
  timedCall(service: DiscoveredService, about: CalledWith, deadlineMs: number): Promise<Answer>;
  /** Says what became of one card. */
  feedback(service: DiscoveredService, card: string, suggestions: readonly string[]): Promise<Answer>;
  /** Address the token of a call of this service is made for. */
  audience(service: DiscoveredService): string;
}

export interface CalledWith {
  readonly context: HookCase['context'];
  /** Absent: no `prefetch` member at all. */
  readonly prefetch?: HookCase['prefetch'];
  /** Says where the EHR's FHIR interface is. A token for it is never sent. */
  readonly namesEhr: boolean;
}

interface CallSettings extends Pick<OutgoingRequest, 'sample'> {
  /** Instead of a good token; null: none. */
  readonly token?: string | null;
}

export interface CallAnswer {
  /** 0 where it was too large to be read. */
  readonly status: number;
  readonly read: ReadAnswer;
}

/** Requests of a client, for the plan. */
export const cdsHooksTemplates = (most: {
  readonly discoveries: number;
  readonly calls: number;
  readonly feedbacks: number;
}): RequestTemplate[] =>
  (
    [
      { context, purpose, method: 'GET', path: 'cds-services', most: most.discoveries },
      { context, purpose, method: 'POST', path: 'cds-services/{service}', most: most.calls },
      { context, purpose, method: 'POST', path: 'cds-services/{service}/feedback', most: most.feedbacks },
    ] satisfies RequestTemplate[]
  ).filter((template) => template.most > 0);

/**
 * A client for one probe, within its templates. Every call has a token and a hook instance of its own; nothing is followed,
 * and no token of the EHR goes along.
 * https://cds-hooks.hl7.org/2.0/
 */
export function cdsHooksClient(
  recorder: Recorder,
  scope: Scope,
  given: {
    readonly base: string;
    readonly fhirBase: string;
    readonly caller: () => Promise<CdsCaller | Missing | undefined>;
  },
): CdsHooksClient {
  const { fhirBase } = given;
  const root = `${given.base.replace(/\/$/, '')}/cds-services`;
  const audience = ({ id }: DiscoveredService): string => `${root}/${id}`;
  const caller = async (): Promise<CdsCaller | undefined> => {
    const known = await given.caller();
    if (!isMissing(known)) return known;
    throw new ExchangeFault(known.missing, known.detail ?? 'no key', undefined);
  };
  const signed = async (addresses: readonly string[]): Promise<string | undefined> => {
    const known = await caller();
    return known === undefined ? undefined : bearer(await callerToken(known, addresses));
  };
  const send = (request: Omit<OutgoingRequest, 'purpose' | 'tolerant' | 'headers'>, credential: string | undefined) =>
    recorder.send(
      scope,
      context,
      { deadlineMs, ...request, purpose, tolerant: true, headers: { accept: 'application/json' } },
      credential,
    );
  const post = (
    path: string,
    body: object,
    how: Pick<OutgoingRequest, 'measured' | 'sample' | 'deadlineMs'>,
    credential: string | undefined,
  ): Promise<Answer> =>
    send({ method: 'POST', path, body: JSON.stringify(body), contentType: 'application/json', ...how }, credential);
  const bodyOf = ({ hook }: DiscoveredService, { namesEhr, ...about }: CalledWith): object => ({
    hook,
    hookInstance: randomUUID(),
    ...(namesEhr ? { fhirServer: fhirBase } : {}),
    ...about,
  });

  return {
    caller,
    audience,
    discover: async (how) => send({ method: 'GET', path: 'cds-services', ...how }, await signed([root])),
    async call(service, about, { token, ...how } = {}) {
      const good = token === undefined ? await signed([audience(service)]) : undefined;
      const credential = typeof token === 'string' ? bearer(token) : good;
      try {
        const { status, json } = await post(`cds-services/${service.id}`, bodyOf(service, about), how, credential);
        return { status, read: status === 200 ? readAnswer(json) : unread };
      } catch (error) {
        // Nobody can show a card that large; it is a finding and no silence.
        if (!(error instanceof ExchangeFault) || error.reason !== 'too-large') throw error;
        return { status: 0, read: unreadAnswer('too-large') };
      }
    },
    async timedCall(service, about, within) {
      const how = { measured: {}, deadlineMs: within };
      return post(`cds-services/${service.id}`, bodyOf(service, about), how, await signed([audience(service)]));
    },
    async feedback(service, card, suggestions) {
      const outcome =
        suggestions.length === 0
          ? { outcome: 'overridden' }
          : { outcome: 'accepted', acceptedSuggestions: suggestions.map((id) => ({ id })) };
      const body = { feedback: [{ card, ...outcome, outcomeTimestamp: new Date().toISOString() }] };
      const path = `cds-services/${service.id}/feedback`;
      // Whether its own address or that of the service is meant, the standard leaves open.
      return post(path, body, {}, await signed([audience(service), `${audience(service)}/feedback`]));
    },
  };
}

const unread: ReadAnswer = { ...readAnswer({ cards: [] }) };

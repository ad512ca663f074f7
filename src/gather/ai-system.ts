import type { AiSystem } from './probe.js';
import { scopeFor, type Recorder, type Scope } from './recorder.js';
import { ExchangeFault, type Answer, type RequestTemplate } from './request.js';
import { TemplateBudget } from './template-match.js';

/** What opens the AI system's doors; a door without a token is asked without one. */
export interface AiSystemAccess {
  /** Bearer token of `aiSystem.query`. */
  readonly queryToken?: string;
  /** Bearer token of `aiSystem.control`. */
  readonly controlToken?: string;
  /** What events to `aiSystem.webhook` are signed with. */
  readonly webhookSecret?: string;
  /** What calls of `aiSystem.cdsHooks` are signed with: a private key as PKCS #8 PEM. */
  readonly cdsHooksKey?: string;
  /** Bearer token of `aiSystem.auditExport`. */
  readonly logToken?: string;
}

const bearerOf = (token: string | undefined): string | undefined =>
  token === undefined ? undefined : `Bearer ${token}`;

type Items = readonly Readonly<Record<string, unknown>>[];

const listOf = (answer: Answer | undefined, name: string): Items | undefined => {
  if (answer?.ok !== true || typeof answer.json !== 'object' || answer.json === null) return undefined;
  const list = (answer.json as Record<string, unknown>)[name];
  return Array.isArray(list)
    ? list.filter((each): each is Record<string, unknown> => typeof each === 'object' && each !== null)
    : undefined;
};

/**
 * Whether the AI system has answered the event of this object: `?appointment=Appointment/1` gives
 * `{"offers": [{"appointment": "Appointment/1", …}]}`, an empty list until then. Undefined for any other answer.
 */
export function answersFor(answer: Answer | undefined, reference: string): boolean | undefined {
  const counted = answersCounted(answer, reference);
  return counted === undefined ? undefined : counted > 0;
}

/** The same, counted. */
export function answersCounted(answer: Answer | undefined, reference: string): number | undefined {
  const [type = ''] = reference.toLowerCase().split('/');
  return listOf(answer, 'offers')?.filter((offer) => offer[type] === reference).length;
}

/**
 * Whether the AI system would offer this slot now: `?slot=Slot/1` gives `{"slots": [{"slot": "Slot/1", …}]}`, an empty
 * list while it is taken. Undefined for any other answer.
 */
export const slotOffered = (answer: Answer | undefined, reference: string): boolean | undefined =>
  listOf(answer, 'slots')?.some((each) => each['slot'] === reference);

/** Asks `aiSystem.query` for one probe, within its templates (context and purpose `ai-system`). */
export const aiSystemFor = (recorder: Recorder, scope: Scope, { queryToken }: AiSystemAccess): AiSystem => ({
  ask: (query, how) =>
    recorder.send(
      scope,
      'ai-system',
      { method: 'GET', path: '', query, purpose: 'ai-system', tolerant: true, ...how },
      bearerOf(queryToken),
    ),
});

/** What switching the AI system off and on `times` may send. */
export const switchTemplates = (times: number): RequestTemplate[] =>
  (['off', 'on'] as const).map((path) => ({
    context: 'ai-system',
    method: 'POST',
    path,
    most: times,
    purpose: 'ai-control',
    mutates: true,
  }));

/**
 * `POST {aiSystem.control}/off` or `/on`: the AI system reacts to nothing while the run takes its objects back
 * (safety rule 19). False when it does not do as it is told.
 */
export async function switchAiSystem(
  recorder: Recorder,
  { controlToken }: AiSystemAccess,
  to: 'off' | 'on',
  scope: Scope = scopeFor('cleanup', 'run', new TemplateBudget('cleanup', switchTemplates(1)), true),
): Promise<boolean> {
  try {
    const answer = await recorder.send(
      scope,
      'ai-system',
      { method: 'POST', path: to, body: '{}', contentType: 'application/json', purpose: 'ai-control', tolerant: true },
      bearerOf(controlToken),
    );
    return answer.ok;
  } catch (error) {
    if (error instanceof ExchangeFault) return false;
    throw error;
  }
}

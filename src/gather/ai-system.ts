import type { AiSystem } from './probe.js';
import { scopeFor, type Recorder, type Scope } from './recorder.js';
import { ExchangeFault } from './request.js';
import { TemplateBudget } from './template-match.js';

/** What opens the AI system's doors; a door without a token is asked without one. */
export interface AiSystemAccess {
  /** Bearer token of `aiSystem.query`. */
  readonly queryToken?: string;
  /** Bearer token of `aiSystem.control`. */
  readonly controlToken?: string;
}

const bearerOf = (token: string | undefined): string | undefined =>
  token === undefined ? undefined : `Bearer ${token}`;

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

/**
 * `POST {aiSystem.control}/off` or `/on`: the AI system reacts to nothing while the run takes its objects back
 * (safety rule 19). False when it does not do as it is told.
 */
export async function switchAiSystem(
  recorder: Recorder,
  { controlToken }: AiSystemAccess,
  to: 'off' | 'on',
): Promise<boolean> {
  const budget = new TemplateBudget('cleanup', [
    { context: 'ai-system', method: 'POST', path: to, most: 1, purpose: 'ai-control', mutates: true },
  ]);
  try {
    const answer = await recorder.send(
      scopeFor('cleanup', 'run', budget, true),
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

import { missing, type Missing } from '../model/fact.js';
import { openAnswerInbox, type AnswerInbox } from './observers/answer-inbox.js';
import type { RunDocuments } from './probe.js';

/** Name of the listener in the organization file. */
export const answerListener = 'webhook';

export interface ProductAnswersOptions {
  readonly organization: RunDocuments['organization'];
  /** What events are signed with; nobody else can answer them. */
  readonly secret: string | undefined;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly signal: AbortSignal;
}

/** The run's listener for answers the product posts later; missing with the reason where there is none. */
export async function openProductAnswers(options: ProductAnswersOptions): Promise<AnswerInbox | Missing> {
  const { organization, secret, tls, signal } = options;
  const webhook = organization.aiSystem?.webhook;
  if (webhook === undefined) return missing('no-ai-system', 'aiSystem.webhook is not in the organization file');
  if (secret === undefined) {
    return missing('no-ai-system', 'aiSystem.webhook has no secret: what is posted later could come from anybody');
  }
  const listener = organization.listeners?.[answerListener];
  return openAnswerInbox({ webhookUrl: webhook.url, secret, listener, tls, signal });
}

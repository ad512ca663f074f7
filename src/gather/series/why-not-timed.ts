import type { ContractAction, LatencyEntry } from '../../model/documents/contract.js';
import type { NotMeasuredReason } from '../../model/outcome.js';
import { isSearch } from '../action-steps.js';
import { causableEvent } from '../caused-event.js';
import { payloadOf } from '../event-subscription.js';
import { outsideTrigger } from '../observers/product-trial.js';
import type { RunDocuments } from '../probe.js';

/** What the product says on its webhook is the answer, whether or not the EHR shows it (latency D.1). */
export const isSeenByWebhook = ({ observe }: ContractAction): boolean => observe === 'aiSystem.webhook';

export type WhyNot = [reason: NotMeasuredReason, detail: string];
type SeriesDocuments = Pick<RunDocuments, 'contract' | 'organization'>;

/** Why the product is not put under load by this entry. */
export function whyNotLoaded(
  documents: SeriesDocuments,
  entry: LatencyEntry,
  booking: ContractAction | undefined,
): WhyNot | undefined {
  const { aiSystem } = documents.organization;
  if (entry.from === 'external-event') return whyNotTold(documents, entry, booking, true);
  if (entry.from !== 'hook-call') return whyNoAnswer(documents, entry, aiSystem?.query !== undefined, true);
  return aiSystem?.cdsHooks === undefined
    ? ['no-ai-system', 'aiSystem.cdsHooks is not in the organization file']
    : undefined;
}

export function whyNoAnswer(
  documents: SeriesDocuments,
  entry: LatencyEntry,
  aiSystem: boolean,
  active: boolean,
): WhyNot | undefined {
  if (!aiSystem) return ['no-ai-system', 'aiSystem.query is not in the organization file'];
  const answer = documents.contract.actions?.find((action) => action.id === entry.answeredBy);
  if (answer?.observe !== 'aiSystem.query') {
    return ['not-in-this-version', 'this version finds answers through aiSystem.query'];
  }
  return whyNotCaused(documents, entry, active);
}

/** Why the product cannot be told of the event of this entry over and over. */
export function whyNotTold(
  documents: SeriesDocuments,
  entry: LatencyEntry,
  booking: ContractAction | undefined,
  active: boolean,
): WhyNot | undefined {
  if (documents.organization.aiSystem?.webhook === undefined) {
    return ['no-ai-system', 'aiSystem.webhook is not in the organization file'];
  }
  if (entry.to === 'write-acknowledged') {
    return [
      'not-in-this-version',
      'this version sees what the product wrote, not the answer it got: end the entry at visible',
    ];
  }
  if (outsideTrigger(documents)?.id !== entry.trigger) {
    return ['not-in-this-version', 'this version tells the product of the first trigger from outside the EHR'];
  }
  if (booking === undefined || booking.id !== entry.answeredBy) {
    return ['not-in-this-version', 'no series asks for this action: it needs a create and an undo by FHIR'];
  }
  const isSeen = isSearch(booking.observe) && booking.observe.startsWith(`${booking.resource}?`);
  if (!isSeen && !(entry.to === 'ai-response' && isSeenByWebhook(booking))) {
    return ['undecided', `action ${booking.id} does not say where staff sees it (observe)`];
  }
  return active ? undefined : ['writes-off', 'needs --writes all and the agreement to write'];
}

export function whyNotDelivered(documents: SeriesDocuments, entry: LatencyEntry, active: boolean): WhyNot | undefined {
  const channel = documents.organization.channels?.[entry.trigger ?? ''];
  if (channel?.kind !== 'subscription') {
    return ['not-in-this-version', 'this version times the delivery of a subscription'];
  }
  if (payloadOf(channel) === 'empty') {
    return ['tool-limited', 'an empty notification names no object, so that it cannot be told which event it is about'];
  }
  return whyNotCaused(documents, entry, active);
}

function whyNotCaused(documents: SeriesDocuments, entry: LatencyEntry, active: boolean): WhyNot | undefined {
  const trigger = documents.contract.triggers?.find(({ id }) => id === entry.trigger);
  if (causableEvent(documents, trigger)?.by !== 'undo') {
    return ['not-in-this-version', 'this version causes events by undoing what it created'];
  }
  return active ? undefined : ['writes-off', 'needs --writes all and the agreement to write'];
}

import type { ContractResource } from '../../model/documents/contract.js';
import type { OrganizationProfile } from '../../model/documents/organization.js';
import type { NotMeasuredReason } from '../../model/outcome.js';
import type { RequestTemplate } from '../request.js';
import type { Watching } from './observed-plan.js';
import { searchTemplatePath } from './searches.js';

type ByOthers = Extract<Watching, { readonly by: 'others' }>;

/** The AI system's answers about slots that others take and free, beside live readings: nothing is written. */
export interface ReadingPlan {
  readonly subject: string;
  /** Id of the contract's resource. */
  readonly resource: string;
  readonly watching: ByOthers;
  /** Between two readings on the average; they come at random moments. */
  readonly everyMs: number;
  readonly most: { readonly readings: number; readonly asks: number };
}

type WhyNot = readonly [reason: NotMeasuredReason, detail: string];

/** Slots the AI system is asked about beside one reading. */
export const asksPerReading = 3;
/** Before the answer, and after it. */
const searchesPerReading = 2;
const usualReadings = 600;
const mostReadings = 4_000;
const shortestMs = 250;
const longestMs = 120_000;
const dayMs = 86_400_000;
/** What one kind of look may take of a day. */
const dayShare = 0.5;
/** So many more than expected may come by chance. */
const chanceRoom = 1.2;

/** What a run that observes reads of this resource, or why it does not. */
export function readingPlan(
  organization: OrganizationProfile,
  { id, type, find }: ContractResource,
  watching: ByOthers,
): ReadingPlan | WhyNot {
  if (type !== 'Slot' || find === undefined) {
    return ['not-in-this-version', `this version compares answers about slots, not about ${type}`];
  }
  if (organization.aiSystem?.query === undefined) {
    return ['no-ai-system', 'aiSystem.query is not in the organization file'];
  }
  if ((organization.testData?.patients ?? []).length === 0) {
    return ['no-test-object', 'the search is filled for a listed patient, and testData.patients lists none'];
  }
  const { forMs } = watching;
  const { perDay } = organization.limits ?? {};
  const everyMs = Math.max(
    shortestMs,
    forMs / mostReadings,
    Math.min(longestMs, forMs / usualReadings),
    perDay === undefined ? 0 : (searchesPerReading * dayMs) / (dayShare * perDay),
  );
  const readings = Math.ceil((forMs / everyMs) * chanceRoom) + 20;
  const most = { readings, asks: readings * asksPerReading };
  return { subject: `resource:${id}`, resource: id, watching, everyMs, most };
}

export const isReadingPlan = (planned: ReadingPlan | WhyNot): planned is ReadingPlan => 'subject' in planned;

/** Everything these readings may send. */
export const readingTemplates = (
  { resource, most }: ReadingPlan,
  resources: readonly ContractResource[] | undefined,
): RequestTemplate[] => [
  {
    context: 'ai',
    method: 'POST',
    path: searchTemplatePath({ find: resources?.find(({ id }) => id === resource)?.find }),
    // The first one shows which slots there are.
    most: most.readings * searchesPerReading + 1,
  },
  // One more shows that the AI system has nothing to say of a slot that is not there.
  { context: 'ai-system', method: 'GET', path: '?slot', purpose: 'ai-system', most: most.asks + 1 },
];

import type { LatencyEntry } from '../../model/documents/contract.js';
import { parseDurationMs } from '../../model/documents/duration.js';
import type { LatencyTarget } from '../../model/latency-series.js';
import type { NotMeasuredReason } from '../../model/outcome.js';
import { isSearch } from '../action-steps.js';
import type { RunDocuments } from '../probe.js';
import { holesOf } from '../template-values.js';
import { fromEvent, stateOf } from './observed-plan.js';

/** One entry of the contract, timed by what the EHR's records of earlier work say: nothing is caused, nothing is written. */
export interface RecordPlan {
  readonly subject: string;
  readonly target: LatencyTarget;
  /** Objects of this type, in this state where one is named. */
  readonly event: { readonly type: string; readonly state: string | undefined };
  /** Elements that hold the two times: `Encounter.period.end`, `DocumentReference.date`. */
  readonly clock: { readonly from: string; readonly to: string };
  /** Finds what answered an event. */
  readonly search: string;
  readonly reader: 'staff' | 'ai';
  /** Only events of so many days before the run. */
  readonly days: number;
  readonly most: { readonly pages: number; readonly events: number; readonly clockLooks: number };
}

type WhyNot = readonly [reason: NotMeasuredReason, detail: string];

const defaultPercentile = 95;
const elementPath = /^([A-Z][A-Za-z]{1,63})(?:\.[a-z][A-Za-z]{0,63}){1,5}$/;
/** Whole weeks, so that no day of the week counts more than another. */
const days = 28;
const mostEvents = 300;
const nextPages = 10;
/** Enough for an offset of about 0.14 s, at random moments (latency D.4). */
const clockLooks = 24;

/** What the records of earlier work can say about this entry, or why they say nothing. */
export function recordPlan(
  { contract, organization }: Pick<RunDocuments, 'contract' | 'organization'>,
  entry: LatencyEntry,
  staff: boolean,
): RecordPlan | WhyNot {
  const { clock, percentile = defaultPercentile, budget = '' } = entry;
  const trigger = contract.triggers?.find(({ id }) => id === entry.trigger);
  const type = trigger?.event?.resource;
  const action = contract.actions?.find(({ id }) => id === entry.answeredBy);
  if (clock === undefined || type === undefined || action === undefined) {
    return [
      'undecided',
      'the contract does not say which event and which answer are timed (trigger, answeredBy, clock)',
    ];
  }
  if ([clock.from, clock.to].some((path) => /^[A-Z]{3}-\d+$/.test(path))) {
    return [
      'not-in-this-version',
      'this version reads record times of elements, and not those of the messages of a feed',
    ];
  }
  const [from, to] = [elementPath.exec(clock.from)?.[1], elementPath.exec(clock.to)?.[1]];
  const search = action.observe;
  if (!isSearch(search)) return ['undecided', `action ${action.id} does not say how its result is found (observe)`];
  if (from !== type || to === undefined || !search.startsWith(`${to}?`)) {
    return ['undecided', `clock names an element of ${type}, and one of what the search of action ${action.id} finds`];
  }
  if ([clock.from, clock.to].some((path) => path.includes('.meta.'))) {
    // It is the time of the last change, and some servers tell the time of reading.
    return [
      'not-in-this-version',
      'meta.lastUpdated is not the time of one moment of the work; name an element that is',
    ];
  }
  const unfilled = holesOf(search).find((hole) => !fromEvent(contract, type, hole));
  if (unfilled !== undefined) return ['not-in-this-version', `{{${unfilled}}} cannot be read off the event itself`];
  if ((organization.testData?.patients ?? []).length === 0) {
    return ['no-test-object', 'only records of listed patients are read, and testData.patients lists none'];
  }
  if (organization.aiSystem?.query === undefined) {
    return [
      'no-ai-system',
      'the AI system may have written the second time, and without aiSystem.query nobody knows its clock',
    ];
  }
  return {
    subject: `budget:${entry.id}`,
    target: { percentile, budgetMs: parseDurationMs(budget) },
    event: { type, state: stateOf(trigger) ?? undefined },
    clock,
    search,
    reader: staff ? 'staff' : 'ai',
    days,
    most: { pages: nextPages, events: mostEvents, clockLooks },
  };
}

export const isRecordPlan = (planned: RecordPlan | WhyNot): planned is RecordPlan => 'subject' in planned;

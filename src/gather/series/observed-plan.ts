import type { Contract, ContractTrigger, LatencyEntry } from '../../model/documents/contract.js';
import { parseDurationMs } from '../../model/documents/duration.js';
import { ToolError, exitCodes } from '../../model/errors.js';
import { noAnswerAfterBudgets, type LatencyTarget } from '../../model/latency-series.js';
import type { NotMeasuredReason } from '../../model/outcome.js';
import { isSearch } from '../action-steps.js';
import type { RunDocuments } from '../probe.js';
import { holesOf } from '../template-values.js';
import { looksPerWatch } from './watch.js';

/** How a run that causes nothing comes to its events; the end is agreed before. */
export type Watching =
  | {
      readonly by: 'others';
      readonly forMs: number;
      /** So many seconds of the window pass in one; nobody but a test asks for anything but 1. */
      readonly timesFaster?: number;
    }
  | { readonly by: 'hand'; readonly events: number };

/** One entry of the contract, watched while others work: nothing is caused, nothing is written. */
export interface ObservedPlan {
  readonly subject: string;
  readonly target: LatencyTarget;
  readonly watching: Watching;
  /** Between two looks for events. */
  readonly pollMs: number;
  /** Objects of this type are looked at; an event is one that has come into this state. */
  readonly event: { readonly type: string; readonly state: string | undefined };
  /** Id of the action whose result is waited for, and its search; undefined: the AI system is asked. */
  readonly answer: { readonly action: string; readonly search: string | undefined };
  /** Who looks: what staff sees counts, where staff has a context. */
  readonly reader: 'staff' | 'ai';
  readonly most: { readonly polls: number; readonly events: number; readonly looks: number };
}

type Documents = Pick<RunDocuments, 'contract' | 'organization'>;
type WhyNot = readonly [reason: NotMeasuredReason, detail: string];

const defaultPercentile = 95;
const looksForEventsPerBudget = 20;
const shortestPollMs = 200;
const mostEvents = 1_000;
const shortestSearchMs = 10_000;
/** Two looks may come closer together than planned. */
const jitterRoom = 1.25;
const dayMs = 86_400_000;

/**
 * What an observed run watches for this entry, or why it does not.
 * @throws ToolError `sampling-does-not-fit` (exit 2)
 */
export function observedPlan(
  { contract, organization }: Documents,
  entry: LatencyEntry,
  watching: Watching,
  staff: boolean,
): ObservedPlan | WhyNot {
  const { id, percentile = defaultPercentile, budget = '' } = entry;
  const trigger = contract.triggers?.find((each) => each.id === entry.trigger);
  const state = stateOf(trigger);
  if (trigger?.event === undefined || state === null) {
    return [
      'not-in-this-version',
      'this version observes events that are told by the type and the status of an object',
    ];
  }
  if ((organization.testData?.patients ?? []).length === 0) {
    return ['no-test-object', 'only listed patients are observed, and testData.patients lists none'];
  }
  const { resource: type } = trigger.event;
  const action = contract.actions?.find((each) => each.id === entry.answeredBy);
  const search = isSearch(action?.observe) ? action.observe : undefined;
  if (action === undefined || (search === undefined && action.observe !== 'aiSystem.query')) {
    return ['undecided', 'the contract does not say where the answer is seen (answeredBy, observe)'];
  }
  if (search === undefined && organization.aiSystem?.query === undefined) {
    return ['no-ai-system', 'aiSystem.query is not in the organization file'];
  }
  const unfilled = search === undefined ? undefined : holesOf(search).find((hole) => !fromEvent(contract, type, hole));
  if (unfilled !== undefined) {
    return ['not-in-this-version', `{{${unfilled}}} cannot be read off the event itself`];
  }
  if (search?.startsWith(`${type}?`) === true) {
    return ['not-in-this-version', 'an answer that is a change of the same object cannot be told from the event'];
  }
  const target = { percentile, budgetMs: parseDurationMs(budget) };
  const perDay = watching.by === 'others' ? organization.limits?.perDay : undefined;
  const pollMs = Math.max(
    target.budgetMs / looksForEventsPerBudget,
    shortestPollMs,
    perDay === undefined ? 0 : (2 * dayMs) / perDay,
  );
  if (pollMs > target.budgetMs) {
    throw new ToolError(
      'sampling-does-not-fit',
      `limits.perDay is ${perDay}; looking for events of ${id} once in its budget of ${budget} takes more`,
      {
        exitCode: exitCodes.couldNotStart,
        next: `Agree on limits.perDay of at least ${Math.ceil((2 * dayMs) / target.budgetMs)}.`,
      },
    );
  }
  return {
    subject: `budget:${id}`,
    target,
    watching,
    pollMs,
    event: { type, state },
    answer: { action: action.id, search },
    reader: staff ? 'staff' : 'ai',
    most: {
      ...mostLooksFor(watching, pollMs, target.budgetMs),
      looks: looksPerWatch(target.budgetMs, noAnswerAfterBudgets * target.budgetMs),
    },
  };
}

/** Prompts for so many events, counting those that are not seen. */
export const mostPrompts = (events: number): number => 2 * events;

/** How long the change a person made is looked for. */
export const mostSearchMs = (budgetMs: number): number => Math.max(budgetMs, shortestSearchMs);

function mostLooksFor(watching: Watching, pollMs: number, budgetMs: number): { polls: number; events: number } {
  const looksIn = (milliseconds: number): number => Math.ceil((milliseconds / pollMs) * jitterRoom) + 2;
  if (watching.by === 'others') return { polls: looksIn(watching.forMs), events: mostEvents };
  const prompts = mostPrompts(watching.events);
  // Others may make changes meanwhile, and each is looked at.
  return { polls: prompts * (1 + looksIn(mostSearchMs(budgetMs))), events: 2 * prompts };
}

export const isObservedPlan = (planned: ObservedPlan | WhyNot): planned is ObservedPlan => 'subject' in planned;

/** Undefined: any change is the event; null: no status tells it. */
export function stateOf(trigger: ContractTrigger | undefined): string | undefined | null {
  const condition = trigger?.event?.condition;
  if (condition === undefined) return undefined;
  return /%current\.status\s*=\s*'([a-z-]{1,40})'/.exec(condition)?.[1] ?? null;
}

/** Whether the object of the event fills this hole: by its own id, or by its patient's. */
export const fromEvent = ({ resources }: Pick<Contract, 'resources'>, type: string, hole: string): boolean => {
  const [owner, element] = hole.split('.');
  const named = resources?.find(({ id }) => id === owner)?.type;
  return hole.startsWith('now') || (element === 'id' && (named === type || named === 'Patient'));
};

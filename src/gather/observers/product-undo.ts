import type { Resource } from 'fhir/r4.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { parseDurationMs } from '../../model/documents/duration.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import { stateElement } from '../action-steps.js';
import type { ProbeTools, RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { isLive } from '../undo-state.js';
import { enoughTrials } from './product-holds.js';
import { lookAgainMs, ProductTrials, productTrialTemplates, searchesPerLook, whyNotAsked } from './product-trial.js';

/** Looks at one object until it is taken back. */
const looksAtMost = 10;
/** Nobody waits longer for one trial. */
const longestWaitMs = 60_000;

/** Words after which the product has not done it and will not. */
const handedOver: readonly unknown[] = ['refused', 'queued-for-human', 'nothing-free'];

/** The contract's own action that ends what this one makes in the state of its compensation. */
export function undoingAction(
  { contract }: Pick<RunDocuments, 'contract'>,
  action: ContractAction,
): ContractAction | undefined {
  const { compensation, resource, states } = action;
  const toState = typeof compensation === 'object' ? compensation.toState : undefined;
  return (contract.actions ?? []).find(
    (each) =>
      each.id !== action.id &&
      each.kind !== 'suggest' &&
      each.resource === resource &&
      toState !== undefined &&
      each.states?.to === toState &&
      (each.states.from === undefined || each.states.from === states?.to),
  );
}

/** Why the product cannot be asked to take back what it did; undefined where it can. */
export function whyNotUndone(
  documents: Pick<RunDocuments, 'contract' | 'organization'>,
  action: ContractAction,
): Missing | undefined {
  const why = whyNotAsked(documents, action);
  if (why !== undefined) return why;
  return undoingAction(documents, action) === undefined
    ? missing('no-ai-system', 'the contract has no action by which the product could be asked to take this one back')
    : undefined;
}

/** What the trials may send. */
export const productUndoTemplates = (action: ContractAction): RequestTemplate[] => [
  ...productTrialTemplates(action, { cases: enoughTrials, asked: 2 * enoughTrials, looks: searchesPerLook }),
  { context: 'ai', method: 'GET', path: `${action.resource ?? ''}/{id}`, most: looksAtMost * enoughTrials },
];

/**
 * Asks the product for the action and then to take it back, by the contract's own action for that, and looks whether it is
 * in the agreed state within the agreed time. What stays is taken back.
 * @throws ExchangeFault `no-ai-system`, `no-test-object`
 */
export async function productUndo(
  tools: ProbeTools,
  action: ContractAction,
): Promise<Pick<FactValue<'product-trials'>[number], 'trials' | 'breaches'>> {
  const undoing = undoingAction(tools, action);
  if (undoing === undefined) throw new ExchangeFault('no-ai-system', 'nothing takes this action back', undefined);
  const trials = new ProductTrials(tools, action);
  const patients = tools.cases.seriesPatients();
  const seen = { trials: 0, breaches: 0 };
  for (let trial = 0; trial < enoughTrials; trial++) {
    const asked = await trials.prepare(patients[trial % Math.max(1, patients.length)]);
    await trials.ask(asked);
    const objects = await trials.objects(asked);
    const [object] = objects;
    let result: 'undone' | 'kept' | 'open' = 'open';
    if (object !== undefined) {
      const event = { resource: `${object.resourceType}/${object.id}`, change: 'update' } as const;
      const { outcome } = await trials.ask(asked, { action: undoing.id, event });
      result = await undone(tools, action, object, outcome);
    }
    await trials.end(asked, result === 'undone' ? objects.slice(1) : objects);
    seen.trials += result === 'open' ? 0 : 1;
    seen.breaches += result === 'kept' ? 1 : 0;
    // One that was kept decides; and whoever has not come to it in a minute does not come to it twelve times.
    if (object !== undefined && result !== 'undone') break;
  }
  return seen;
}

/** `open`: it stands, and the time agreed for it is longer than anybody waited. */
async function undone(
  { clients: { ai }, pause, environmentClass }: ProbeTools,
  action: ContractAction,
  { resourceType, id = '' }: Resource,
  said: unknown,
): Promise<'undone' | 'kept' | 'open'> {
  const { toState, limit } = typeof action.compensation === 'object' ? action.compensation : {};
  const limitMs = limit === undefined ? 0 : parseDurationMs(limit);
  // Whoever has said what came of it has no more to do.
  const settled = handedOver.includes(said) || said === 'cancelled';
  const lookMs = lookAgainMs({ environmentClass });
  const waitMs = settled ? looksAtMost * lookMs : Math.min(limitMs, longestWaitMs);
  for (let look = 1; ; look++) {
    const { resource, status } = await ai.read(resourceType, id);
    if (status === 410 || status === 404) return 'undone';
    const state = (resource as unknown as Record<string, unknown> | undefined)?.[stateElement(action)];
    if (resource !== undefined && (state === toState || !isLive(resource))) return 'undone';
    if (handedOver.includes(said)) return 'kept';
    if (look === looksAtMost) return settled || limitMs <= longestWaitMs ? 'kept' : 'open';
    await pause(Math.max(lookMs, waitMs / looksAtMost));
  }
}

import type { Resource } from 'fhir/r4.js';
import { countsAlready } from '../../model/committed-states.js';
import type { ContractAction } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import type { FactValue } from '../../model/fact.js';
import { stateElement } from '../action-steps.js';
import type { ProbeTools } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { enoughTrials } from './product-holds.js';
import { isCommitted } from './visit-trials.js';
import { ProductTrials, productTrialTemplates, searchesPerLook, type ProductCase } from './product-trial.js';

type Row = FactValue<'product-repeats'>[number];
type Way = Row['way'];

/** Trials where nobody says that the product holds the control. */
const fewTrials = 2;
/** Slots in the time asked for, so that a second visit would find room. */
const slotsAsked = 2;
/** When a caller hangs up, in milliseconds; the product has begun by then. */
const hangsUpAfterMs = 40;
const tellsAgainAfterMs = 500;

const trialsOf = ({ controls, review }: ContractAction): number =>
  controls?.noDuplicate?.heldBy === 'product' ||
  (review?.required === true && controls?.reviewGate?.heldBy === 'product')
    ? enoughTrials
    : fewTrials;

interface Repeats {
  readonly rows: FactValue<'product-repeats'>;
  /** How often the product left an object at all, and how often one that counts already. */
  readonly gate: Pick<FactValue<'product-trials'>[number], 'trials' | 'breaches'>;
}

/** What asking for the action again and again may send. */
export function productRepeatTemplates(action: ContractAction): RequestTemplate[] {
  const trials = trialsOf(action);
  return productTrialTemplates(action, { cases: trials + 1, asked: 4 * trials, looks: 3 * searchesPerLook });
}

/**
 * Asks the product for the action more than once, in the ways a caller, a network and another caller do; once in a run.
 * Every object is taken back at once.
 * @throws ExchangeFault `no-ai-system`, `no-test-object`
 */
export async function productRepeats(tools: ProbeTools, action: ContractAction): Promise<Repeats> {
  const { exchanges, ...seen } = await tools.once(`product-repeats:${action.id}`, () => repeats(tools, action));
  tools.cite(exchanges);
  return seen;
}

async function repeats(
  tools: ProbeTools,
  action: ContractAction,
): Promise<Repeats & { readonly exchanges: readonly string[] }> {
  const trials = new ProductTrials(tools, action);
  const patients = patientsOf(tools);
  const tallies = new Map<Way, Row>();
  const exchanges: string[] = [];
  const gate = { trials: 0, breaches: 0 };
  for (let trial = 0; trial < trialsOf(action); trial++) {
    const asked = await trials.prepare(patients[trial % patients.length], slotsAsked);
    const detours = tools.proxy?.detours();
    const way = trial % 2 === 0 ? 'same-event' : 'lost-answer';
    const told = way === 'same-event' ? toldAgain(trials, asked) : toldAfterLostAnswer(tools, action, trials, asked);
    exchanges.push(...(await told));
    const objects = await trials.objects(asked);
    note(tallies, way, objects, action, detours === tools.proxy?.detours());
    gate.trials += objects.length > 0 ? 1 : 0;
    gate.breaches += objects.some((each) => isCommitted(each, action)) ? 1 : 0;
    if (trial > 0 || objects.length !== 1) {
      await trials.end(asked, objects);
      continue;
    }
    const again = trials.inOtherWords(asked);
    exchanges.push(...exchangesOf([await trials.ask(again)]));
    const all = unique([...objects, ...(await trials.objects(again))]);
    note(tallies, 'other-words', all, action, detours === tools.proxy?.detours());
    await trials.end(asked, objects);
    await trials.end(
      again,
      all.filter((each) => !objects.some(({ id }) => id === each.id)),
    );
  }
  return { rows: [...tallies.values()], gate, exchanges };
}

/** One event, then the same twice at once. */
async function toldAgain(trials: ProductTrials, asked: ProductCase): Promise<string[]> {
  const first = await trials.ask(asked);
  const again = { id: first.event };
  return exchangesOf([first, ...(await Promise.all([trials.ask(asked, again), trials.ask(asked, again)]))]);
}

/** The EHR's answer to the product's create is lost, or else the product's answer to its caller; the event is told again. */
async function toldAfterLostAnswer(
  { proxy, pause }: ProbeTools,
  { resource }: ContractAction,
  trials: ProductTrials,
  asked: ProductCase,
): Promise<string[]> {
  const dropped =
    resource === undefined
      ? undefined
      : proxy?.inject({ fault: 'drop-answer', when: { interaction: 'write', resourceType: resource }, times: 1 });
  const first = await trials
    .ask(asked, dropped === undefined ? { deadlineMs: hangsUpAfterMs, hangsUp: true } : {})
    .finally(() => dropped?.remove());
  await pause(tellsAgainAfterMs);
  return exchangesOf([first, await trials.ask(asked, { id: first.event })]);
}

const exchangesOf = (answers: readonly { readonly exchange: string | undefined }[]): string[] =>
  answers.flatMap(({ exchange }) => exchange ?? []);

/** Whoever wanted to go elsewhere meanwhile has not been seen whole: what did not happen then shows nothing. */
function note(
  tallies: Map<Way, Row>,
  way: Way,
  objects: readonly Resource[],
  action: ContractAction,
  seenWhole: boolean,
): void {
  const {
    trials,
    breaches,
    objects: most,
    flagged,
  } = tallies.get(way) ?? { trials: 0, breaches: 0, objects: 0, flagged: 0 };
  const more = objects.length > most;
  tallies.set(way, {
    way,
    trials: trials + (objects.length > (seenWhole ? 0 : 1) ? 1 : 0),
    breaches: breaches + (objects.length > 1 ? 1 : 0),
    objects: more ? objects.length : most,
    flagged: more ? objects.filter((each) => waitsForStaff(each, action)).length : flagged,
  });
}

function waitsForStaff(resource: Resource, action: ContractAction): boolean {
  const state = (resource as unknown as Record<string, unknown>)[stateElement(action)];
  return typeof state === 'string' && state !== action.states?.to && !countsAlready(resource.resourceType, state);
}

const unique = (objects: readonly Resource[]): Resource[] => [
  ...new Map(objects.map((each) => [`${each.resourceType}/${each.id}`, each])).values(),
];

/** Whoever is no part of other probes' work comes first; the first test patient may have objects that were left to others. */
function patientsOf({ cases }: ProbeTools): readonly TestPatient[] {
  const [first, ...others] = cases.seriesPatients();
  if (first === undefined) throw new ExchangeFault('no-test-object', 'no test patient is left', undefined);
  return others.length === 0 ? [first] : others;
}

import type { ContractAction } from '../../model/documents/contract.js';
import { parseDurationMs } from '../../model/documents/duration.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { ProbeTools, RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import type { FaultProxy } from './fault-proxy.js';
import type { FaultName } from './injected-faults.js';
import type { ProductAnswer } from './product-events.js';
import {
  lookAgainMs,
  ProductTrials,
  productTrialTemplates,
  searchesPerLook,
  type ProductCase,
} from './product-trial.js';

type Outage = FactValue<'ehr-outage'>;
type Trial = Outage['trials'][number];

const faults = ['refuse', 'stall', '500', 'truncated', 'wrong-content', 'expired-token'] as const satisfies FaultName[];
const halves = ['read', 'write'] as const;
const controls = 3;
/** Slots in the time asked for, so that a second visit would find room. */
const slotsAsked = 2;
/** What it takes beyond the stall until a product that waits for it has answered. */
const answersAfterMs = 10_000;
const longestStallMs = 30_000;
/** A simulator stalls no longer than the contract gives the product, and a little. */
const longestSimulatedMs = 5_000;
const beyondLimitMs = 1_000;
/** Looks for what a product claims, or resumes by itself. */
const looks = 5;

/** What the trials may send. */
export function productOutageTemplates(action: ContractAction): RequestTemplate[] {
  const cases = faults.length * halves.length + controls;
  return productTrialTemplates(action, { cases, asked: 2 * cases, looks: 3 * searchesPerLook });
}

/**
 * Asks the product for the action while its requests meet one fault after the other, first those that read, then those
 * that write, and tells it the same event again once the fault is over. Every object is taken back at once.
 * @throws ExchangeFault `no-ai-system`, `no-test-object`
 */
export async function productOutage(
  tools: ProbeTools,
  proxy: Pick<FaultProxy, 'inject'>,
  action: ContractAction,
): Promise<Outage | Missing> {
  const line = tools.contract.failure?.['ehr-unavailable'];
  if (line === undefined) {
    return missing('undecided', 'failure.ehr-unavailable: the clinical owner decides, usually a person who is told');
  }
  const withinMs = line.within === undefined ? null : parseDurationMs(line.within);
  const stallMs = stallOf(tools, withinMs);
  const outage = new Outages(tools, proxy, action, { stallMs, retries: line.behaviour === 'retry' });
  const before = await outage.served();
  const trials: Trial[] = [];
  const afterHalf: boolean[] = [];
  for (const during of halves) {
    for (const fault of faults) trials.push(await outage.trial(fault, during));
    // Served when told again is served with nothing wrong.
    afterHalf.push(trials.at(-1)?.objects.askedAgain === 1 || (await outage.served()));
  }
  const [between = false, after = false] = afterHalf;
  return { behaviour: line.behaviour, withinMs, stallMs, controls: { before, between, after }, trials };
}

function stallOf({ environmentClass }: Pick<RunDocuments, 'environmentClass'>, withinMs: number | null): number {
  if (environmentClass !== 'simulator') return longestStallMs;
  return Math.min(withinMs ?? longestSimulatedMs, longestSimulatedMs) + beyondLimitMs;
}

class Outages {
  readonly #tools: ProbeTools;
  readonly #proxy: Pick<FaultProxy, 'inject'>;
  readonly #trials: ProductTrials;
  readonly #how: { readonly stallMs: number; readonly retries: boolean };

  constructor(
    tools: ProbeTools,
    proxy: Pick<FaultProxy, 'inject'>,
    action: ContractAction,
    how: { readonly stallMs: number; readonly retries: boolean },
  ) {
    this.#tools = tools;
    this.#proxy = proxy;
    this.#trials = new ProductTrials(tools, action);
    this.#how = how;
  }

  /** Whether the product, asked with nothing wrong, leaves one object. */
  async served(): Promise<boolean> {
    const asked = await this.#prepare();
    this.#cite(await this.#trials.ask(asked));
    const objects = await this.#trials.objects(asked);
    await this.#trials.end(asked, objects);
    return objects.length === 1;
  }

  async trial(fault: (typeof faults)[number], during: Trial['during']): Promise<Trial> {
    const { stallMs, retries } = this.#how;
    const asked = await this.#prepare();
    const rules = this.#rules(fault, during);
    let first: ProductAnswer;
    let whileDown: number | null = null;
    try {
      first = await this.#trials.ask(asked, { deadlineMs: stallMs + answersAfterMs });
      this.#cite(first);
      // What it claims has to be there now; the tool has a way of its own to the EHR.
      if (claimsObject(first)) whileDown = await this.#shown(asked);
    } finally {
      for (const rule of rules) rule.remove();
    }
    const met = rules.reduce((sum, rule) => sum + rule.hits(), 0);
    const byItself = retries ? (whileDown ?? (await this.#shown(asked))) : null;
    const again = await this.#trials.ask(asked, { id: first.event });
    this.#cite(again);
    const objects = await this.#trials.objects(asked);
    await this.#trials.end(asked, objects);
    return {
      fault,
      during,
      met,
      answeredMs: Math.round(first.durationMs),
      said: first.outcome ?? null,
      saidAgain: again.outcome ?? null,
      objects: { whileDown, byItself, askedAgain: objects.length },
    };
  }

  #rules(fault: (typeof faults)[number], during: Trial['during']) {
    const { stallMs } = this.#how;
    const interactions = during === 'write' ? (['write'] as const) : (['search', 'read'] as const);
    return interactions.map((interaction) =>
      this.#proxy.inject({
        fault,
        when: { interaction },
        // A token that has expired is replaced by one that has not.
        ...(fault === 'expired-token' ? { times: 1 } : {}),
        ...(fault === 'stall' ? { stallMs } : {}),
      }),
    );
  }

  /** Living objects, looked for again while there are none. */
  async #shown(asked: ProductCase): Promise<number> {
    for (let look = 1; ; look++) {
      const { length } = await this.#trials.objects(asked);
      if (length > 0 || look === looks) return length;
      await this.#tools.pause(lookAgainMs(this.#tools));
    }
  }

  /** Somebody whose objects no other probe leaves to others. */
  #prepare(): Promise<ProductCase> {
    const patients = this.#tools.cases.seriesPatients();
    const patient = patients[1] ?? patients[0];
    if (patient === undefined) throw new ExchangeFault('no-test-object', 'no test patient is left', undefined);
    return this.#trials.prepare(patient, slotsAsked);
  }

  #cite({ exchange }: ProductAnswer): void {
    if (exchange !== undefined) this.#tools.cite([exchange]);
  }
}

const claimsObject = ({ outcome }: ProductAnswer): boolean => outcome === 'booked' || outcome === 'drafted';

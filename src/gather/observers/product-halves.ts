import type { Resource } from 'fhir/r4.js';
import { patientsOf } from '../../fhir/reference.js';
import { comesWithOthers, firstWriteOf } from '../../model/actions.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { parseDurationMs } from '../../model/documents/duration.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { stateElement } from '../action-steps.js';
import { takeBack } from '../caused-event.js';
import type { ProbeTools, RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { creatingAction, testObjectTemplates } from '../test-objects.js';
import { isLive } from '../undo-state.js';
import type { FaultProxy } from './fault-proxy.js';
import type { ProductAnswer } from './product-events.js';
import {
  asProduct,
  lookAgainMs,
  outsideTrigger,
  ProductTrials,
  productTrialTemplates,
  searchesPerLook,
  whyNotAsked,
} from './product-trial.js';

type PartialWrite = FactValue<'partial-write'>;
type Trial = PartialWrite['trials'][number];

const faults = ['500', 'refuse', '412'] as const satisfies Trial['fault'][];
const controls = 2;
/** Looks at one case, spread over the time the contract gives the product. */
const looksAtMost = 10;
/** Nobody waits longer for a product that leaves a half and says nothing. */
const longestWaitMs = 15 * 60_000;
const pauseAtMostMs = 1_000;
/** With nothing wrong, a product that answers first and works then gets so long for its second write. */
const servedWithinMs = (documents: Pick<RunDocuments, 'environmentClass'>): number => 5 * lookAgainMs(documents);

/** Two writes that one wish leads to: something is created, then something that exists is changed. */
export interface TwoWrites {
  readonly first: ContractAction;
  readonly second: ContractAction;
  /** Type of what is changed, and the state it comes to. */
  readonly resourceType: string;
  readonly state: string;
}

/** The two writes of an action the product can be asked for; else why it cannot. */
export function twoWrites(
  documents: Pick<RunDocuments, 'contract' | 'organization'>,
  second: ContractAction,
): TwoWrites | Missing {
  const { contract, organization } = documents;
  if (organization.aiSystem?.webhook === undefined || organization.aiSystem.proxy === undefined) {
    return missing('no-ai-system', 'aiSystem.webhook and aiSystem.proxy are not both in the organization file');
  }
  const first = firstWriteOf(contract.actions, second);
  if (first === undefined || !comesWithOthers(second)) {
    return missing('tool-limited', 'what this action depends on creates nothing the tool could see');
  }
  const why = whyNotAsked(documents, first);
  if (why !== undefined) return why;
  const { resource: resourceType, states, interaction } = second;
  const changes = interaction === 'patch' || interaction === 'update';
  if (!changes || resourceType === undefined || states?.to === undefined) {
    return missing('tool-limited', 'the tool can refuse a second write only where it changes the state of an object');
  }
  return creatingAction(contract, second) === undefined || outsideTrigger(documents) === undefined
    ? missing('no-ai-system', 'the product cannot be asked for this action from outside')
    : { first, second, resourceType, state: states.to };
}

/** What the trials may send. */
export function productHalvesTemplates({ first, second, resourceType }: TwoWrites): RequestTemplate[] {
  const cases = faults.length + controls;
  const path = `${resourceType}/{id}`;
  return [
    ...testObjectTemplates(second, cases),
    ...productTrialTemplates(first, { cases, asked: cases, looks: looksAtMost * searchesPerLook }),
    { context: 'ai', method: 'GET', path, most: cases * looksAtMost },
    // Undoing counts in no limit.
    { context: 'ai', method: 'PATCH', path, most: cases },
  ];
}

/**
 * Asks the product for the action while the proxy lets its first write pass and refuses the second, and looks what stands
 * in the EHR until it is all or nothing, a person was told, or the time of the contract is over. The first half that was
 * left alone is the last. Every object is taken back.
 * @throws ExchangeFault `no-ai-system`, `no-test-object`
 */
export async function productHalves(
  tools: ProbeTools,
  proxy: Pick<FaultProxy, 'inject' | 'seen'>,
  subject: Subject<'action'>,
  writes: TwoWrites,
): Promise<PartialWrite | Missing> {
  const line = tools.contract.failure?.['partial-write'];
  if (line === undefined) {
    return missing('undecided', 'failure.partial-write: the clinical owner decides, usually that it is undone');
  }
  const withinMs = line.within === undefined ? null : parseDurationMs(line.within);
  const halves = new Halves(tools, proxy, subject, writes, Math.min(withinMs ?? 0, longestWaitMs));
  const served = async (): Promise<boolean> => (await halves.asked()).left === 'all';
  const before = await served();
  const trials: Trial[] = [];
  for (const fault of faults) {
    const trial = { fault, ...(await halves.asked(fault)) };
    trials.push(trial);
    if (trial.left === 'half' && trial.said !== 'queued-for-human') break;
  }
  return { withinMs, controls: { before, after: await served() }, trials };
}

class Halves {
  readonly #tools: ProbeTools;
  readonly #proxy: Pick<FaultProxy, 'inject' | 'seen'>;
  readonly #subject: Subject<'action'>;
  readonly #writes: TwoWrites;
  readonly #waitMs: number;
  readonly #trials: ProductTrials;

  constructor(
    tools: ProbeTools,
    proxy: Pick<FaultProxy, 'inject' | 'seen'>,
    subject: Subject<'action'>,
    writes: TwoWrites,
    waitMs: number,
  ) {
    this.#tools = tools;
    this.#proxy = proxy;
    this.#subject = subject;
    this.#writes = writes;
    this.#waitMs = waitMs;
    this.#trials = new ProductTrials(tools, writes.first);
  }

  /** Asks once; without a fault nothing is refused. */
  async asked(fault?: Trial['fault']): Promise<Omit<Trial, 'fault'>> {
    const { second, resourceType } = this.#writes;
    const object = await this.#tools.testObject(this.#subject);
    const asked = await this.#trials.prepare(this.#ownerOf(object));
    const resource = `${resourceType}/${object.id}`;
    const since = performance.now();
    let refusedAtMs: number | undefined;
    const rule =
      fault === undefined
        ? undefined
        : this.#proxy.inject({
            fault,
            when: { interaction: 'write', path: resource },
            meanwhile: () => {
              refusedAtMs ??= performance.now();
              return Promise.resolve();
            },
          });
    let made: readonly Resource[] = [];
    let current: Resource | undefined;
    let halfSeenMs: number | null = null;
    const look = async (): Promise<Trial['left']> => {
      const lookedAtMs = performance.now();
      made = await this.#trials.objects(asked);
      current = (await this.#tools.clients.ai.read(resourceType, object.id ?? '')).resource;
      const done = this.#isDone(current);
      if (made.length > 0 === done) return done ? 'all' : 'nothing';
      halfSeenMs = Math.round(Math.max(0, lookedAtMs - (refusedAtMs ?? since)));
      return 'half';
    };
    let answer: ProductAnswer;
    let answeredAtMs: number;
    let left: Trial['left'];
    try {
      answer = await this.#trials.ask(asked, { action: second.id, event: { resource, change: 'update' } });
      answeredAtMs = performance.now();
      if (answer.exchange !== undefined) this.#tools.cite([answer.exchange]);
      left = await look();
      // What it cannot do now it may undo, or tell somebody, as long as the contract gives it.
      const waitMs = fault === undefined ? servedWithinMs(this.#tools) : this.#waitMs;
      const betweenMs = Math.max(lookAgainMs(this.#tools), waitMs / (looksAtMost - 2));
      for (let looks = 1; looks < looksAtMost && left === 'half' && answer.outcome !== 'queued-for-human'; looks++) {
        const leftMs: number = waitMs - (halfSeenMs ?? 0);
        if (leftMs <= 0 || this.#tools.signal.aborted) break;
        await this.#pauseFor(Math.min(leftMs, betweenMs));
        left = await look();
      }
    } finally {
      rule?.remove();
    }
    await this.#trials.end(asked, made);
    await this.#end(object, current);
    return {
      met: this.#firstCameFirst(since, refusedAtMs) ? (rule?.hits() ?? 0) : 0,
      said: answer.outcome ?? null,
      answeredMs: Math.round(Math.max(0, answeredAtMs - (refusedAtMs ?? since))),
      left,
      halfSeenMs,
    };
  }

  #isDone(resource: Resource | undefined): boolean {
    const { second, state } = this.#writes;
    return (resource as unknown as Record<string, unknown> | undefined)?.[stateElement(second)] === state;
  }

  /** Whether the product's first write was stored when its second came. */
  #firstCameFirst(since: number, refusedAtMs = since): boolean {
    return this.#proxy
      .seen({ since })
      .some(
        ({ kind, method, reference, receivedAtMs, upstreamStatus = 0 }) =>
          kind === 'write' &&
          method === 'POST' &&
          reference.startsWith(`${this.#writes.first.resource}/`) &&
          receivedAtMs < refusedAtMs &&
          upstreamStatus >= 200 &&
          upstreamStatus < 300,
      );
  }

  async #pauseFor(milliseconds: number): Promise<void> {
    const { pause, signal } = this.#tools;
    for (let leftMs = milliseconds; leftMs > 0 && !signal.aborted; leftMs -= pauseAtMostMs) {
      await pause(Math.min(leftMs, pauseAtMostMs));
    }
  }

  #ownerOf(object: Resource): TestPatient {
    const [owner] = patientsOf(object);
    const patient = this.#tools.cases.patients().find(({ id }) => id === owner);
    if (patient === undefined)
      throw new ExchangeFault('no-test-object', 'a test object is of nobody listed', undefined);
    return patient;
  }

  /** Takes the run's own object back, whoever has changed it. */
  async #end(object: Resource, current: Resource | undefined): Promise<void> {
    const { writer } = this.#tools;
    if (current === undefined) return;
    if (current.meta?.versionId !== object.meta?.versionId) {
      await writer.foreign(asProduct(this.#tools), this.#writes.second.id, current);
    }
    if (isLive(current)) await takeBack(this.#tools, current);
  }
}

import type { Resource } from 'fhir/r4.js';
import { parseDurationMs } from '../../model/documents/duration.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import type { ProbeTools, RunDocuments } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import type { FaultProxy } from './fault-proxy.js';
import type { InjectedFault } from './injected-faults.js';
import type { ProductAnswer } from './product-events.js';
import { lookAgainMs, ProductTrials } from './product-trial.js';
import { secondWrite, twoWritesTemplates, type TwoWrites } from './second-write.js';

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

/** What the trials may send. */
export const productHalvesTemplates = (writes: TwoWrites): RequestTemplate[] =>
  twoWritesTemplates(writes, faults.length + controls, looksAtMost);

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
    const second = await secondWrite(this.#tools, this.#subject, this.#writes);
    const asked = await this.#trials.prepare(second.patient);
    const since = performance.now();
    let refusedAtMs: number | undefined;
    const rules = this.#rules(fault, second.path, () => {
      refusedAtMs ??= performance.now();
    });
    let made: readonly Resource[] = [];
    let halfSeenMs: number | null = null;
    const look = async (): Promise<Trial['left']> => {
      const lookedAtMs = performance.now();
      made = await this.#trials.objects(asked);
      const done = await second.isDone(asked, made);
      if (made.length > 0 === done) return done ? 'all' : 'nothing';
      halfSeenMs = Math.round(Math.max(0, lookedAtMs - (refusedAtMs ?? since)));
      return 'half';
    };
    let answer: ProductAnswer;
    let answeredAtMs: number;
    let left: Trial['left'];
    try {
      answer = await this.#trials.ask(asked, { action: this.#writes.second.id, ...second.told });
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
      for (const rule of rules) rule.remove();
    }
    await this.#trials.end(asked, made);
    await second.end(asked);
    return {
      met: this.#firstCameFirst(since, refusedAtMs) ? (rules.at(-1)?.hits() ?? 0) : 0,
      said: answer.outcome ?? null,
      answeredMs: Math.round(Math.max(0, answeredAtMs - (refusedAtMs ?? since))),
      left,
      halfSeenMs,
    };
  }

  /** Refuses what goes to the path of the second write; where the first goes there too, it passes. */
  #rules(fault: Trial['fault'] | undefined, path: string, onRefusal: () => void): readonly InjectedFault[] {
    if (fault === undefined) return [];
    const when = { interaction: 'write', path } as const;
    const passing = this.#writes.types.first === path ? [this.#proxy.inject({ fault: 'pass', when, times: 1 })] : [];
    const meanwhile = (): Promise<void> => {
      onRefusal();
      return Promise.resolve();
    };
    return [...passing, this.#proxy.inject({ fault, when, meanwhile })];
  }

  /** Whether the product's first write was stored when its second came. */
  #firstCameFirst(since: number, refusedAtMs = since): boolean {
    return this.#proxy
      .seen({ since })
      .some(
        ({ kind, method, reference, receivedAtMs, upstreamStatus = 0 }) =>
          kind === 'write' &&
          method === 'POST' &&
          reference.startsWith(`${this.#writes.types.first}/`) &&
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
}

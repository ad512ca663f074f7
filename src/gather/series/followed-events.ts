import type { Resource } from 'fhir/r4.js';
import { localReference, patientsOf } from '../../fhir/reference.js';
import { missing, type Missing } from '../../model/fact.js';
import { classOf, noAnswerAfterBudgets, type LatencySeries } from '../../model/latency-series.js';
import { oneLook } from '../../model/shares.js';
import { answersFor } from '../ai-system.js';
import type { Client, ProbeTools } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { fillSearch, holesOf } from '../template-values.js';
import type { ChangedObject } from './event-looks.js';
import type { Lane } from './lane.js';
import { measuredSearch } from './measured-search.js';
import type { ObservedPlan } from './observed-plan.js';
import { searchTemplatePath } from './searches.js';
import { timed } from './timed.js';
import { TrackLog, type SeriesBlock } from './track-log.js';
import { watch, type Sighting } from './watch.js';

export interface Lanes {
  readonly ehr: Lane;
  readonly aiSystem: Lane;
}

/** An event somebody caused: between these two moments of the monotonic clock. */
export interface SeenEvent {
  readonly object: ChangedObject;
  readonly earliestMs: number;
  readonly latestMs: number;
}

const blockMs = 3_600_000;
const clockToleranceMs = 100;

/** Everything the looks for answers may send. */
export function answerTemplates({ event, answer, reader, most }: ObservedPlan): RequestTemplate[] {
  const looks = most.events * most.looks;
  return answer.search === undefined
    ? [
        {
          context: 'ai-system',
          method: 'GET',
          path: `?${event.type.toLowerCase()}`,
          purpose: 'ai-system',
          most: looks,
        },
      ]
    : [{ context: reader, method: 'POST', path: searchTemplatePath({ find: answer.search }), most: looks }];
}

/** Events of others, each followed to what the AI system makes of it; nothing is written. */
export class FollowedEvents {
  readonly #plan: ObservedPlan;
  readonly #tools: ProbeTools;
  readonly #reader: Client;
  readonly #lanes: Lanes;
  readonly #log: TrackLog;
  readonly #blocks: SeriesBlock[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  readonly #startMs = performance.now();
  #events = 0;

  constructor(plan: ObservedPlan, tools: ProbeTools, lanes: Lanes) {
    this.#plan = plan;
    this.#tools = tools;
    this.#reader = tools.clients[plan.reader];
    this.#lanes = lanes;
    const { subject, target } = plan;
    this.#log = new TrackLog({ subject, part: 'response', target, looks: [], resources: [] }, 0);
  }

  /** Events followed so far. */
  get count(): number {
    return this.#events;
  }

  /** @throws whatever following an event threw */
  throwIfFailed(): void {
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** An event that cannot be followed: outside n, and printed. */
  leaveOut(): void {
    this.#log.drop(this.#events, 'not-sent');
  }

  follow(event: SeenEvent): void {
    const index = this.#events++;
    const hour = Math.floor((performance.now() - this.#startMs) / blockMs) * blockMs;
    const block = this.#blocks.at(-1);
    if (block?.startMs === hour) this.#blocks.splice(-1, 1, { ...block, to: index + 1 });
    else this.#blocks.push({ from: index, to: index + 1, startMs: hour });
    this.#log.begin(index);
    const wallMs = Date.now() - performance.now();
    const work = this.#answered(index, event)
      .catch((error: unknown) => {
        this.#failures.push(error);
      })
      .then(() => {
        if (Math.abs(Date.now() - performance.now() - wallMs) > clockToleranceMs) this.#log.drop(index, 'clock-jump');
      })
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async #answered(index: number, event: SeenEvent): Promise<void> {
    const { target } = this.#plan;
    const untilMs = noAnswerAfterBudgets * target.budgetMs;
    const sample = await watch({
      look: () => this.#look(event),
      earliestMs: event.earliestMs,
      latestMs: event.latestMs,
      budgetMs: target.budgetMs,
      untilMs,
      random: this.#tools.random,
      closed: this.#tools.signal,
      onNotYet: (sample) => this.#log.soFar(index, sample),
    });
    if (sample[1] === null && classOf(sample, target.budgetMs) === 'over') this.#log.fail(index);
    else this.#log.settle(index, sample);
  }

  async #look({ object }: SeenEvent): Promise<Sighting> {
    const { aiSystem, signal, contract, startedAt } = this.#tools;
    const { answer, event } = this.#plan;
    const reference = `${object.resourceType}/${object.id}`;
    if (answer.search === undefined) {
      if (aiSystem === undefined)
        throw new ExchangeFault('no-ai-system', 'aiSystem.query is not configured', undefined);
      const asked = await timed(this.#lanes.aiSystem, signal, () =>
        aiSystem.ask([[event.type.toLowerCase(), reference]], { measured: {} }),
      );
      return { seen: answersFor(asked.answer, reference), sentAtMs: asked.sentAtMs, receivedAtMs: asked.receivedAtMs };
    }
    const request = fillSearch(answer.search, valuesFromEvent(answer.search, object, contract), startedAt);
    return measuredSearch(
      { client: this.#reader, lane: this.#lanes.ehr, signal },
      { ...request, noCache: false },
      (matches) => matches.some((each) => !isOlder(each, object) && refersTo(each, reference)),
    );
  }

  /**
   * Waits for every answer that is still awaited, each to its own end.
   *
   * @param pollMs how finely the events are known, where looking for them decides that
   */
  async series(source: LatencySeries['source'], pollMs?: number): Promise<LatencySeries | Missing> {
    const { environmentClass } = this.#tools;
    const tookMs = Math.max(performance.now() - this.#startMs, 1);
    await Promise.all(this.#running);
    this.throwIfFailed();
    const series = this.#log.series(
      {
        ratePerMinute: Math.round((this.#events / tookMs) * 600_000) / 10,
        simulator: environmentClass === 'simulator',
      },
      this.#blocks,
    );
    const n = series.samples.length;
    if (n === 0) return missing('too-few', 'no event was seen in the time that was observed');
    const looks = [oneLook(n, this.#plan.target.percentile)];
    return { ...series, source, ...(pollMs === undefined ? {} : { pollMs }), looks };
  }
}

/** Both stamps are the EHR's own: what was last changed before the event does not answer it. */
const isOlder = (each: Resource, event: Resource): boolean =>
  Date.parse(each.meta?.lastUpdated ?? '') < Date.parse(event.meta?.lastUpdated ?? '');

/** What the object of an event gives to a search for its answer. */
export const valuesFromEvent = (
  search: string,
  object: ChangedObject,
  { resources }: Pick<ProbeTools['contract'], 'resources'>,
): Map<string, string> =>
  new Map(
    holesOf(search).map((hole) => {
      const named = resources?.find(({ id }) => id === hole.split('.')[0])?.type;
      return [hole, named === object.resourceType ? object.id : (patientsOf(object)[0] ?? '')] as const;
    }),
  );

/** Whether anything in the value is a reference to this object. */
export function refersTo(value: unknown, reference: string): boolean {
  if (Array.isArray(value)) return value.some((each) => refersTo(each, reference));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, each]) =>
    key === 'reference' ? localReference(each) === reference : refersTo(each, reference),
  );
}

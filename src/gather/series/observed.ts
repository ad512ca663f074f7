import type { Bundle, Resource } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { localReference, patientsOf } from '../../fhir/reference.js';
import { missing, type Missing } from '../../model/fact.js';
import { classOf, noAnswerAfterBudgets, type LatencySeries } from '../../model/latency-series.js';
import { failTest, passTest, type Look } from '../../model/shares.js';
import { answersFor } from '../ai-system.js';
import type { Client, ProbeTools } from '../probe.js';
import { ExchangeFault, type Answer, type RequestTemplate } from '../request.js';
import { followPages } from '../result-pages.js';
import { fillSearch, holesOf } from '../template-values.js';
import { patientsTogether } from '../test-cases.js';
import type { Lane } from './lane.js';
import { measuredSearch } from './measured-search.js';
import type { ObservedPlan } from './observed-plan.js';
import { searchTemplatePath } from './searches.js';
import { timed } from './timed.js';
import { TrackLog, type SeriesBlock } from './track-log.js';
import { pauseFor, watch, type Sighting } from './watch.js';

interface Lanes {
  readonly ehr: Lane;
  readonly aiSystem: Lane;
}

/** An event somebody caused: between these two moments of the monotonic clock. */
interface SeenEvent {
  readonly object: Resource & { readonly id: string };
  readonly earliestMs: number;
  readonly latestMs: number;
}

const blockMs = 3_600_000;
const clockToleranceMs = 100;
const jitter = 0.2;
const rowsPerPage = 200;
const nextPages = 4;
const mostKnown = 20_000;
/** The EHR's clock may differ from ours by so much without an event being missed. */
const overlapMs = 300_000;

export function observedTemplates({ event, answer, reader, most }: ObservedPlan): RequestTemplate[] {
  const looks = most.events * most.looks;
  return [
    {
      context: reader,
      method: 'POST',
      path: `${event.type}/_search?patient&_lastUpdated&status&_count`,
      most: most.polls,
      pages: nextPages,
    },
    { context: reader, method: 'GET', path: `${event.type}/{id}/_history?_count`, most: most.events },
    answer.search === undefined
      ? {
          context: 'ai-system',
          method: 'GET',
          path: `?${event.type.toLowerCase()}`,
          purpose: 'ai-system',
          most: looks,
        }
      : { context: reader, method: 'POST', path: searchTemplatePath({ find: answer.search }), most: looks },
  ];
}

/** Waits for events of others on listed test patients, and for what the AI system makes of each; writes nothing. */
export class Observation {
  readonly #plan: ObservedPlan;
  readonly #tools: ProbeTools;
  readonly #reader: Client;
  readonly #lanes: Lanes;
  readonly #listed: ReadonlySet<string>;
  readonly #log: TrackLog;
  readonly #blocks: SeriesBlock[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  /** `id/version` of what was seen. */
  readonly #known = new Set<string>();
  #histories = 0;
  #events = 0;

  constructor(plan: ObservedPlan, tools: ProbeTools, reader: Client, lanes: Lanes) {
    this.#plan = plan;
    this.#tools = tools;
    this.#reader = reader;
    this.#lanes = lanes;
    const patients = tools.organization.testData?.patients ?? [];
    this.#listed = new Set(patients.slice(0, patientsTogether).map(({ id }) => id));
    const { subject, target } = plan;
    this.#log = new TrackLog({ subject, part: 'response', target, looks: [], resources: [] }, 0);
  }

  async run(): Promise<LatencySeries | Missing> {
    const { signal, random, environmentClass } = this.#tools;
    const { forMs, pollMs, most } = this.#plan;
    const startMs = performance.now();
    let lastCompleteMs: number | undefined;
    while (performance.now() - startMs < forMs && this.#events < most.events && this.#failures.length === 0) {
      signal.throwIfAborted();
      const seen = await this.#poll(lastCompleteMs === undefined);
      if (seen !== undefined) {
        const earliestMs = lastCompleteMs;
        // What was there before the first look is no event.
        if (earliestMs !== undefined) {
          for (const object of seen.objects) {
            this.#follow({ object, earliestMs, latestMs: seen.receivedAtMs }, startMs);
          }
        }
        lastCompleteMs = seen.sentAtMs;
      }
      await pauseFor(pollMs * (1 - jitter + 2 * jitter * random()), signal);
    }
    // The window is over; what has begun in it is still waited for, each to its own end.
    await Promise.all(this.#running);
    if (this.#failures.length > 0) throw this.#failures[0];
    const common = {
      ratePerMinute: Math.round((this.#events / Math.max(forMs, 1)) * 600_000) / 10,
      simulator: environmentClass === 'simulator',
    };
    const series = this.#log.series(common, this.#blocks);
    const n = series.samples.length;
    if (n === 0) return missing('too-few', 'no event was seen in the time that was observed');
    return {
      ...series,
      source: 'observed',
      pollMs: this.#plan.pollMs,
      looks: [oneLook(n, this.#plan.target.percentile)],
    };
  }

  /** Objects that have come into the event's state since the last complete look; undefined where the look was none. */
  async #poll(isBaseline: boolean): Promise<
    | {
        readonly objects: readonly (Resource & { readonly id: string })[];
        readonly sentAtMs: number;
        readonly receivedAtMs: number;
      }
    | undefined
  > {
    const { type, state } = this.#plan.event;
    const since = new Date(this.#tools.now().getTime() - overlapMs - noAnswerAfterBudgets * this.#plan.pollMs);
    const { answer, sentAtMs, receivedAtMs } = await timed(this.#lanes.ehr, this.#tools.signal, () =>
      this.#reader.send({
        method: 'POST',
        path: `${type}/_search`,
        form: [
          ['patient', [...this.#listed].map((id) => `Patient/${id}`).join(',')],
          ['_lastUpdated', `ge${since.toISOString()}`],
          ...(state === undefined ? [] : [['status', state] as const]),
          ['_count', String(rowsPerPage)],
        ],
        headers: { 'cache-control': 'no-cache' },
        measured: {},
        tolerant: true,
      }),
    );
    const rows = await this.#allRows(answer);
    if (rows === undefined) return undefined;
    const seenAtMs = Math.max(receivedAtMs, rows.seenAtMs);
    const objects: (Resource & { readonly id: string })[] = [];
    for (const each of rows.matches) {
      const { id, meta } = each;
      const inState = state === undefined || (each as { status?: unknown }).status === state;
      if (each.resourceType !== type || id === undefined || !inState || !this.#isListed(each)) continue;
      if (!this.#isNew(`${id}/${meta?.versionId ?? meta?.lastUpdated}`) || isBaseline) continue;
      const object = { ...each, id };
      if (await this.#cameInto(object)) objects.push(object);
    }
    return { objects, sentAtMs, receivedAtMs: seenAtMs };
  }

  // Rows that are not reached would be seen by a later look, as if they had just happened.
  async #allRows(
    answer: Answer | undefined,
  ): Promise<{ readonly matches: readonly Resource[]; readonly seenAtMs: number } | undefined> {
    const page = answer?.ok === true ? readSearchset(answer.resource) : undefined;
    if (page === undefined || page === 'too-many') return undefined;
    const { type } = this.#plan.event;
    const { fhirBase } = this.#tools.environment;
    try {
      const { rows, end } = await followPages(
        this.#reader,
        type,
        page,
        fhirBase,
        { pages: nextPages },
        { measured: {} },
      );
      return end === 'end' ? { matches: rows, seenAtMs: performance.now() } : undefined;
    } catch (error) {
      if (error instanceof ExchangeFault) return undefined;
      throw error;
    }
  }

  #isNew(version: string): boolean {
    if (this.#known.has(version)) return false;
    this.#known.add(version);
    const [oldest] = this.#known;
    if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest);
    return true;
  }

  /** Whether the last change is what brought the object into the state. Where nobody can say, it is no event. */
  async #cameInto({ id }: Resource & { readonly id: string }): Promise<boolean> {
    const { type, state } = this.#plan.event;
    if (state === undefined) return true;
    if (this.#histories === this.#plan.most.events) return false;
    this.#histories += 1;
    const { answer } = await timed(this.#lanes.ehr, this.#tools.signal, () =>
      this.#reader.send({
        method: 'GET',
        path: `${type}/${id}/_history`,
        query: [['_count', '2']],
        measured: {},
        tolerant: true,
      }),
    );
    if (answer?.ok !== true || answer.resource?.resourceType !== 'Bundle') return false;
    const [, before] = (answer.resource as Bundle).entry ?? [];
    return (before?.resource as { status?: unknown } | undefined)?.status !== state;
  }

  // Rows about anybody else are dropped unread.
  #isListed(resource: Resource): boolean {
    const patients = patientsOf(resource);
    return patients.length > 0 && patients.every((patient) => this.#listed.has(patient));
  }

  #follow(event: SeenEvent, startMs: number): void {
    const index = this.#events++;
    const hour = Math.floor((performance.now() - startMs) / blockMs) * blockMs;
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
    const values = new Map(
      holesOf(answer.search).map((hole) => {
        const named = contract.resources?.find(({ id }) => id === hole.split('.')[0])?.type;
        return [hole, named === event.type ? object.id : (patientsOf(object)[0] ?? '')] as const;
      }),
    );
    const request = fillSearch(answer.search, values, startedAt);
    return measuredSearch(
      { client: this.#reader, lane: this.#lanes.ehr, signal },
      { ...request, noCache: false },
      (matches) => matches.some((each) => !isOlder(each, object) && refersTo(each, reference)),
    );
  }
}

/** Both stamps are the EHR's own: what was last changed before the event does not answer it. */
const isOlder = (each: Resource, event: Resource): boolean =>
  Date.parse(each.meta?.lastUpdated ?? '') < Date.parse(event.meta?.lastUpdated ?? '');

function refersTo(value: unknown, reference: string): boolean {
  if (Array.isArray(value)) return value.some((each) => refersTo(each, reference));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, each]) =>
    key === 'reference' ? localReference(each) === reference : refersTo(each, reference),
  );
}

/** The one look at the n there are (latency D.6). */
export function oneLook(n: number, percentile: number): Look {
  let passAt = 0;
  while (passTest(passAt + 1, n, percentile)) passAt += 1;
  let failAt = passAt + 1;
  while (failAt <= n && !failTest(failAt, n, percentile)) failAt += 1;
  return { n, passAt, failAt: failAt > n ? null : failAt };
}

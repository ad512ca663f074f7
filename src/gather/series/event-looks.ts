import type { Bundle, Resource } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { patientsOf } from '../../fhir/reference.js';
import type { Client, ProbeTools } from '../probe.js';
import { ExchangeFault, type Answer, type RequestTemplate } from '../request.js';
import { followPages } from '../result-pages.js';
import { patientsTogether } from '../test-cases.js';
import type { Lane } from './lane.js';
import type { ObservedPlan } from './observed-plan.js';
import { timed } from './timed.js';

export type ChangedObject = Resource & { readonly id: string };

/** What one look found, and between which two moments of the monotonic clock it looked. */
export interface EventLook {
  readonly objects: readonly ChangedObject[];
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

const rowsPerPage = 200;
const nextPages = 4;
const mostKnown = 20_000;
/** The EHR's clock may differ from ours by so much without an event being missed. */
const overlapMs = 300_000;

/** Everything the looks for events may send. */
export const eventLookTemplates = ({ event, reader, most }: ObservedPlan): RequestTemplate[] => [
  {
    context: reader,
    method: 'POST',
    path: `${event.type}/_search?patient&_lastUpdated&status&_count`,
    most: most.polls,
    pages: nextPages,
  },
  { context: reader, method: 'GET', path: `${event.type}/{id}/_history?_count`, most: most.events },
];

/** Looks for objects about listed patients that others have brought into the event's state. */
export class EventLooks {
  readonly #plan: ObservedPlan;
  readonly #tools: ProbeTools;
  readonly #reader: Client;
  readonly #lane: Lane;
  readonly #listed: ReadonlySet<string>;
  /** `id/version` of what was seen. */
  readonly #known = new Set<string>();
  #histories = 0;

  constructor(plan: ObservedPlan, tools: ProbeTools, lane: Lane) {
    this.#plan = plan;
    this.#tools = tools;
    this.#reader = tools.clients[plan.reader];
    this.#lane = lane;
    const patients = tools.organization.testData?.patients ?? [];
    this.#listed = new Set(patients.slice(0, patientsTogether).map(({ id }) => id));
  }

  /**
   * Objects that have come into the event's state since the last complete look; undefined where the look was none.
   *
   * @param sinceMs how long ago the last complete look may be, in milliseconds
   * @param isBaseline what is there now is known from here on, and no event
   */
  async look(sinceMs: number, isBaseline: boolean): Promise<EventLook | undefined> {
    const { type, state } = this.#plan.event;
    const since = new Date(this.#tools.now().getTime() - overlapMs - sinceMs);
    const { answer, sentAtMs, receivedAtMs } = await timed(this.#lane, this.#tools.signal, () =>
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
    const objects: ChangedObject[] = [];
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
  async #cameInto({ id }: ChangedObject): Promise<boolean> {
    const { type, state } = this.#plan.event;
    if (state === undefined) return true;
    if (this.#histories === this.#plan.most.events) return false;
    this.#histories += 1;
    const { answer } = await timed(this.#lane, this.#tools.signal, () =>
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
}

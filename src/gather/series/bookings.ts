import { setMaxListeners } from 'node:events';
import type { Resource, Slot } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import type { ContractAction, ContractResource } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { noAnswerAfterBudgets, type Sample } from '../../model/latency-series.js';
import type { Client, ProbeTools } from '../probe.js';
import { ExchangeFault, type Answer } from '../request.js';
import { fillSearch, holesOf } from '../template-values.js';
import { undoState } from '../undo-state.js';
import { etagOf } from '../writer.js';
import { answersFor, slotOffered } from '../ai-system.js';
import type { Deliveries } from './deliveries.js';
import type { Lane } from './lane.js';
import type { SampleTask } from './run-series.js';
import { deadlineOf } from './searches.js';
import { timed, type Timed } from './timed.js';
import type { TrackLog } from './track-log.js';
import { watch, type Sighting } from './watch.js';

/** Between these two moments the change was made, on the monotonic clock. */
interface Moment {
  readonly earliestMs: number;
  readonly latestMs: number;
}

export interface Visibility {
  writes: number;
  unreadById: number;
  onlyWithoutCache: number;
}

interface Bounds {
  readonly ehr: Lane;
  readonly aiSystem: Lane;
  /** Where the notifications of the event arrive, by trigger. */
  readonly deliveries: ReadonlyMap<string, Deliveries>;
  /** Creates that were planned; nothing is sent beyond them. */
  readonly mostWrites: number;
}

interface Booked {
  readonly resource: Resource & { readonly id: string };
  readonly slot: Slot | undefined;
  readonly patient: TestPatient;
  readonly at: Moment;
}

/**
 * One booking per sample, and everything that is watched through it: the create, the reading by id, the search of the
 * work list, the slot in the EHR's and in the AI system's answers, the undo, and what the AI system answers to it.
 */
export class Bookings {
  readonly visibility: Visibility = { writes: 0, unreadById: 0, onlyWithoutCache: 0 };
  readonly #tools: ProbeTools;
  readonly #action: ContractAction;
  readonly #reader: Client;
  readonly #ehr: Lane;
  readonly #aiSystem: Lane;
  readonly #slots: ContractResource | undefined;
  readonly #startedAt: Date;
  readonly #deliveries: Bounds['deliveries'];
  #writesLeft: number;

  constructor(tools: ProbeTools, action: ContractAction, reader: Client, bounds: Bounds) {
    this.#tools = tools;
    this.#action = action;
    this.#reader = reader;
    this.#ehr = bounds.ehr;
    this.#aiSystem = bounds.aiSystem;
    this.#deliveries = bounds.deliveries;
    this.#writesLeft = bounds.mostWrites;
    this.#slots = tools.contract.resources?.find(({ type, find }) => type === 'Slot' && find !== undefined);
    this.#startedAt = tools.now();
  }

  async take(task: SampleTask): Promise<void> {
    const booked = await this.#book(task);
    if (booked === undefined) {
      for (const part of ['visible', 'age', 'age-in-answer', 'delivery', 'response'] as const) this.#drop(task, part);
      return;
    }
    const slotLogs = this.#slotLogs(task);
    const ageLogs = this.#ageLogs(task);
    const [, , taken, takenInAnswers] = await Promise.all([
      this.#readBack(booked),
      this.#visible(task, booked, [...task.logs('visible'), ...ageLogs.ehr]),
      this.#slotState(booked, 'taken', booked.at, slotLogs.ehr, (turn) => this.#searchSlot(booked, turn)),
      this.#slotState(booked, 'taken', booked.at, slotLogs.answers, () => this.#askSlot(booked)),
    ]);
    const undone = await this.#undo(booked);
    if (undone === undefined) {
      for (const log of [
        ...task.logs('delivery'),
        ...task.logs('response'),
        ...ageLogs.answers,
        ...slotLogs.ehr,
        ...slotLogs.answers,
      ])
        log.drop(task.index, 'not-sent');
      return;
    }
    const told = this.#delivered(task, booked, undone);
    const slotShown = Promise.all([
      this.#slotState(booked, 'free', undone, slotLogs.ehr, (turn) => this.#searchSlot(booked, turn)),
      this.#slotState(booked, 'free', undone, slotLogs.answers, () => this.#askSlot(booked)),
    ]).then(([free, freeInAnswers]) => {
      settle(task, slotLogs.ehr, later(taken, free));
      settle(task, slotLogs.answers, later(takenInAnswers, freeInAnswers));
    });
    await this.#answered(task, booked, undone, [...task.logs('response'), ...ageLogs.answers], slotShown);
    await told;
  }

  async #book(task: SampleTask): Promise<Booked | undefined> {
    const { cases, objects, clients, signal } = this.#tools;
    const logs = task.logs('write');
    const patients = cases.seriesPatients();
    const patient = patients[task.index % Math.max(1, patients.length)];
    const filled =
      this.#writesLeft <= 0
        ? undefined
        : await objects.body(this.#action, patient).catch((error: unknown) => {
            if (error instanceof ExchangeFault && error.reason === 'no-test-object') return undefined;
            throw error;
          });
    if (filled === undefined) {
      this.#drop(task, 'write');
      return undefined;
    }
    this.#writesLeft -= 1;
    const budgetMs = Math.max(...logs.map((log) => log.track.target.budgetMs), 0);
    const made = await timed(this.#ehr, signal, () =>
      clients.ai.write({
        method: 'POST',
        resourceType: filled.body.resourceType,
        body: filled.body,
        ...(filled.ifNoneExist === undefined ? {} : { ifNoneExist: filled.ifNoneExist }),
        measured: {},
        deadlineMs: deadlineOf(budgetMs === 0 ? defaultWriteMs : budgetMs),
      }),
    );
    const resource = await this.#stored(made.answer, filled.body.resourceType);
    for (const log of logs) {
      if (made.answer?.ok === true) log.settle(task.index, made.sample, made.waitedMs);
      else log.fail(task.index);
    }
    if (resource === undefined) return undefined;
    this.visibility.writes += 1;
    // The change is acknowledged, at the latest, when its answer is here.
    return {
      resource,
      slot: filled.slot,
      patient: filled.patient,
      at: { earliestMs: made.receivedAtMs, latestMs: made.receivedAtMs },
    };
  }

  // A server may answer with a location and no body; the version is needed for the undo.
  async #stored(answer: Answer | undefined, resourceType: string): Promise<Booked['resource'] | undefined> {
    if (answer?.ok !== true) return undefined;
    const id =
      answer.resource?.resourceType === resourceType
        ? answer.resource.id
        : new RegExp(`${resourceType}/([A-Za-z0-9.-]{1,64})`).exec(answer.headers['location'] ?? '')?.[1];
    if (id === undefined) return undefined;
    if (answer.resource?.resourceType === resourceType) return { ...answer.resource, id };
    const read = await this.#tools.clients.ai.send({ method: 'GET', path: `${resourceType}/${id}`, tolerant: true });
    return read.resource?.resourceType === resourceType ? { ...read.resource, id } : undefined;
  }

  async #readBack({ resource }: Booked): Promise<void> {
    const { clients, signal } = this.#tools;
    const read = await timed(this.#ehr, signal, () =>
      clients.ai.send({
        method: 'GET',
        path: `${resource.resourceType}/${resource.id}`,
        measured: {},
        tolerant: true,
      }),
    );
    if (read.answer?.resource?.id !== resource.id) this.visibility.unreadById += 1;
  }

  async #visible(task: SampleTask, booked: Booked, logs: readonly TrackLog[]): Promise<void> {
    if (logs.length === 0 || this.#action.observe === undefined) return;
    const { cases } = this.#tools;
    const values = await cases.values(booked.patient, holesOf(this.#action.observe));
    const request = fillSearch(this.#action.observe, values, this.#startedAt);
    let seenWithoutCache = false;
    const sample = await this.#watch(task, booked.at, logs, async (turn) => {
      const noCache = turn % 2 === 1;
      const { seen, ...times } = await this.#search(this.#reader, request, noCache, (matches) =>
        matches.some((match) => match.id === booked.resource.id),
      );
      if (!noCache) return { seen, ...times };
      if (seen === true) seenWithoutCache = true;
      return undefined;
    });
    if (sample?.[1] === null && seenWithoutCache) this.visibility.onlyWithoutCache += 1;
    settle(task, logs, sample);
  }

  // The contract's own search, asked for one slot only. A slot that is seen free again may be booked again.
  async #searchSlot({ slot, patient }: Booked, turn: number): Promise<SlotSighting> {
    if (slot === undefined || this.#slots?.find === undefined)
      throw new ExchangeFault('no-test-object', 'no slot', undefined);
    const values = new Map(await this.#tools.cases.values(patient, holesOf(this.#slots.find)));
    values.set('trigger.from', slot.start);
    values.set('trigger.to', slot.end);
    const request = fillSearch(this.#slots.find, values, this.#startedAt);
    const noCache = turn % 2 === 1;
    let status: string | undefined;
    const { seen, ...times } = await this.#search(this.#tools.clients.ai, request, noCache, (matches) => {
      const found = matches.find((match) => match.id === slot.id) as Slot | undefined;
      status = found?.status;
      return found !== undefined;
    });
    // A search for free slots does not return a taken one at all.
    return { ...times, state: seen === undefined ? undefined : status === 'free' ? 'free' : 'taken', noCache };
  }

  // Booked again before the AI system has looked at it, the slot would rightly not be offered.
  async #giveBack(booked: Booked): Promise<void> {
    if (booked.slot === undefined || this.#slots === undefined) return;
    const { state } = await this.#searchSlot(booked, 1);
    if (state === 'free') this.#tools.cases.returnSlot(booked.slot.id ?? '');
  }

  async #search(
    client: Client,
    request: { readonly type: string; readonly parameters: readonly (readonly [string, string])[] },
    noCache: boolean,
    found: (matches: readonly Resource[]) => boolean,
  ): Promise<Sighting> {
    const asked = await timed(this.#ehr, this.#tools.signal, () =>
      client.send({
        method: 'POST',
        path: `${request.type}/_search`,
        form: request.parameters,
        ...(noCache ? { headers: { 'cache-control': 'no-cache' } } : {}),
        measured: {},
        tolerant: true,
      }),
    );
    const page = asked.answer?.ok === true ? readSearchset(asked.answer.resource) : undefined;
    const times = { sentAtMs: asked.sentAtMs, receivedAtMs: asked.receivedAtMs };
    if (page === undefined || page === 'too-many') return { seen: undefined, ...times };
    const seen = found(page.matches);
    // What is not on the first page may stand on the next one.
    return { seen: seen || page.next === undefined ? seen : undefined, ...times };
  }

  async #slotState(
    { slot }: Booked,
    wanted: 'taken' | 'free',
    at: Moment,
    [log]: readonly TrackLog[],
    look: (turn: number) => Promise<SlotSighting>,
  ): Promise<Sample | undefined> {
    if (slot === undefined || log === undefined) return undefined;
    const { target } = log.track;
    return watch({
      look: async (turn) => {
        const { state, noCache, ...times } = await look(turn);
        return { seen: state === undefined || noCache === true ? undefined : state === wanted, ...times };
      },
      ...at,
      budgetMs: target.budgetMs,
      untilMs: noAnswerAfterBudgets * target.budgetMs,
      untilOver: true,
      random: this.#tools.random,
      closed: log.closed,
    });
  }

  async #undo({ resource }: Booked): Promise<Moment | undefined> {
    const state = undoState(resource.resourceType, 'cancel');
    if (state === undefined) return undefined;
    const { clients, signal } = this.#tools;
    const undone: Timed = await timed(this.#ehr, signal, () =>
      clients.ai.write({
        method: 'PATCH',
        resourceType: resource.resourceType,
        objectId: resource.id,
        basedOn: resource,
        body: [{ op: 'replace', path: `/${state.element}`, value: state.value }],
        ifMatch: etagOf(resource) ?? null,
        undo: true,
        measured: {},
      }),
    );
    if (undone.answer?.ok !== true) return undefined;
    return { earliestMs: undone.sentAtMs, latestMs: undone.receivedAtMs };
  }

  async #delivered(task: SampleTask, { resource }: Booked, at: Moment): Promise<void> {
    const reference = `${resource.resourceType}/${resource.id}`;
    await Promise.all(
      task.logs('delivery').map(async (log) => {
        const deliveries = this.#deliveries.get(log.track.trigger ?? '');
        if (deliveries === undefined) log.drop(task.index, 'not-sent');
        else await deliveries.settle(task.index, reference, at, log);
      }),
    );
  }

  async #answered(
    task: SampleTask,
    booked: Booked,
    at: Moment,
    logs: readonly TrackLog[],
    slotShown: Promise<void>,
  ): Promise<void> {
    const reference = `${booked.resource.resourceType}/${booked.resource.id}`;
    const longestMs = Math.max(0, ...logs.map((log) => log.track.target.budgetMs));
    let overdue = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      overdue = resolve;
    });
    const answered = this.#watch(
      task,
      at,
      logs,
      async () => {
        const { answer, ...times } = await this.#ask([[booked.resource.resourceType.toLowerCase(), reference]]);
        return { seen: answersFor(answer, reference), ...times };
      },
      ([lowerMs]) => {
        if (lowerMs > longestMs) overdue();
      },
    ).then((sample) => settle(task, logs, sample));
    await Promise.all([slotShown, Promise.race([answered, late])]);
    await this.#giveBack(booked);
    await answered;
  }

  async #askSlot({ slot }: Booked): Promise<SlotSighting> {
    const reference = `Slot/${slot?.id ?? ''}`;
    const { answer, ...times } = await this.#ask([['slot', reference]]);
    const offered = slotOffered(answer, reference);
    return { ...times, state: offered === undefined ? undefined : offered ? 'free' : 'taken' };
  }

  async #ask(query: readonly (readonly [string, string])[]): Promise<Timed> {
    const { aiSystem, signal } = this.#tools;
    if (aiSystem === undefined) throw new ExchangeFault('no-ai-system', 'aiSystem.query is not configured', undefined);
    return timed(this.#aiSystem, signal, () => aiSystem.ask(query, { measured: {} }));
  }

  // One watch for logs that wait for the same thing; each of them can end it only for itself.
  async #watch(
    task: SampleTask,
    at: Moment,
    logs: readonly TrackLog[],
    look: (turn: number) => Promise<Sighting | undefined>,
    notYet: (sample: Sample) => void = () => undefined,
  ): Promise<Sample | undefined> {
    const open = logs.filter((log) => !log.closed.aborted);
    if (open.length === 0) return undefined;
    const budgets = open.map((log) => log.track.target.budgetMs);
    return watch({
      look,
      ...at,
      budgetMs: Math.min(...budgets),
      untilMs: noAnswerAfterBudgets * Math.max(...budgets),
      random: this.#tools.random,
      closed: allClosed(open),
      onNotYet: (sample) => {
        for (const log of open) log.soFar(task.index, sample);
        notYet(sample);
      },
    });
  }

  #slotLogs(task: SampleTask): { ehr: TrackLog[]; answers: TrackLog[] } {
    const own = (log: TrackLog): boolean => log.track.subject === `resource:${this.#slots?.id}`;
    return { ehr: task.logs('age').filter(own), answers: task.logs('age-in-answer').filter(own) };
  }

  #ageLogs(task: SampleTask): { ehr: TrackLog[]; answers: TrackLog[] } {
    const own = (log: TrackLog): boolean => log.track.subject !== `resource:${this.#slots?.id}`;
    return { ehr: task.logs('age').filter(own), answers: task.logs('age-in-answer').filter(own) };
  }

  #drop(task: SampleTask, part: TrackLog['track']['part']): void {
    for (const log of task.logs(part)) log.drop(task.index, 'not-sent');
  }
}

interface SlotSighting {
  readonly state: 'taken' | 'free' | undefined;
  /** Asked for no cached answer: says that it is so, not that everybody sees it. */
  readonly noCache?: boolean;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

const defaultWriteMs = 5_000;

function settle(task: SampleTask, logs: readonly TrackLog[], sample: Sample | undefined): void {
  for (const log of logs) {
    if (sample === undefined) log.drop(task.index, 'not-sent');
    else log.settle(task.index, sample);
  }
}

/** Both ends of whichever was seen later. */
function later(a: Sample | undefined, b: Sample | undefined): Sample | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return [Math.max(a[0], b[0]), a[1] === null || b[1] === null ? null : Math.max(a[1], b[1])];
}

function allClosed(logs: readonly TrackLog[]): AbortSignal {
  const [only] = logs;
  if (logs.length === 1 && only !== undefined) return only.closed;
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const close = (): void => {
    if (logs.every((log) => log.closed.aborted)) controller.abort();
  };
  for (const log of logs) log.closed.addEventListener('abort', close, { once: true });
  close();
  return controller.signal;
}

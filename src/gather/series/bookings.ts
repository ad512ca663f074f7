import type { Resource } from 'fhir/r4.js';
import type { ContractAction } from '../../model/documents/contract.js';
import type { Sample } from '../../model/latency-series.js';
import type { Client, ProbeTools } from '../probe.js';
import { ExchangeFault, type Answer } from '../request.js';
import { fillSearch, holesOf } from '../template-values.js';
import { undoState } from '../undo-state.js';
import { etagOf } from '../writer.js';
import { answersFor } from '../ai-system.js';
import type { Deliveries } from './deliveries.js';
import type { Lane } from './lane.js';
import type { SampleTask } from './run-series.js';
import { measuredSearch } from './measured-search.js';
import { deadlineOf } from './searches.js';
import { timed, type Timed } from './timed.js';
import type { TrackLog } from './track-log.js';
import type { Sighting } from './watch.js';
import { settle, watchFor } from './watched-logs.js';
import { WatchedSlots, type BookedSlot, type Moment } from './watched-slots.js';

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

interface Booked extends BookedSlot {
  readonly resource: Resource & { readonly id: string };
  readonly at: Moment;
}

/**
 * One booking per sample, and everything that is watched through it: the create, the reading by id, the search of the
 * work list, the slot in the EHR's and in the AI system's answers, the undo, and what the AI system answers to it.
 */
export class Bookings {
  readonly visibility: Visibility = { writes: 0, unreadById: 0, onlyWithoutCache: 0 };
  readonly slots: WatchedSlots;
  readonly #tools: ProbeTools;
  readonly #action: ContractAction;
  readonly #reader: Client;
  readonly #ehr: Lane;
  readonly #aiSystem: Lane;
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
    this.slots = new WatchedSlots(tools, bounds);
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
    // In turn, and not by chance: of few samples enough are of each kind. When a sample is due is random.
    const paired = task.index % 2 === 0 ? 'taken' : 'free';
    const [, , taken, takenInAnswers] = await Promise.all([
      this.#readBack(booked),
      this.#visible(task, booked, [...task.logs('visible'), ...ageLogs.ehr]),
      this.slots.inEhr(booked, 'taken', booked.at, slotLogs.ehr),
      this.slots.inAnswers(booked, 'taken', booked.at, slotLogs.answers),
    ]);
    if (paired === 'taken') await this.slots.compare(booked, 'taken', booked.at, takenInAnswers, slotLogs.answers);
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
      this.slots.inEhr(booked, 'free', undone, slotLogs.ehr),
      this.slots.inAnswers(booked, 'free', undone, slotLogs.answers),
    ]).then(([free, freeInAnswers]) => {
      settle(task, slotLogs.ehr, later(taken, free));
      settle(task, slotLogs.answers, later(takenInAnswers, freeInAnswers));
      return freeInAnswers;
    });
    const slotDone = async (): Promise<void> => {
      const freeInAnswers = await slotShown;
      if (paired === 'free') await this.slots.compare(booked, 'free', undone, freeInAnswers, slotLogs.answers);
      await this.#giveBack(booked);
    };
    await this.#answered(task, booked, undone, [...task.logs('response'), ...ageLogs.answers], slotShown, slotDone);
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
      if (made.answer?.ok === true) log.settle(task.index, made.sample, made);
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
      const { seen, ...times } = await measuredSearch(
        { client: this.#reader, lane: this.#ehr, signal: this.#tools.signal },
        { ...request, noCache },
        (matches) => matches.some((match) => match.id === booked.resource.id),
      );
      if (!noCache) return { seen, ...times };
      if (seen === true) seenWithoutCache = true;
      return undefined;
    });
    if (sample?.[1] === null && seenWithoutCache) this.visibility.onlyWithoutCache += 1;
    settle(task, logs, sample);
  }

  // Booked again before the AI system has looked at it, the slot would rightly not be offered.
  async #giveBack(booked: Booked): Promise<void> {
    if (booked.slot === undefined || this.slots.resource === undefined) return;
    const { state } = await this.slots.search(booked, 1);
    if (state === 'free') this.#tools.cases.returnSlot(booked.slot.id ?? '');
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
    slotShown: Promise<unknown>,
    slotDone: () => Promise<void>,
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
    await slotDone();
    await answered;
  }

  async #ask(query: readonly (readonly [string, string])[]): Promise<Timed> {
    const { aiSystem, signal } = this.#tools;
    if (aiSystem === undefined) throw new ExchangeFault('no-ai-system', 'aiSystem.query is not configured', undefined);
    return timed(this.#aiSystem, signal, () => aiSystem.ask(query, { measured: {} }));
  }

  #watch(
    task: SampleTask,
    at: Moment,
    logs: readonly TrackLog[],
    look: (turn: number) => Promise<Sighting | undefined>,
    notYet?: (sample: Sample) => void,
  ): Promise<Sample | undefined> {
    return watchFor(logs, { index: task.index, ...at, look, random: this.#tools.random, notYet });
  }

  #slotLogs(task: SampleTask): { ehr: TrackLog[]; answers: TrackLog[] } {
    const own = (log: TrackLog): boolean => log.track.subject === `resource:${this.slots.resource?.id}`;
    return { ehr: task.logs('age').filter(own), answers: task.logs('age-in-answer').filter(own) };
  }

  #ageLogs(task: SampleTask): { ehr: TrackLog[]; answers: TrackLog[] } {
    const own = (log: TrackLog): boolean => log.track.subject !== `resource:${this.slots.resource?.id}`;
    return { ehr: task.logs('age').filter(own), answers: task.logs('age-in-answer').filter(own) };
  }

  #drop(task: SampleTask, part: TrackLog['track']['part']): void {
    for (const log of task.logs(part)) log.drop(task.index, 'not-sent');
  }
}

const defaultWriteMs = 5_000;

/** Both ends of whichever was seen later. */
function later(a: Sample | undefined, b: Sample | undefined): Sample | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return [Math.max(a[0], b[0]), a[1] === null || b[1] === null ? null : Math.max(a[1], b[1])];
}

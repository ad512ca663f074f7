import type { Resource } from 'fhir/r4.js';
import type { ContractAction, ContractResource } from '../../model/documents/contract.js';
import type { Missing } from '../../model/fact.js';
import type { ProductOutcome } from '../../model/product-outcomes.js';
import { takeBack } from '../caused-event.js';
import { productEventTemplate, type ProductAnswer, type ProductEvents } from '../observers/product-events.js';
import {
  asProduct,
  carries,
  outsideTrigger,
  ProductTrials,
  slotsOf,
  type ProductCase,
} from '../observers/product-trial.js';
import type { Client, ProbeTools, RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { fillSearch, holesOf, type SearchRequest } from '../template-values.js';
import { isLive } from '../undo-state.js';
import type { Lane } from './lane.js';
import { measuredSearch, searchSlot } from './measured-search.js';
import type { SampleTask } from './run-series.js';
import type { SeriesPlan } from './sampling-plan.js';
import { deadlineOf, searchTemplatePath } from './searches.js';
import type { TrackLog } from './track-log.js';
import type { Sighting } from './watch.js';
import { settle, watchFor } from './watched-logs.js';
import { isSeenByWebhook } from './why-not-timed.js';

interface Bounds {
  readonly ehr: Lane;
  readonly aiSystem: Lane;
  /** Events that were planned; each may lead to a create, and no more are told. */
  readonly mostWrites: number;
}

/** Objects a product may make of one event that has to be taken back. */
const mostObjects = 3;
/** After these words the product is done with the event and has done something. */
const done: readonly (ProductOutcome | undefined)[] = ['booked', 'cancelled', 'drafted'];

/** Everything a series that asks the product may send. */
export function toldEventTemplates(plan: SeriesPlan, { contract }: Pick<RunDocuments, 'contract'>): RequestTemplate[] {
  const { writes, reader, looksPerSample } = plan;
  const action = contract.actions?.find(({ id }) => id === plan.action);
  const slots = slotsFrom(contract);
  return [
    productEventTemplate(writes),
    {
      context: reader,
      method: 'POST',
      path:
        action !== undefined && isSeenByWebhook(action)
          ? `${action.resource}/_search?identifier`
          : searchTemplatePath({ find: action?.observe }),
      most: writes * (looksPerSample.visible + 1),
    },
    // The undo counts in no limit.
    { context: 'ai', method: 'PATCH', path: `${action?.resource ?? ''}/{id}`, most: writes * mostObjects },
    ...(slots === undefined
      ? []
      : [{ context: 'ai', method: 'POST', path: searchTemplatePath(slots), most: writes } as const]),
  ];
}

/**
 * One event from outside the EHR per sample: the product is told of it, its answer is timed, and what it leads to is
 * looked for by a reader who is not the product, and taken back.
 */
export class ToldEvents {
  readonly #tools: ProbeTools;
  readonly #action: ContractAction;
  readonly #trigger: string;
  readonly #product: ProductEvents;
  readonly #reader: Client;
  readonly #trials: ProductTrials;
  readonly #ehr: Lane;
  readonly #aiSystem: Lane;
  #writesLeft: number;
  #unheard: Missing | undefined;

  /** @throws ExchangeFault `no-ai-system` */
  constructor(tools: ProbeTools, action: ContractAction, reader: Client, { ehr, aiSystem, mostWrites }: Bounds) {
    const trigger = outsideTrigger(tools);
    if (tools.product === undefined || trigger === undefined) {
      throw new ExchangeFault('no-ai-system', 'the product cannot be told of events', undefined);
    }
    this.#tools = tools;
    this.#action = action;
    this.#trigger = trigger.id;
    this.#product = tools.product;
    this.#reader = reader;
    this.#trials = new ProductTrials(tools, action, reader);
    this.#ehr = ehr;
    this.#aiSystem = aiSystem;
    this.#writesLeft = mostWrites;
  }

  /** Why the answers of this product cannot be timed: it gives them later, where nobody can hear them. */
  get unheard(): Missing | undefined {
    return this.#unheard;
  }

  async take(task: SampleTask): Promise<void> {
    const records = task.logs('record');
    const answers = task.logs('confirmed-answer');
    const all = [...records, ...answers];
    const asked = await this.#prepare(task);
    if (asked === undefined) {
      for (const log of all) log.drop(task.index, 'not-sent');
      return;
    }
    const { sentAtMs, answer } = await this.#tell(asked, all);
    let found: readonly Resource[] = [];
    const look = (): Promise<Sighting> =>
      this.#look(asked, (objects) => {
        found = objects;
      });
    const byWebhook = isSeenByWebhook(this.#action);
    const times = { index: task.index, earliestMs: sentAtMs, latestMs: sentAtMs, random: this.#tools.random };
    const seen = byWebhook ? undefined : await watchFor(all, { ...times, look });
    settle(task, records, seen);
    for (const log of answers) {
      const given = await answer;
      if (given.unheard !== undefined) {
        this.#unheard = given.unheard;
        log.drop(task.index, 'discarded');
        log.close();
        continue;
      }
      const lateMs = this.#aiSystem.lateBetween(sentAtMs, sentAtMs + given.durationMs);
      if (seen === undefined && !byWebhook) log.drop(task.index, 'not-sent');
      else settleAnswer(log, task.index, { isThere: byWebhook || seen?.[1] !== null, answer: given, lateMs });
    }
    // What it is still at work on is not taken from under its hands.
    await answer;
    if (found.length === 0) await look();
    await this.#end(asked, found);
  }

  async #prepare({ index }: SampleTask): Promise<ProductCase | undefined> {
    if (this.#writesLeft <= 0) return undefined;
    const patients = this.#tools.cases.seriesPatients();
    try {
      const asked = await this.#trials.prepare(patients[index % Math.max(1, patients.length)]);
      this.#writesLeft -= 1;
      return asked;
    } catch (error) {
      if (error instanceof ExchangeFault && error.reason === 'no-test-object') return undefined;
      throw error;
    }
  }

  /** The event counts from when it is on its way: that it was written down first is no time of the product. */
  async #tell(
    { inputs, identifier }: ProductCase,
    logs: readonly TrackLog[],
  ): Promise<{ readonly sentAtMs: number; readonly answer: Promise<ProductAnswer> }> {
    const longestMs = Math.max(0, ...logs.map(({ track }) => track.target.budgetMs));
    let onSending: (atMs: number) => void = () => undefined;
    const sent = new Promise<number>((resolve) => {
      onSending = resolve;
    });
    const answer = this.#aiSystem
      .run(
        () =>
          this.#product.tell(
            {
              trigger: this.#trigger,
              action: this.#action.id,
              inputs,
              creates: { resourceType: this.#action.resource ?? '', identifier },
            },
            { measured: {}, deadlineMs: deadlineOf(longestMs), onSending },
          ),
        this.#tools.signal,
      )
      .then(({ value }) => value);
    // A refusal to send is thrown by the answer; nothing else comes of it.
    const sentAtMs = await Promise.race([sent, answer.then(() => sent)]);
    return { sentAtMs, answer };
  }

  async #look(
    { patient, slots, identifier }: ProductCase,
    note: (objects: readonly Resource[]) => void,
  ): Promise<Sighting> {
    const { cases, organization, startedAt, signal } = this.#tools;
    const system = organization.writePolicy?.identifierSystem ?? '';
    const { observe = '' } = this.#action;
    const request: SearchRequest = isSeenByWebhook(this.#action)
      ? { type: this.#action.resource ?? '', parameters: [['identifier', `${system}|${identifier}`]] }
      : fillSearch(observe, await cases.values(patient, holesOf(observe)), startedAt);
    const own = (each: Resource): boolean =>
      carries(each, system, identifier) || slots.some(({ id }) => slotsOf(each).includes(`Slot/${id}`));
    return measuredSearch(
      { client: this.#reader, lane: this.#ehr, signal },
      { ...request, noCache: false },
      (matches) => {
        const found = matches.filter(
          (each) => each.resourceType === this.#action.resource && isLive(each) && own(each),
        );
        note(found);
        return found.length > 0;
      },
    );
  }

  /** Takes back what was found, and gives the slot back once it is seen free. */
  async #end({ patient, slot, identifier }: ProductCase, found: readonly Resource[]): Promise<void> {
    const { writer, organization, cases, contract } = this.#tools;
    const system = organization.writePolicy?.identifierSystem ?? '';
    let announced = 1;
    for (const object of found.slice(0, mostObjects)) {
      const own = announced > 0 && carries(object, system, identifier);
      if (own) announced -= 1;
      await (own ? writer.found(identifier, object) : writer.foreign(asProduct(this.#tools), this.#action.id, object));
      await this.#ehr.run(() => takeBack(this.#tools, object, { measured: {} }), this.#tools.signal);
    }
    const resource = slotsFrom(contract);
    if (slot?.id === undefined || resource === undefined) return;
    const { state } = await searchSlot(this.#tools, this.#ehr, { resource, slot, patient, noCache: true });
    if (state === 'free') cases.returnSlot(slot.id);
  }
}

/** An answer counts once what it speaks of is there; then it counts from when it was given. */
function settleAnswer(
  log: TrackLog,
  index: number,
  { isThere, answer, lateMs }: { isThere: boolean; answer: ProductAnswer; lateMs: number },
): void {
  if (!isThere || !done.includes(answer.outcome)) return log.fail(index);
  log.settle(index, [answer.durationMs, answer.durationMs], { lateMs });
}

const slotsFrom = ({ resources }: RunDocuments['contract']): ContractResource | undefined =>
  resources?.find(({ type, find }) => type === 'Slot' && find !== undefined);

import type { Resource, Slot } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { localReference, patientsOf } from '../../fhir/reference.js';
import type { ContractAction, ContractTrigger } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { firstWriteOf } from '../../model/actions.js';
import { missing, type Missing } from '../../model/fact.js';
import { aiSystemBinding } from '../../model/subjects.js';
import { isSearch, searchTemplate } from '../action-steps.js';
import { takeBack } from '../caused-event.js';
import { textInOtherForm } from '../other-form.js';
import type { Client, ProbeTools, RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { fillSearch, holesOf } from '../template-values.js';
import { isLive } from '../undo-state.js';
import {
  productEventTemplate,
  type ProductAnswer,
  type ProductEvent,
  type ProductEvents,
  type TellingHow,
} from './product-events.js';

/** One thing the product is asked for: a test patient, free test slots where the action takes one, and its identifier. */
export interface ProductCase {
  readonly patient: TestPatient;
  readonly slot: Slot | undefined;
  /** All that lie in the time asked for. */
  readonly slots: readonly Slot[];
  /** Business identifier the product is asked to keep in what it creates. */
  readonly identifier: string;
  readonly inputs: Readonly<Record<string, string>>;
}

type Documents = Pick<RunDocuments, 'contract' | 'organization'>;

/** The event from outside the EHR by which the product can be asked for anything; undefined where the contract has none. */
export const outsideTrigger = ({ contract }: Pick<Documents, 'contract'>): ContractTrigger | undefined =>
  (contract.triggers ?? []).find(({ kind }) => kind === 'external');

/** Whether the action creates something in the EHR that the tool could take back by a status. */
export const createsByStatus = (action: ContractAction): boolean =>
  action.interaction === 'create' && action.resource !== undefined && action.kind !== 'suggest';

/** What it makes besides would be nobody's. */
const comesWithAnother = missing('tool-limited', 'the product cannot be asked for this action without another');

/** Why the product cannot be asked for this action; undefined where it can. */
export function whyNotAsked({ contract, organization }: Documents, action: ContractAction): Missing | undefined {
  if (organization.aiSystem?.webhook === undefined) {
    return missing('no-ai-system', 'aiSystem.webhook is not in the organization file');
  }
  if (outsideTrigger({ contract }) === undefined || !createsByStatus(action)) {
    return missing('no-ai-system', 'the product cannot be asked for this action from outside');
  }
  return firstWriteOf(contract.actions, action) === undefined ? undefined : comesWithAnother;
}

/** The action's own search for what it has made, where it finds objects of the type it creates. */
const observation = ({ observe, resource }: ContractAction): string | undefined =>
  isSearch(observe) && observe.startsWith(`${resource}?`) ? observe : undefined;

/** What `asked` events about `cases` cases may send, with `looks` looks at each. */
export function productTrialTemplates(
  action: ContractAction,
  { cases, asked, looks }: { readonly cases: number; readonly asked: number; readonly looks: number },
): RequestTemplate[] {
  const type = action.resource ?? '';
  const most = cases * (looks + 1);
  const observe = observation(action);
  return [
    productEventTemplate(asked),
    ...(['ai', 'staff'] as const).flatMap((context): RequestTemplate[] => [
      { context, method: 'POST', path: `${type}/_search?identifier`, most },
      ...(observe === undefined ? [] : [searchTemplate(context, observe, most)]),
      { context, method: 'GET', path: `${type}/{id}`, most: looks * asked },
    ]),
    // Undoing counts in no limit; a product may have created more than one.
    { context: 'ai', method: 'PATCH', path: `${type}/{id}`, most: 3 * asked },
  ];
}

/** Outcomes after which nothing more is to be expected. */
const nothingMade: readonly unknown[] = ['queued-for-human', 'refused', 'nothing-free'];
const final: readonly unknown[] = ['booked', 'cancelled', 'drafted', ...nothingMade];
const looksAtMost = 5;
/** Until the next look; nobody is waited for as long on a simulator. */
export const lookAgainMs = ({ environmentClass }: Pick<RunDocuments, 'environmentClass'>): number =>
  environmentClass === 'simulator' ? 200 : 1_000;

/** Requests of one `objects` at the most, the reads of what the product names aside. */
export const searchesPerLook = 2 * looksAtMost;

interface Asked {
  /** Objects of the type that were announced. */
  announced: number;
  /** Every answer so far said what came of it. */
  settled: boolean;
  /** Some answer left it open that something was made. */
  mayHaveMade: boolean;
  /** `Type/id` the answers named. */
  readonly named: Set<string>;
  /** Ids that were there before, where nothing else ties an object to the case. */
  readonly before: ReadonlySet<string> | undefined;
}

/** Asks the product for one action, over and over, and looks in the EHR for what came of it. */
export class ProductTrials {
  readonly #tools: ProbeTools;
  readonly #product: ProductEvents;
  readonly #action: ContractAction;
  readonly #trigger: ContractTrigger;
  /** Sees the EHR as somebody who is not the product. */
  readonly #reader: Client;
  readonly #asked = new Map<string, Asked>();

  /** @throws ExchangeFault `no-ai-system` where `whyNotAsked` says why */
  constructor(tools: ProbeTools, action: ContractAction, reader: Client = tools.clients.ai) {
    const trigger = outsideTrigger(tools);
    if (tools.product === undefined || trigger === undefined) {
      throw new ExchangeFault('no-ai-system', 'the product cannot be asked for this action from outside', undefined);
    }
    this.#tools = tools;
    this.#product = tools.product;
    this.#action = action;
    this.#trigger = trigger;
    this.#reader = reader;
  }

  /**
   * A case nobody has asked for yet. Where the action takes a slot, so many free test slots are set aside, and the inputs
   * ask for their time and nothing else.
   * @throws ExchangeFault `no-test-object`
   */
  async prepare(patient = this.#tools.cases.seriesPatients()[0], slots = 1): Promise<ProductCase> {
    const { cases, writer } = this.#tools;
    if (patient === undefined) throw new ExchangeFault('no-test-object', 'no test patient is left', undefined);
    const names = this.#trigger.inputs ?? [];
    const values = new Map(
      await cases.values(
        patient,
        names.map((name) => `trigger.${name}`),
      ),
    );
    const taken: Slot[] = [];
    while (this.#takesSlot() && taken.length < slots) taken.push(await cases.takeSlot(patient));
    const [slot] = taken.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start));
    if (slot !== undefined) {
      values.set('trigger.from', slot.start);
      values.set(
        'trigger.to',
        taken.reduce((last, { end }) => (Date.parse(end) > Date.parse(last) ? end : last), slot.end),
      );
    }
    const identifier = writer.newIdentifier();
    values.set('trigger.id', identifier);
    const inputs = Object.fromEntries(
      names.flatMap((name) => {
        const value = values.get(`trigger.${name}`);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
    return { patient, slot, slots: taken, identifier, inputs };
  }

  /** The same wish once more, in another call and in slightly different words. */
  inOtherWords(asked: ProductCase): ProductCase {
    const identifier = this.#tools.writer.newIdentifier();
    const inputs = Object.fromEntries(
      Object.entries(asked.inputs).map(([name, value]) => [name, name === 'id' ? identifier : textInOtherForm(value)]),
    );
    return { ...asked, identifier, inputs };
  }

  /** Asks for the action, or for another that begins with it; an `id` given before is the same event once more. */
  async ask(
    asked: ProductCase,
    change: Pick<ProductEvent, 'id' | 'event' | 'action' | 'alsoCreates'> & TellingHow = {},
  ): Promise<ProductAnswer> {
    const { deadlineMs, hangsUp, lookFor, ...event } = change;
    const { inputs, identifier } = asked;
    const creates = this.#action.interaction === 'create';
    const state = this.#asked.get(identifier) ?? {
      announced: 0,
      settled: true,
      mayHaveMade: false,
      named: new Set<string>(),
      before: !creates || asked.slots.length > 0 ? undefined : await this.#idsOf(asked),
    };
    this.#asked.set(identifier, state);
    state.announced += change.alsoCreates === this.#action.resource ? 2 : 1;
    const answer = await this.#product.tell(
      {
        trigger: this.#trigger.id,
        action: this.#action.id,
        inputs,
        ...event,
        ...(creates ? { creates: { resourceType: this.#action.resource ?? '', identifier } } : {}),
      },
      {
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
        ...(hangsUp === undefined ? {} : { hangsUp }),
        ...(lookFor === undefined ? {} : { lookFor }),
      },
    );
    if (answer.object !== undefined) state.named.add(answer.object);
    state.settled &&= hangsUp === true || final.includes(answer.outcome);
    state.mayHaveMade ||= !nothingMade.includes(answer.outcome);
    return answer;
  }

  /**
   * What lives in the EHR of what the product was asked for: it carries the identifier of the case, or lies in one of its
   * slots, or is new and was named in an answer. A product that has not said what came of it gets some seconds.
   */
  async objects(asked: ProductCase): Promise<readonly Resource[]> {
    const state = this.#asked.get(asked.identifier);
    for (let look = 1; ; look++) {
      const found = await this.#look(asked, state);
      if (found.length > 0 || state === undefined || state.settled || look === looksAtMost) return found;
      await this.#tools.pause(lookAgainMs(this.#tools));
    }
  }

  async #look(asked: ProductCase, state: Asked | undefined): Promise<readonly Resource[]> {
    const system = this.#tools.organization.writePolicy?.identifierSystem ?? '';
    const type = this.#action.resource ?? '';
    const { identifier, patient, slots } = asked;
    const shown = new Map((await this.#observed(asked)).map((each) => [`${type}/${each.id}`, each]));
    for (const named of state?.named ?? []) {
      if (shown.has(named) || !named.startsWith(`${type}/`)) continue;
      const { ok, resource } = await this.#reader.read(type, named.slice(type.length + 1));
      if (ok && resource?.resourceType === type) shown.set(named, resource);
    }
    const tied = (resource: Resource): boolean =>
      slots.some(({ id }) => slotsOf(resource).includes(`Slot/${id}`)) ||
      (state?.before?.has(resource.id ?? '') === false && state.named.has(`${type}/${resource.id}`));
    // What carries the identifier is of the case whoever it is stored for; the writer looks at that.
    const living = [...shown.values()].filter(
      (each) =>
        isLive(each) && (carries(each, system, identifier) || (tied(each) && patientsOf(each).includes(patient.id))),
    );
    if (living.length > 0 || observation(this.#action) === undefined || state?.mayHaveMade !== true) return living;
    // What it made may be none of what that search shows.
    return (await this.#byIdentifier(identifier)).filter((each) => carries(each, system, identifier) && isLive(each));
  }

  async #observed({ patient, identifier }: ProductCase): Promise<readonly Resource[]> {
    const observe = observation(this.#action);
    if (observe === undefined) return this.#byIdentifier(identifier);
    const { cases, startedAt } = this.#tools;
    const { parameters } = fillSearch(observe, await cases.values(patient, holesOf(observe)), startedAt);
    return this.#search(parameters);
  }

  async #idsOf(asked: ProductCase): Promise<ReadonlySet<string>> {
    return new Set((await this.#observed(asked)).flatMap(({ id }) => id ?? []));
  }

  #byIdentifier(identifier: string): Promise<readonly Resource[]> {
    const system = this.#tools.organization.writePolicy?.identifierSystem ?? '';
    return this.#search([['identifier', `${system}|${identifier}`]]);
  }

  async #search(parameters: readonly (readonly [string, string])[]): Promise<readonly Resource[]> {
    const type = this.#action.resource ?? '';
    const answer = await this.#reader.search(type, parameters);
    const page = readSearchset(answer.resource);
    if (!answer.ok || page === undefined || page === 'too-many') {
      const detail = `what the product has written cannot be searched (${answer.status})`;
      throw new ExchangeFault('prerequisite-failed', detail, answer.exchange);
    }
    // A server may ignore a parameter and return strangers; whoever asked looks at each.
    return page.matches.filter(({ resourceType }) => resourceType === type);
  }

  /** Takes back what the product has written for the case, and gives its slots back. */
  async end(asked: ProductCase, objects?: readonly Resource[]): Promise<void> {
    const { writer, organization, cases } = this.#tools;
    const system = organization.writePolicy?.identifierSystem ?? '';
    const by = asProduct(this.#tools);
    // Each event was written down before it was sent; what goes beyond that is not our own.
    let announced = this.#asked.get(asked.identifier)?.announced ?? 0;
    for (const object of objects ?? (await this.objects(asked))) {
      const own = announced > 0 && carries(object, system, asked.identifier);
      announced -= own ? 1 : 0;
      await (own ? writer.found(asked.identifier, object) : writer.foreign(by, this.#action.id, object));
      await takeBack(this.#tools, object);
    }
    for (const { id } of asked.slots) if (id !== undefined) cases.returnSlot(id);
  }

  #takesSlot(): boolean {
    return JSON.stringify(this.#action.body ?? {}).includes('{{slot.');
  }
}

/** Whoever the product writes as. */
export const asProduct = ({ contract, organization, environmentId }: ProbeTools) => ({
  context: 'ai-system',
  binding: { id: aiSystemBinding(contract, organization, environmentId)?.id ?? 'ai-system' },
});

/** `Slot/id` of the slots it takes. */
export function slotsOf(resource: Resource): string[] {
  const { slot } = resource as { slot?: unknown };
  return Array.isArray(slot)
    ? (slot as ({ reference?: unknown } | null)[]).flatMap((each) => localReference(each?.reference) ?? [])
    : [];
}

/** Whether a resource has this business identifier. */
export function carries(resource: Resource, system: string, value: string): boolean {
  const { identifier } = resource as { identifier?: unknown };
  const all = (Array.isArray(identifier) ? identifier : [identifier]) as (
    { system?: unknown; value?: unknown } | undefined
  )[];
  return all.some((each) => each?.system === system && each?.value === value);
}

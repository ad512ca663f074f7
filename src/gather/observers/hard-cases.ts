import type { Patient, Resource } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { patientsOf } from '../../fhir/reference.js';
import type { ContractAction } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { isMissing, missing, type FactValue, type Missing } from '../../model/fact.js';
import { foundByPatient } from '../known-objects.js';
import type { Client, ProbeTools } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { isLive } from '../undo-state.js';
import type { ProductAnswer } from './product-events.js';
import {
  carries,
  outsideTrigger,
  ProductTrials,
  productTrialTemplates,
  searchesPerLook,
  type ProductCase,
} from './product-trial.js';

/** Somebody for whom the product has to stop, and what they say of themselves. */
export interface HardCase {
  /** The one who is asked for first, and whoever else may be hit by mistake. */
  readonly patients: readonly TestPatient[];
  readonly said: Readonly<Record<string, string>>;
  /** Sees the records of these patients; default the AI system's client. */
  readonly reader?: Client;
  /** What of the record has no business in the product's answer. */
  readonly secret?: readonly string[];
  /** Id of the action that is asked for; default the one on trial. */
  readonly action?: string;
  /** What the event says instead of what it would say. */
  readonly turned?: (inputs: ProductCase['inputs']) => ProductCase['inputs'];
  /** What happens while the product is asked. */
  readonly around?: (ask: () => Promise<ProductAnswer>) => Promise<ProductAnswer>;
}

/** Cases of one kind, and the fact their reactions make. */
export interface PreparedCases<Value> {
  readonly cases: readonly HardCase[];
  fact(reactions: readonly Reaction[], controls: Controls): Value | Promise<Value>;
}

/** Several sorts of cases that make one fact; the sorts which cannot be had are left out while there is another. */
export function together<Value extends { readonly cases: readonly unknown[] }>(
  ...sorts: readonly (PreparedCases<Value> | Missing)[]
): PreparedCases<Value> | Missing {
  const [first, ...others] = sorts.flatMap((each) => (isMissing(each) ? [] : [each]));
  if (first === undefined) return sorts.find(isMissing) ?? missing('no-test-object');
  return {
    cases: [first, ...others].flatMap(({ cases }) => cases),
    async fact(reactions, controls) {
      const left = [...reactions];
      const own = await first.fact(left.splice(0, first.cases.length), controls);
      const cases = [...own.cases];
      for (const each of others) cases.push(...(await each.fact(left.splice(0, each.cases.length), controls)).cases);
      return { ...own, cases };
    },
  };
}
export type Controls = Pick<FactValue<'switch-drill'>, 'servedBefore' | 'servedAfter'>;

/** What the product said, and what the EHR holds since. */
export interface Reaction extends Pick<FactValue<'switch-drill'>, 'status' | 'outcome' | 'tookMs' | 'written'> {
  readonly leaked: boolean;
}

/** A caller knows it, whatever the record holds. */
const inventedBirthDate = '1970-01-01';
const rowsAsked = '200';
const controlsAtMost = 2;

/** What a caller says who is this patient; a date of birth the record lacks is made up. */
export function saidBy(patient: Patient, mrnSystem: unknown): Record<string, string> {
  const { name, birthDate = inventedBirthDate, identifier } = patient;
  const said = {
    family: name?.[0]?.family,
    given: name?.[0]?.given?.[0],
    birthDate,
    mrn: identifier?.find(({ system }) => system === mrnSystem)?.value,
  };
  return Object.fromEntries(Object.entries(said).filter((each): each is [string, string] => each[1] !== undefined));
}

/** What asking for so many cases between two controls may send. */
export function hardCaseTemplates(action: ContractAction, cases: number): RequestTemplate[] {
  return [
    // Only what the controls make is looked at one by one.
    ...productTrialTemplates(action, { cases: controlsAtMost, asked: cases + controlsAtMost, looks: searchesPerLook }),
    recordSearch('ai', action, 2),
    { context: 'ai', method: 'POST', path: `${action.resource ?? ''}/_search?identifier`, most: 1 },
  ];
}

/** The search for all records of an action's type of some patients. */
export const recordSearch = (context: string, { resource = '' }: ContractAction, most: number): RequestTemplate => ({
  context,
  method: 'POST',
  path: `${resource}/_search?patient&_count`,
  most,
});

/** Asks the product for what it must not do, and looks at the EHR for what it did. */
export class HardCases {
  readonly #tools: ProbeTools;
  readonly #action: ContractAction;
  readonly #trials: ProductTrials;

  constructor(tools: ProbeTools, action: ContractAction) {
    this.#tools = tools;
    this.#action = action;
    this.#trials = new ProductTrials(tools, action);
  }

  /** Whether an ordinary patient is served, as the EHR shows; what came of it is taken back. */
  async served(): Promise<boolean> {
    const asked = await this.#trials.prepare();
    await this.#trials.ask(asked);
    const objects = await this.#trials.objects(asked);
    await this.#trials.end(asked, objects);
    return objects.length > 0;
  }

  /**
   * Asks for all cases, one after the other, then does `meanwhile`, then looks what the EHR holds that it did not before.
   * What is found is taken back. The reactions come in the order of the cases.
   */
  async reactions<T>(
    cases: readonly HardCase[],
    meanwhile: () => Promise<T>,
  ): Promise<{ readonly reactions: readonly Reaction[]; readonly meanwhile: T }> {
    const before = await this.#recordsOf(cases);
    const asked: { readonly case: ProductCase; readonly answer: ProductAnswer }[] = [];
    for (const each of cases) {
      const prepared = await this.#prepare(each);
      const lookFor = (each.secret ?? []).filter((text) => !Object.values(each.said).includes(text));
      const how = { lookFor, ...(each.action === undefined ? {} : { action: each.action }) };
      const ask = (): Promise<ProductAnswer> => this.#trials.ask(prepared, how);
      asked.push({ case: prepared, answer: await (each.around?.(ask) ?? ask()) });
    }
    const done = await meanwhile();
    const after = new Map([
      ...(await this.#recordsOf(cases)),
      ...(await this.#marked(asked.map((each) => each.case.identifier))),
    ]);
    const reactions: Reaction[] = [];
    for (const [index, { case: own, answer }] of asked.entries()) {
      const ids = new Set((cases[index]?.patients ?? []).map(({ id }) => id));
      const written = [...after]
        .filter(([id]) => !before.has(id))
        .map(([, resource]) => resource)
        .filter((each) => patientsOf(each).some((patient) => ids.has(patient)) || this.#carries(each, own.identifier));
      reactions.push(reactionOf(answer, written.length));
      await this.#end(own, written);
    }
    return { reactions, meanwhile: done };
  }

  async #end(asked: ProductCase, written: readonly Resource[]): Promise<void> {
    try {
      await this.#trials.end(asked, written);
    } catch (error) {
      // It is in the journal; cleanup tries again, and says what is left.
      if (!(error instanceof ExchangeFault)) throw error;
    }
  }

  // The time, and whatever else is not about the person, is that of an ordinary patient.
  async #prepare({ patients: [patient], said, turned = (inputs) => inputs }: HardCase): Promise<ProductCase> {
    const prepared = await this.#trials.prepare();
    const names = outsideTrigger(this.#tools)?.inputs ?? [];
    const own = Object.fromEntries(Object.entries(said).filter(([name]) => names.includes(name)));
    return { ...prepared, patient: patient ?? prepared.patient, inputs: turned({ ...prepared.inputs, ...own }) };
  }

  /** Living objects of the action's type by id, of all patients of the cases. */
  async #recordsOf(cases: readonly HardCase[]): Promise<ReadonlyMap<string, Resource>> {
    const type = this.#action.resource ?? '';
    const found = new Map<string, Resource>();
    const readers = new Set(cases.map(({ reader }) => reader));
    for (const reader of foundByPatient.has(type) ? readers : []) {
      const patients = cases.flatMap((each) => (each.reader === reader ? each.patients : []));
      const rows = await livingObjects(reader ?? this.#tools.clients.ai, type, ofPatients(patients));
      for (const row of rows) found.set(row.id, row);
    }
    return found;
  }

  /** Living objects by id that carry one of the identifiers, whoever's they are. */
  async #marked(identifiers: readonly string[]): Promise<ReadonlyMap<string, Resource>> {
    const system = this.#tools.organization.writePolicy?.identifierSystem ?? '';
    const rows = await livingObjects(this.#tools.clients.ai, this.#action.resource ?? '', [
      ['identifier', identifiers.map((each) => `${system}|${each}`).join(',')],
    ]);
    const marked = rows.filter((row) => identifiers.some((each) => this.#carries(row, each)));
    return new Map(marked.map((row) => [row.id, row]));
  }

  #carries(resource: Resource, identifier: string): boolean {
    return carries(resource, this.#tools.organization.writePolicy?.identifierSystem ?? '', identifier);
  }
}

/**
 * Living objects of a type which a search shows.
 * @throws ExchangeFault `prerequisite-failed` where they cannot be listed on one page
 */
export async function livingObjects(
  client: Client,
  type: string,
  parameters: readonly (readonly [string, string])[],
): Promise<readonly (Resource & { readonly id: string })[]> {
  const answer = await client.search(type, parameters);
  const page = readSearchset(answer.resource);
  if (!answer.ok || page === undefined || page === 'too-many' || page.next !== undefined) {
    const detail = `what the EHR holds of type ${type} for the test patients cannot be listed (${answer.status})`;
    throw new ExchangeFault('prerequisite-failed', detail, answer.exchange);
  }
  return page.matches.filter(
    (each): each is Resource & { readonly id: string } =>
      each.resourceType === type && each.id !== undefined && isLive(each),
  );
}

/** The search for what the EHR holds of these patients. */
export const ofPatients = (patients: readonly TestPatient[]): [string, string][] => [
  ['patient', [...new Set(patients.map(({ id }) => id))].join(',')],
  ['_count', rowsAsked],
];

export const reactionOf = ({ status, outcome, durationMs, found }: ProductAnswer, written: number): Reaction => ({
  status,
  outcome: outcome ?? null,
  tookMs: Math.round(durationMs),
  written,
  leaked: found,
});

import type { Resource } from 'fhir/r4.js';
import { countsAlready } from '../../model/committed-states.js';
import type { ContractAction, ContractTrigger } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { missing, type Missing } from '../../model/fact.js';
import { stateElement } from '../action-steps.js';
import type { ProbeTools, RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { livingObjects, ofPatients, recordSearch } from './hard-cases.js';
import { productEventTemplate, type ProductAnswer, type ProductEvent, type TellingHow } from './product-events.js';
import { carries } from './product-trial.js';

/** Looks for what a product makes of the visits it was told of. */
const looks = 3;
const pauseMs = { simulator: 200, elsewhere: 5_000 };

/** A visit of the test data that has ended. */
export interface Visit {
  readonly id: string;
  readonly patient: TestPatient;
}

/** A visit the product was told of, and the identifier of what it was to make. */
export interface Told extends Visit {
  readonly identifier: string;
  /** Monotonic milliseconds when it was told. */
  readonly atMs: number;
  readonly answer: ProductAnswer;
}

type Row = Resource & { readonly id: string };

/** The end of a visit, which the test data can tell of. */
export const visitEnds = ({ contract }: Pick<RunDocuments, 'contract'>): ContractTrigger | undefined =>
  (contract.triggers ?? []).find(({ kind, event }) => kind === 'ehr-event' && event?.resource === 'Encounter');

/** Why the product cannot be told that a visit has ended; undefined where it can. */
export function whyNotTold(documents: Pick<RunDocuments, 'contract' | 'organization'>): Missing | undefined {
  if (documents.organization.aiSystem?.webhook === undefined)
    return missing('no-ai-system', 'aiSystem.webhook is not in the organization file');
  return visitEnds(documents) === undefined
    ? missing('no-ai-system', 'the product cannot be told of what it drafts something for')
    : undefined;
}

/** What telling of visits so often, and looking `lookedFor` times for what came of it, may send. */
export const visitTrialTemplates = (action: ContractAction, told: number, lookedFor: number): RequestTemplate[] => [
  productEventTemplate(told),
  { context: 'ai', method: 'POST', path: `${action.resource ?? ''}/_search?identifier`, most: looks * lookedFor },
  recordSearch('ai', action, 2),
];

/** Tells the product of visits that have ended, and looks in the EHR for what it made of them. */
export class VisitTrials {
  readonly #tools: ProbeTools;
  readonly #action: ContractAction;
  readonly #trigger: ContractTrigger;

  /** @throws ExchangeFault `no-ai-system` where `whyNotTold` says why */
  constructor(tools: ProbeTools, action: ContractAction) {
    const trigger = visitEnds(tools);
    if (trigger === undefined || tools.product === undefined)
      throw new ExchangeFault('no-ai-system', 'the product cannot be told of what it drafts something for', undefined);
    this.#tools = tools;
    this.#action = action;
    this.#trigger = trigger;
  }

  /** Visits of these patients that have ended and stand under no special protection. */
  visitsOf(patients: readonly TestPatient[]): Visit[] {
    const { testData } = this.#tools.organization;
    const byAlias = new Map(patients.map((patient) => [patient.alias, patient]));
    const sensitive = new Set((testData?.sensitive ?? []).map(({ object }) => object));
    return (testData?.encounters ?? []).flatMap(({ id, patient: alias, closeable }) => {
      const patient = byAlias.get(alias);
      return closeable === true || patient === undefined || sensitive.has(`Encounter/${id}`) ? [] : [{ id, patient }];
    });
  }

  async tell(
    visit: Visit,
    how: Pick<ProductEvent, 'action'> & { readonly inputs?: ProductEvent['inputs'] } & TellingHow = {},
  ): Promise<Told> {
    const { exchange } = await this.#tools.cases.proven(visit.patient);
    this.#tools.cite([exchange]);
    const { action = this.#action.id, inputs = {}, ...telling } = how;
    const identifier = this.#tools.writer.newIdentifier();
    const atMs = performance.now();
    const answer = await this.#send({ visit, identifier, action, inputs }, telling);
    return { ...visit, identifier, atMs, answer };
  }

  /** The same event once more. */
  async tellAgain({ identifier, answer: { event: id }, ...visit }: Told): Promise<void> {
    await this.#send({ visit, identifier, action: this.#action.id, inputs: {} }, {}, id);
  }

  async tellAll(visits: readonly Visit[]): Promise<Told[]> {
    const told: Told[] = [];
    for (const visit of visits) told.push(await this.tell(visit));
    return told;
  }

  async #send(
    told: Pick<Told, 'identifier'> & Pick<ProductEvent, 'action' | 'inputs'> & { readonly visit: Visit },
    how: TellingHow,
    id?: string,
  ): Promise<ProductAnswer> {
    const { visit, identifier, action, inputs } = told;
    const { product } = this.#tools;
    if (product === undefined) throw new ExchangeFault('no-ai-system', 'there is no product', undefined);
    return product.tell(
      {
        trigger: this.#trigger.id,
        ...(action === undefined ? {} : { action }),
        inputs,
        event: { resource: `Encounter/${visit.id}`, change: 'update' },
        creates: { resourceType: this.#action.resource ?? '', identifier },
        ...(id === undefined ? {} : { id }),
      },
      how,
    );
  }

  /** What carries the identifier of a case, noted down to be taken back; a slow product gets a second and a third look. */
  async madeFor(told: readonly Told[]): Promise<ReadonlyMap<string, readonly Resource[]>> {
    const { clients, organization, writer, pause, environmentClass } = this.#tools;
    const system = organization.writePolicy?.identifierSystem ?? '';
    const expected = told.filter(({ answer }) => answer.outcome === undefined || answer.outcome === 'drafted');
    const found = new Map<string, Resource[]>();
    for (let look = 1; look <= looks && (look === 1 || expected.some((each) => !found.has(each.identifier))); look++) {
      // What is not final yet may become so without anybody.
      await pause(environmentClass === 'simulator' ? pauseMs.simulator : pauseMs.elsewhere);
      const values = told.map(({ identifier }) => `${system}|${identifier}`);
      const rows = await livingObjects(clients.ai, this.#action.resource ?? '', [['identifier', values.join(',')]]);
      for (const { identifier } of told) {
        if (found.has(identifier)) continue;
        const own = rows.filter((each) => carries(each, system, identifier));
        if (own.length > 0) found.set(identifier, own);
        for (const each of own) await writer.found(identifier, each);
      }
    }
    return found;
  }

  /** What the EHR holds of the patients of these visits, by id. */
  async recordsOf(visits: readonly Visit[]): Promise<ReadonlyMap<string, Row>> {
    if (visits.length === 0) return new Map();
    const patients = ofPatients(visits.map(({ patient }) => patient));
    const rows = await livingObjects(this.#tools.clients.ai, this.#action.resource ?? '', patients);
    return new Map(rows.map((row) => [row.id, row]));
  }
}

/** Whether a draft counts already. */
export function isCommitted(draft: Resource, action: ContractAction): boolean {
  const state = (draft as unknown as Readonly<Record<string, unknown>>)[stateElement(action)];
  return typeof state === 'string' && (state === action.review?.endsIn || countsAlready(draft.resourceType, state));
}

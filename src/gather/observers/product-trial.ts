import type { Resource, Slot } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import type { ContractAction, ContractTrigger } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { missing, type Missing } from '../../model/fact.js';
import { takeBack } from '../caused-event.js';
import type { Client, ProbeTools, RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { isLive } from '../undo-state.js';
import { productEventTemplate, type ProductAnswer, type ProductEvent, type ProductEvents } from './product-events.js';

/** One thing the product is asked for: a test patient, a free test slot where the action takes one, and its identifier. */
export interface ProductCase {
  readonly patient: TestPatient;
  readonly slot: Slot | undefined;
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

/** Why the product cannot be asked for this action; undefined where it can. */
export function whyNotAsked({ contract, organization }: Documents, action: ContractAction): Missing | undefined {
  if (organization.aiSystem?.webhook === undefined) {
    return missing('no-ai-system', 'aiSystem.webhook is not in the organization file');
  }
  if (outsideTrigger({ contract }) === undefined || !createsByStatus(action)) {
    return missing('no-ai-system', 'the product cannot be asked for this action from outside');
  }
  return undefined;
}

/** What `asked` events about `cases` cases may send. */
export function productTrialTemplates(
  action: ContractAction,
  { cases, asked, looks }: { readonly cases: number; readonly asked: number; readonly looks: number },
): RequestTemplate[] {
  const type = action.resource ?? '';
  return [
    productEventTemplate(asked),
    ...(['ai', 'staff'] as const).map((context): RequestTemplate => ({
      context,
      method: 'POST',
      path: `${type}/_search?identifier`,
      most: cases * looks,
    })),
    // Undoing counts in no limit; a product may have created more than one.
    { context: 'ai', method: 'PATCH', path: `${type}/{id}`, most: 3 * asked },
  ];
}

/** Asks the product for one action, over and over, and looks in the EHR for what came of it. */
export class ProductTrials {
  readonly #tools: ProbeTools;
  readonly #product: ProductEvents;
  readonly #action: ContractAction;
  readonly #trigger: ContractTrigger;
  /** Sees the EHR as somebody who is not the product. */
  readonly #reader: Client;

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
   * A case nobody has asked for yet. Where the action takes a slot, a free test slot is set aside, and the inputs ask for
   * its time and nothing else.
   * @throws ExchangeFault `no-test-object`
   */
  async prepare(patient = this.#tools.cases.seriesPatients()[0]): Promise<ProductCase> {
    const { cases, writer } = this.#tools;
    if (patient === undefined) throw new ExchangeFault('no-test-object', 'no test patient is left', undefined);
    const names = this.#trigger.inputs ?? [];
    const values = new Map(
      await cases.values(
        patient,
        names.map((name) => `trigger.${name}`),
      ),
    );
    const slot = this.#takesSlot() ? await cases.takeSlot(patient) : undefined;
    if (slot !== undefined) {
      values.set('trigger.from', slot.start);
      values.set('trigger.to', slot.end);
    }
    const identifier = writer.newIdentifier();
    values.set('trigger.id', identifier);
    const inputs = Object.fromEntries(
      names.flatMap((name) => {
        const value = values.get(`trigger.${name}`);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
    return { patient, slot, identifier, inputs };
  }

  /** Asks for the action; an `id` given before is the same event once more. */
  ask(
    { inputs, identifier }: ProductCase,
    change: Pick<ProductEvent, 'id' | 'event'> & { readonly deadlineMs?: number } = {},
  ): Promise<ProductAnswer> {
    const { deadlineMs, ...event } = change;
    return this.#product.tell(
      {
        trigger: this.#trigger.id,
        action: this.#action.id,
        inputs,
        ...event,
        creates: { resourceType: this.#action.resource ?? '', identifier },
      },
      deadlineMs === undefined ? {} : { deadlineMs },
    );
  }

  /** What lives in the EHR with the identifier of the case, as one search shows it. */
  async objects({ identifier }: ProductCase): Promise<readonly Resource[]> {
    const system = this.#tools.organization.writePolicy?.identifierSystem ?? '';
    const type = this.#action.resource ?? '';
    const answer = await this.#reader.search(type, [['identifier', `${system}|${identifier}`]]);
    const page = readSearchset(answer.resource);
    if (!answer.ok || page === undefined || page === 'too-many') {
      const detail = `what the product has written cannot be searched (${answer.status})`;
      throw new ExchangeFault('prerequisite-failed', detail, answer.exchange);
    }
    // A server may ignore the parameter: only what carries the identifier is of this case.
    return page.matches.filter((match) => carries(match, system, identifier) && isLive(match));
  }

  /** Takes back what the product has written for the case, and gives its slot back. */
  async end(asked: ProductCase, objects?: readonly Resource[]): Promise<void> {
    for (const object of objects ?? (await this.objects(asked))) {
      await this.#tools.writer.found(asked.identifier, object);
      await takeBack(this.#tools, object);
    }
    if (asked.slot?.id !== undefined) this.#tools.cases.returnSlot(asked.slot.id);
  }

  #takesSlot(): boolean {
    return JSON.stringify(this.#action.body ?? {}).includes('{{slot.');
  }
}

function carries(resource: Resource, system: string, value: string): boolean {
  const { identifier } = resource as { identifier?: unknown };
  const all = (Array.isArray(identifier) ? identifier : [identifier]) as (
    { system?: unknown; value?: unknown } | undefined
  )[];
  return all.some((each) => each?.system === system && each?.value === value);
}

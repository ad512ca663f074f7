import type { Bundle, Resource, Slot } from 'fhir/r4.js';
import { patientsOf } from '../fhir/reference.js';
import type { Contract, ContractAction } from '../model/documents/contract.js';
import type { TestPatient } from '../model/documents/organization.js';
import type { Subject } from '../model/subject.js';
import type { Client, RunDocuments } from './probe.js';
import { ExchangeFault, type RequestTemplate } from './request.js';
import { fillBody, fillText, holesOf } from './template-values.js';
import type { TestCases } from './test-cases.js';
import { idOfLocation } from './writer.js';

/** Marks everything a person could read (safety rule 16). */
export const testMarker = 'INTEGRATION TEST - ehr-scorecard';
const markedTypes = new Set(['Appointment', 'Task', 'DocumentReference', 'ServiceRequest']);

/** A body of the contract with its holes filled for one test patient. */
export interface FilledBody {
  readonly body: Resource;
  readonly slot: Slot | undefined;
  readonly patient: TestPatient;
  /** Search part of If-None-Exist, when the contract asks for conditional create. */
  readonly ifNoneExist: string | undefined;
  /** The contract's own duplicate query, filled. */
  readonly duplicateQuery: string | undefined;
}

/** The action that creates what this one works on: itself, or the contract's create of the same type. */
export function creatingAction(contract: Contract, action: ContractAction): ContractAction | undefined {
  const creates = (each: ContractAction): boolean =>
    each.interaction === 'create' &&
    each.resource === action.resource &&
    each.body !== undefined &&
    each.via !== 'screen';
  return creates(action) ? action : (contract.actions ?? []).find(creates);
}

/** State of an object the action can be tried on. */
export const startingState = (creating: ContractAction | undefined, action: ContractAction): string | undefined =>
  creating === action ? action.states?.to : (action.states?.from ?? creating?.states?.to);

/** What creating one test object of this action may send. */
export function testObjectTemplates(action: ContractAction, most = 1): RequestTemplate[] {
  const path = action.resource ?? '';
  return [
    { context: 'ai', method: 'POST', path, most, mutates: true },
    { context: 'ai', method: 'GET', path: `${path}/{id}`, most },
  ];
}

/** Makes bodies and objects out of the contract's own templates. */
export class TestObjects {
  readonly #documents: RunDocuments;
  readonly #cases: TestCases;
  /** Objects of test patients that stand as the contract creates them and that nobody needs any more. */
  readonly #spare: Resource[] = [];

  constructor(documents: RunDocuments, cases: TestCases) {
    this.#documents = documents;
    this.#cases = cases;
  }

  /**
   * The body the contract would send, for the given or first test patient; a slot it names is the given one, or is taken
   * from the test slots.
   * @throws ExchangeFault `no-test-object`; MissingTemplateValue
   */
  async body(action: ContractAction, patient = this.#cases.patients()[0], given?: Slot): Promise<FilledBody> {
    const creating = creatingAction(this.#documents.contract, action);
    if (creating?.body === undefined)
      throw new ExchangeFault(
        'no-test-object',
        `no action of the contract creates a ${action.resource ?? 'resource'} through FHIR`,
        undefined,
      );
    const wanted = startingState(creating, action);
    const { body: template, idempotency, precondition } = creating;
    const templates = [template, idempotency?.query, idempotency?.value, precondition?.query];
    const { values, slot, patient: proven } = await this.#values(templates, patient, given);
    const now = this.#documents.startedAt;
    if (idempotency?.value !== undefined) {
      values.set('idempotency', `${idempotency.system ?? ''}|${fillText(idempotency.value, values, now)}`);
    }
    const filled = fillBody(template, values, now) as unknown as Resource & Record<string, unknown>;
    const element = creating.states?.element?.split('.')[1] ?? 'status';
    const body = {
      ...filled,
      ...(wanted === undefined ? {} : { [element]: wanted }),
      ...(markedTypes.has(filled.resourceType) ? { description: testMarker } : {}),
      ...(idempotency?.by === 'identifier' && idempotency.value !== undefined
        ? { identifier: [{ system: idempotency.system, value: fillText(idempotency.value, values, now) }] }
        : {}),
    } as Resource;
    return {
      body,
      slot,
      patient: proven,
      ifNoneExist:
        precondition?.type === 'if-none-exist' && precondition.query !== undefined
          ? fillText(precondition.query, values, now)
          : undefined,
      duplicateQuery: idempotency?.query === undefined ? undefined : fillText(idempotency.query, values, now),
    };
  }

  /**
   * The Bundle the contract would send, for the first test patient, and a slot of its own where it names one.
   * @throws ExchangeFault `no-test-object`; MissingTemplateValue
   */
  async bundle(template: object): Promise<Bundle> {
    const { values } = await this.#values([template], this.#cases.patients()[0], undefined);
    const bundle = fillBody(template, values, this.#documents.startedAt) as Bundle;
    return {
      ...bundle,
      entry: (bundle.entry ?? []).map((entry) =>
        entry.resource !== undefined && markedTypes.has(entry.resource.resourceType)
          ? { ...entry, resource: { ...entry.resource, description: testMarker } as typeof entry.resource }
          : entry,
      ),
    };
  }

  /** What the holes of templates stand for. */
  async #values(
    templates: readonly unknown[],
    patient: TestPatient | undefined,
    given: Slot | undefined,
  ): Promise<{ readonly values: Map<string, string>; readonly slot: Slot | undefined; readonly patient: TestPatient }> {
    if (patient === undefined)
      throw new ExchangeFault('no-test-object', 'the organization file lists no test patient', undefined);
    await this.#cases.proven(patient);
    const holes = [...new Set(templates.flatMap(holesOf))];
    const slotResource = this.#documents.contract.resources?.find((each) => each.type === 'Slot');
    const needsSlot = slotResource !== undefined && holes.some((hole) => hole.startsWith(`${slotResource.id}.`));
    const slot = needsSlot ? (given ?? (await this.#cases.takeSlot(patient))) : undefined;
    const values = new Map(
      await this.#cases.values(
        patient,
        holes.filter((hole) => hole !== 'idempotency'),
      ),
    );
    if (slot !== undefined && slotResource !== undefined) {
      for (const element of ['id', 'start', 'end'] as const)
        values.set(`${slotResource.id}.${element}`, slot[element] ?? '');
    }
    return { values, slot, patient };
  }

  /** One object in the state the action starts from: left over by another probe, or created with the AI system's client. */
  async create(subject: Subject<'action'>, ai: Client): Promise<Resource> {
    const { action } = subject.item;
    const state = startingState(creatingAction(this.#documents.contract, action), action);
    const spare = this.takeSpare(action, state);
    if (spare !== undefined) return spare;
    const { body } = await this.body(action);
    return this.make(body, ai);
  }

  /** Leaves an object as it was last read to whoever needs one next, so that it is not made and taken back for each alone. */
  leave(object: Resource): void {
    this.#spare.push(object);
  }

  /** An object that was left in this state, of this patient if one is named; undefined when there is none. */
  takeSpare(
    { resource, states }: ContractAction,
    state: string | undefined,
    patient?: TestPatient,
  ): Resource | undefined {
    const element = states?.element?.split('.')[1] ?? 'status';
    const at = this.#spare.findIndex(
      (each) =>
        each.resourceType === resource &&
        state !== undefined &&
        (patient === undefined || patientsOf(each).includes(patient.id)) &&
        (each as unknown as Record<string, unknown>)[element] === state,
    );
    return at === -1 ? undefined : this.#spare.splice(at, 1)[0];
  }

  /** Creates the body; a server that answers with a Location alone is asked for the object. */
  async make(body: Resource, ai: Client): Promise<Resource> {
    const { resourceType } = body;
    const answer = await ai.write({ method: 'POST', resourceType, body });
    const id = answer.resource === undefined ? idOfLocation(answer.headers['location'], resourceType) : undefined;
    const stored = answer.ok && id !== undefined ? (await ai.read(resourceType, id)).resource : answer.resource;
    if (!answer.ok || stored?.resourceType !== resourceType || stored.id === undefined) {
      throw new ExchangeFault(
        'prerequisite-failed',
        `a test ${resourceType} could not be created (${answer.status})`,
        answer.exchange,
      );
    }
    return stored;
  }
}

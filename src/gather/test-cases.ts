import type { Patient, Reference, Resource, Schedule, Slot } from 'fhir/r4.js';
import { readSearchset } from '../fhir/bundle.js';
import { objectsIn } from '../fhir/list.js';
import { patientsOf, referencedId } from '../fhir/reference.js';
import type { Contract, ContractResource } from '../model/documents/contract.js';
import type { OrganizationProfile, TestPatient } from '../model/documents/organization.js';
import { SafetyStop } from '../model/errors.js';
import type { Planted } from './output-search.js';
import { ExchangeFault, type Answer } from './request.js';
import { fillSearch, holesOf, type TemplateValues } from './template-values.js';

/** How the cases ask; the runner binds it to the AI system's session and a budget of its own. */
export interface CaseReader {
  read(resourceType: string, id: string, how: { readonly sample: boolean }): Promise<Answer>;
  /** Several patients in one answer, by `_id`; undefined where that may not be asked. */
  patients(ids: readonly string[]): Promise<Answer | undefined>;
  /** By POST; by GET where that is not supported and the values may stand in an address. */
  search(
    resourceType: string,
    parameters: readonly (readonly [string, string])[],
    how: { readonly mayStandInUrl: boolean; readonly sample: boolean },
  ): Promise<Answer>;
}

/** A Patient that carries its canary, by reading it or by a search for several. */
interface Proof {
  readonly patient: Patient;
  readonly letter: 'r' | 's';
  readonly exchange: string;
}

export interface FoundResources {
  readonly resources: readonly Resource[];
  /** Exchanges that brought them. */
  readonly exchanges: readonly string[];
}

/** Slots are booked only this far ahead (safety rule 9). */
const slotLeadDays = 14;
const slotWindowDays = 30;
const dayMs = 86_400_000;
/** Patients asked for in one search. */
export const patientsTogether = 50;
/** Left alone by measured series, where there are twice as many. */
const patientsKept = 4;

/**
 * The contract's own searches, filled with the organization's test data. Every patient is proven by its canary before
 * anything else is asked about it (safety rule 8). Memoised: each question is asked once in a run.
 */
export class TestCases {
  readonly #contract: Contract;
  readonly #organization: OrganizationProfile;
  readonly #reader: CaseReader;
  readonly #now: () => Date;
  readonly #site: string | undefined;
  readonly #proofs = new Map<string, Promise<Proof>>();
  readonly #askedTogether = new Set<string>();
  readonly #found = new Map<string, Promise<FoundResources>>();
  #provider: Promise<string | undefined> | undefined;
  #schedule: Promise<Answer> | undefined;
  readonly #visitNumbers = new Map<string, Promise<string | undefined>>();
  readonly #takenSlots = new Set<string>();
  readonly #slotTurns = new Map<string, number>();
  #slotTurn = 0;

  constructor(options: {
    readonly contract: Contract;
    readonly organization: OrganizationProfile;
    readonly reader: CaseReader;
    readonly now: () => Date;
    /** Site the AI system's context works at; test patients of other sites are left alone. */
    readonly site: string | undefined;
  }) {
    this.#contract = options.contract;
    this.#organization = options.organization;
    this.#reader = options.reader;
    this.#now = options.now;
    this.#site = options.site;
  }

  /** Listed test patients of the AI system's site, in file order; those with a known gap are left alone. */
  patients(): TestPatient[] {
    return this.#ofSite().filter(({ gaps }) => gaps === undefined);
  }

  /** Listed test patients of the AI system's site whose record is known to lack something. */
  withGaps(): TestPatient[] {
    return this.#ofSite().filter(({ gaps }) => gaps !== undefined);
  }

  #ofSite(): TestPatient[] {
    return (this.#organization.testData?.patients ?? []).filter(
      ({ site }) => site === undefined || this.#site === undefined || site === this.#site,
    );
  }

  /** Patients whose records nobody else adds to, for objects that must be the first of their business key. */
  unusedPatients(): TestPatient[] {
    const all = this.patients();
    return all.length < 2 * patientsKept ? [] : all.slice(-patientsKept);
  }

  /** The patients a measured series may go round and round. */
  seriesPatients(): TestPatient[] {
    const kept = new Set(this.unusedPatients());
    return this.patients().filter((patient) => !kept.has(patient));
  }

  /**
   * The Patient resource, read once, carrying its canary.
   * @param sample it is read for one more sample of a share or a series
   * @throws SafetyStop when the canary is missing or the record was merged away
   */
  proven(testPatient: TestPatient, sample = false): Promise<Proof> {
    let proof = this.#proofs.get(testPatient.alias);
    if (proof === undefined) {
      proof = this.#prove(testPatient, sample);
      this.#proofs.set(testPatient.alias, proof);
    }
    return proof;
  }

  async #prove(testPatient: TestPatient, sample: boolean): Promise<Proof> {
    const answer = await this.#reader.read('Patient', testPatient.id, { sample });
    if (!answer.ok || answer.resource?.resourceType !== 'Patient' || answer.resource.id !== testPatient.id) {
      throw new ExchangeFault(
        'no-test-object',
        `test patient ${testPatient.alias} could not be read (${answer.status})`,
        answer.exchange,
      );
    }
    const patient = answer.resource as Patient;
    if (!carriesCanary(patient, testPatient)) {
      throw new SafetyStop(
        'canary-missing',
        8,
        `test patient ${testPatient.alias} does not carry its canary, or was merged: it may be a real person`,
        'Check the id and the canary in testData.patients with the EHR team before anything else is sent.',
      );
    }
    return { patient, letter: 'r', exchange: answer.exchange };
  }

  // Whoever is not found there, or does not carry the canary there, is read alone like anybody else.
  async #proveTogether(patients: readonly TestPatient[]): Promise<void> {
    const unproven = patients
      .filter(({ alias }) => !this.#proofs.has(alias) && !this.#askedTogether.has(alias))
      .slice(0, patientsTogether);
    if (unproven.length < 2) return;
    for (const { alias } of unproven) this.#askedTogether.add(alias);
    const answer = await this.#reader.patients(unproven.map(({ id }) => id)).catch((error: unknown) => {
      if (error instanceof ExchangeFault) return undefined;
      throw error;
    });
    const page = answer?.ok === true ? readSearchset(answer.resource) : undefined;
    if (answer === undefined || page === undefined || page === 'too-many') return;
    for (const testPatient of unproven) {
      const patient = page.matches.find(
        (match): match is Patient => match.resourceType === 'Patient' && match.id === testPatient.id,
      );
      if (patient !== undefined && carriesCanary(patient, testPatient))
        this.#proofs.set(testPatient.alias, Promise.resolve({ patient, letter: 's', exchange: answer.exchange }));
    }
  }

  /**
   * What the contract's search for this resource finds for one test patient.
   * @throws ExchangeFault when it cannot be asked; MissingTemplateValue when a hole has no test data
   */
  find(resource: ContractResource, testPatient: TestPatient, sample = false): Promise<FoundResources> {
    const key = `${resource.id}|${searchNamesPatient(this.#contract, resource) ? testPatient.alias : '*'}`;
    let found = this.#found.get(key);
    if (found === undefined) {
      found = this.#search(resource, testPatient, sample);
      this.#found.set(key, found);
    }
    return found;
  }

  async #search(resource: ContractResource, testPatient: TestPatient, sample: boolean): Promise<FoundResources> {
    const values = await this.values(testPatient, holesOf(resource.find), sample);
    const { type, parameters } = fillSearch(resource.find ?? '', values, this.#now());
    const mayStandInUrl = !searchNamesPatient(this.#contract, resource);
    const answer = await this.#reader.search(type, parameters, { mayStandInUrl, sample });
    const page = readSearchset(answer.resource);
    if (!answer.ok || page === undefined || page === 'too-many') {
      const unusable = answer.ok ? answer.problem : undefined;
      throw new ExchangeFault(
        page === 'too-many' ? 'too-many' : (unusable ?? 'prerequisite-failed'),
        `the contract's search for ${resource.id} was answered ${answer.status}`,
        answer.exchange,
      );
    }
    const own = page.matches.filter((match) => match.resourceType === resource.type && this.#mayUse(match));
    return { resources: own, exchanges: [answer.exchange] };
  }

  // Rows of anybody who is not a listed test patient are dropped unread.
  #mayUse(resource: Resource): boolean {
    const listed = new Set((this.#organization.testData?.patients ?? []).map((patient) => patient.id));
    return patientsOf(resource).every((patient) => listed.has(patient));
  }

  /** Up to `wanted` resources over the test patients, one search each, stopping when there are enough. */
  async collect(resource: ContractResource, wanted: number): Promise<FoundResources> {
    const resources = new Map<string, Resource>();
    const exchanges: string[] = [];
    if (wanted > 1 && (resource.type === 'Patient' || searchNamesPatient(this.#contract, resource)))
      await this.#proveTogether(this.patients());
    for (const testPatient of this.patients()) {
      if (resources.size >= wanted) break;
      // One more of a share (latency D.8) once there is a first.
      const sample = exchanges.length > 0;
      const { patient, exchange } = await this.proven(testPatient, sample);
      const found =
        resource.type === 'Patient'
          ? { resources: [patient], exchanges: [exchange] }
          : await this.find(resource, testPatient, sample);
      const before = resources.size;
      for (const each of found.resources) resources.set(`${each.resourceType}/${each.id}`, each);
      exchanges.push(...found.exchanges);
      if (resources.size === before && !searchNamesPatient(this.#contract, resource)) break;
    }
    return { resources: [...resources.values()].slice(0, wanted), exchanges: [...new Set(exchanges)] };
  }

  /**
   * Values for the named holes, for one test patient.
   * @param sample they are for one more sample of a share or a series
   * @throws MissingTemplateValue through the fill functions when the test data do not hold one
   */
  async values(testPatient: TestPatient, holes: readonly string[], sample = false): Promise<TemplateValues> {
    const values = new Map<string, string>();
    for (const hole of holes) {
      const value = await this.#value(testPatient, hole, sample);
      if (value !== undefined) values.set(hole, value);
    }
    return values;
  }

  async #value(testPatient: TestPatient, hole: string, sample: boolean): Promise<string | undefined> {
    const [owner = '', element = ''] = hole.split(/\.(.*)/s);
    switch (owner) {
      case 'trigger':
        return this.#input(testPatient, element, sample);
      case 'values':
        return (
          firstText(this.#organization.overrides?.[hole]) ??
          (element === 'visitType' ? this.#organization.testData?.slots?.visitType : undefined)
        );
      case 'identifierSystems': {
        const system = this.#organization.identifierSystems?.[element];
        return typeof system === 'string' ? system : undefined;
      }
      case 'site':
        return this.#organization.sites?.find((site) => site.id === (testPatient.site ?? this.#site))?.[
          element as 'location'
        ];
      case 'output':
        // Attachment.data is base64 (https://hl7.org/fhir/R4/datatypes.html#Attachment).
        return Buffer.from('INTEGRATION TEST - written by ehr-scorecard, no clinical content').toString('base64');
      default:
        return this.#element(testPatient, [owner, element], sample);
    }
  }

  async #element(
    testPatient: TestPatient,
    [resourceId, element]: readonly [string, string],
    sample: boolean,
  ): Promise<string | undefined> {
    const resource = this.#contract.resources?.find((each) => each.id === resourceId);
    if (resource === undefined) return undefined;
    if (resource.type === 'Patient') return elementOf((await this.proven(testPatient, sample)).patient, element);
    const { resources } = await this.find(resource, testPatient, sample);
    return elementOf(resources[0], element);
  }

  async #input(testPatient: TestPatient, name: string, sample: boolean): Promise<string | undefined> {
    const { patient } = await this.proven(testPatient, sample);
    const testData = this.#organization.testData;
    const now = this.#now();
    switch (name) {
      case 'family':
        return patient.name?.[0]?.family;
      case 'given':
        return patient.name?.[0]?.given?.[0];
      case 'birthDate':
        return patient.birthDate;
      case 'mrn': {
        const system = this.#organization.identifierSystems?.['mrn'];
        return patient.identifier?.find((each) => each.system === system)?.value;
      }
      case 'provider':
        this.#provider ??= this.#readProvider();
        return this.#provider;
      case 'from':
        return new Date(now.getTime() + slotLeadDays * dayMs + dayMs).toISOString();
      case 'to':
        return new Date(now.getTime() + (slotLeadDays + slotWindowDays) * dayMs).toISOString();
      case 'visitNumber':
      case 'encounterId':
        return name === 'encounterId' ? this.#visit(testPatient)?.id : this.#visitNumber(testPatient, sample);
      case 'focus':
      case 'orderId':
        return testData?.orders?.find((order) => order.patient === testPatient.alias)?.id;
      default:
        return undefined;
    }
  }

  async #readProvider(): Promise<string | undefined> {
    const schedule = this.schedule();
    const answer = await this.readSchedule();
    if (schedule === undefined || answer?.resource?.resourceType !== 'Schedule') return undefined;
    const found = answer.resource as Schedule;
    if (!JSON.stringify(found).includes(schedule.canary)) {
      throw new SafetyStop(
        'canary-missing',
        8,
        `test schedule ${schedule.id} does not carry its canary`,
        'Check the id and the canary in testData.schedules with the EHR team.',
      );
    }
    const practitioner = objectsIn<Reference>(found.actor)
      .map((actor) => referencedId(actor.reference, 'Practitioner'))
      .find((id) => id !== undefined);
    return practitioner === undefined ? undefined : `Practitioner/${practitioner}`;
  }

  // A visit that may still be closed has not been documented yet, which is where a workflow begins.
  #visit(testPatient: TestPatient): { readonly id: string } | undefined {
    const own = (this.#organization.testData?.encounters ?? []).filter(({ patient }) => patient === testPatient.alias);
    return own.find(({ closeable }) => closeable === true) ?? own[0];
  }

  #visitNumber(testPatient: TestPatient, sample: boolean): Promise<string | undefined> {
    const known = this.#visitNumbers.get(testPatient.alias) ?? this.#readVisitNumber(testPatient, sample);
    this.#visitNumbers.set(testPatient.alias, known);
    return known;
  }

  async #readVisitNumber(testPatient: TestPatient, sample: boolean): Promise<string | undefined> {
    const listed = this.#visit(testPatient);
    if (listed === undefined) return undefined;
    const answer = await this.#reader.read('Encounter', listed.id, { sample });
    const system = this.#organization.identifierSystems?.['visit'];
    const encounter = answer.resource as { identifier?: { system?: string; value?: string }[] } | undefined;
    return encounter?.identifier?.find((each) => system === undefined || each.system === system)?.value;
  }

  /** What of the test patients must never stand in our output; only of those that were read. */
  async planted(): Promise<Planted[]> {
    const proven = await Promise.all(
      [...this.#proofs].map(async ([alias, proof]) => ({
        alias,
        patient: (await proof.catch(() => undefined))?.patient,
      })),
    );
    const canaries = (this.#organization.testData?.patients ?? []).map(({ alias, canary }) => ({
      what: `the canary of ${alias}`,
      value: canary,
    }));
    const values = proven.flatMap(({ alias, patient }) => [
      { what: `the birth date of ${alias}`, value: patient?.birthDate ?? '', clinical: true as const },
      ...(patient?.identifier ?? []).map((each) => ({ what: `a record number of ${alias}`, value: each.value ?? '' })),
    ]);
    return [...canaries, ...values];
  }

  /** That schedule, read once in a run; undefined when none is listed. @throws ExchangeFault */
  readSchedule(): Promise<Answer> | undefined {
    const schedule = this.schedule();
    return schedule === undefined
      ? undefined
      : (this.#schedule ??= this.#reader.read('Schedule', schedule.id, { sample: false }));
  }

  /** The test schedule slots are taken from. */
  schedule(): { readonly id: string; readonly canary: string } | undefined {
    const schedules = this.#organization.testData?.schedules ?? [];
    return (
      schedules.find((each) => this.#site === undefined || each.site === undefined || each.site === this.#site) ??
      schedules[0]
    );
  }

  /**
   * A free slot on a listed schedule, at least 14 days ahead, not handed out before in this run.
   * @throws ExchangeFault `no-test-object`
   */
  async takeSlot(testPatient: TestPatient): Promise<Slot> {
    const resource = this.#contract.resources?.find((each) => each.type === 'Slot');
    if (resource === undefined) throw new ExchangeFault('no-test-object', 'the contract names no Slot', undefined);
    const { resources } = await this.find(resource, testPatient);
    const schedules = new Set((this.#organization.testData?.schedules ?? []).map((schedule) => schedule.id));
    const earliest = this.#now().getTime() + slotLeadDays * dayMs;
    const free = (resources as Slot[]).filter(
      (each) =>
        each.status === 'free' &&
        each.id !== undefined &&
        !this.#takenSlots.has(each.id) &&
        schedules.has(referencedId(each.schedule.reference, 'Schedule') ?? '') &&
        Date.parse(each.start) >= earliest,
    );
    // The one that was given back the longest ago: whoever still reads about a freed slot is not met by a new booking.
    const lastTaken = (each: Slot): number => this.#slotTurns.get(each.id ?? '') ?? 0;
    const slot = free.reduce<Slot | undefined>(
      (oldest, each) => (oldest === undefined || lastTaken(each) < lastTaken(oldest) ? each : oldest),
      undefined,
    );
    if (slot?.id === undefined) throw new ExchangeFault('no-test-object', 'no free test slot is left', undefined);
    this.#takenSlots.add(slot.id);
    this.#slotTurns.set(slot.id, ++this.#slotTurn);
    return slot;
  }

  /** Gives a slot back after a re-read has shown that the undo freed it. */
  returnSlot(slotId: string): void {
    this.#takenSlots.delete(slotId);
  }
}

// Merged records keep their name: https://hl7.org/fhir/R4/patient.html#merging
const carriesCanary = ({ name, link }: Patient, { canary }: TestPatient): boolean =>
  link === undefined && JSON.stringify(name ?? []).includes(canary);

/** Whether the search of a resource depends on the patient, directly or through the resources it refers to. */
export function searchNamesPatient(
  contract: Contract,
  resource: ContractResource,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  const patientInputs = ['family', 'given', 'birthDate', 'mrn', 'visitNumber', 'encounterId', 'focus', 'orderId'];
  return holesOf(resource.find).some((hole) => {
    const [owner = '', element = ''] = hole.split(/\.(.*)/s);
    if (owner === 'trigger') return patientInputs.includes(element);
    const other = contract.resources?.find((each) => each.id === owner);
    if (other === undefined || seen.has(other.id)) return false;
    return other.type === 'Patient' || searchNamesPatient(contract, other, new Set([...seen, resource.id]));
  });
}

/** An element of a resource as a template value, by dotted path; a reference gives the id it points at. */
function elementOf(resource: Resource | undefined, element: string): string | undefined {
  if (resource === undefined) return undefined;
  if (element === 'patient') return patientsOf(resource)[0];
  let value: unknown = resource;
  for (const step of element.split('.')) {
    const current: unknown = Array.isArray(value) ? value[0] : value;
    value = typeof current === 'object' && current !== null ? (current as Record<string, unknown>)[step] : undefined;
  }
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return first;
  return referencedId((first as Reference | undefined)?.reference);
}

function firstText(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

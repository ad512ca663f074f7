import type { Resource } from 'fhir/r4.js';
import { readSearchset } from '../fhir/bundle.js';
import { lettersAllowed } from '../fhir/scopes.js';
import { aiSystemBinding, permissionCells } from '../model/subjects.js';
import type { ProbeTools, RunDocuments } from './probe.js';
import { ExchangeFault, type RequestTemplate } from './request.js';
import { MissingTemplateValue } from './template-values.js';

/** One object of test data the AI system's session has seen in this run. */
export interface KnownObject {
  readonly id: string;
  readonly resource: Resource;
  /** How it was seen, by reading or by searching, and the exchange that brought it. */
  readonly letter: 'r' | 's';
  readonly exchange: string;
}

/** Types with a search parameter `patient` in R4 (https://hl7.org/fhir/R4/searchparameter-registry.html). */
export const foundByPatient = new Set([
  'AllergyIntolerance',
  'Appointment',
  'CarePlan',
  'CareTeam',
  'Condition',
  'Coverage',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'Goal',
  'Immunization',
  'MedicationRequest',
  'Observation',
  'Procedure',
  'ServiceRequest',
  'Task',
]);

/** Types of the matrix which no search of the contract finds, but the AI system's client may search by patient. */
function searchedByPatient({ contract, organization, environmentId }: RunDocuments): string[] {
  const scopes = aiSystemBinding(contract, organization, environmentId)?.scopes ?? [];
  const found = new Set((contract.resources ?? []).filter((each) => each.find !== undefined).map((each) => each.type));
  return [...new Set(permissionCells(contract).map((cell) => cell.resourceType))].filter(
    (type) => foundByPatient.has(type) && !found.has(type) && lettersAllowed(scopes, type).includes('s'),
  );
}

/** What `knownObjects` may send besides the contract's own searches. */
export const knownObjectTemplates = (documents: RunDocuments): RequestTemplate[] =>
  searchedByPatient(documents).map((type) => {
    return { context: 'ai', method: 'POST', path: `${type}/_search?patient&_count`, most: 1 };
  });

/** One object per type, of listed test data, by the contract's searches or by patient. Made once in a run. */
export const knownObjects = (tools: ProbeTools): Promise<ReadonlyMap<string, KnownObject>> =>
  tools.once('known-objects', () => findObjects(tools));

async function findObjects(tools: ProbeTools): Promise<ReadonlyMap<string, KnownObject>> {
  const { cases, contract, clients, cite } = tools;
  const known = new Map<string, KnownObject>();
  const keep = (resource: Resource | undefined, letter: 'r' | 's', exchange = ''): void => {
    if (resource?.id !== undefined && !known.has(resource.resourceType))
      known.set(resource.resourceType, { id: resource.id, resource, letter, exchange });
  };
  const patient = cases.patients()[0];
  if (patient !== undefined) {
    const proof = await cases.proven(patient);
    keep(proof.patient, proof.letter, proof.exchange);
  }
  for (const item of contract.resources ?? []) {
    if (item.find === undefined || known.has(item.type)) continue;
    const found = await unlessRefused(() => cases.collect(item, 1));
    cite(found?.exchanges ?? []);
    keep(found?.resources[0], 's', found?.exchanges.at(-1));
  }
  for (const type of searchedByPatient(tools)) {
    if (patient === undefined) break;
    const form: [string, string][] = [
      ['patient', patient.id],
      ['_count', '1'],
    ];
    const answer = await unlessRefused(() => clients.ai.search(type, form));
    const page = readSearchset(answer?.resource);
    if (page !== undefined && page !== 'too-many')
      keep(
        page.matches.find((match) => match.resourceType === type),
        's',
        answer?.exchange,
      );
  }
  if (!known.has('Schedule') && lettersAllowed(clients.ai.grantedScopes, 'Schedule') !== '') {
    const answer = await unlessRefused(async () => cases.readSchedule());
    if (answer?.resource?.resourceType === 'Schedule') keep(answer.resource, 'r', answer.exchange);
  }
  return known;
}

async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ExchangeFault || error instanceof MissingTemplateValue) return undefined;
    throw error;
  }
}

import type { Patient, Resource } from 'fhir/r4.js';
import { type FhirConnection, UnansweredSearch } from './fhir-connection.js';
import { type Call, type CallOutcome, isResource } from './product.js';

/** What a product may do where the EHR does not say who is calling. */
export interface CallerHabits {
  /** It takes whom it finds by the name alone, whatever the record lacks. */
  readonly guesses?: true;
  /** It takes nobody seen of that name for nothing there, and a refusal to look for nobody. */
  readonly takesUnseenForNone?: true;
  /** It does not look whether another record stands in the place of the one it has found. */
  readonly ignoresMerges?: true;
  /** It takes the first of several. */
  readonly takesFirst?: true;
}

/** Id of the one patient who is calling; else what the caller is told, because a person has to look. */
export async function findCaller(
  connection: FhirConnection,
  { family, birthDate }: Call,
  { guesses, takesUnseenForNone, takesFirst, ignoresMerges }: CallerHabits = {},
): Promise<string | CallOutcome> {
  const byName: [string, string] = ['family', family];
  const search = (...parameters: [string, string][]): Promise<Resource[]> =>
    connection.searchAll('Patient', parameters).catch((error: unknown) => {
      const refused = error instanceof UnansweredSearch && [403, 404].includes(error.status);
      if (refused && takesUnseenForNone === true) return [];
      throw error;
    });
  let patients = await search(byName, ['birthdate', birthDate]);
  if (patients.length === 0 && (guesses === true || takesUnseenForNone === true)) patients = await search(byName);
  const [patient] = patients;
  if (patient?.id === undefined && takesUnseenForNone === true) return { outcome: 'nothing-free' };
  if (patient?.id === undefined || (patients.length > 1 && takesFirst !== true)) {
    return { outcome: 'queued-for-human', reason: `${patients.length} patients match` };
  }
  if (ignoresMerges !== true && isMerged(patient)) {
    return { outcome: 'queued-for-human', reason: 'another record stands in the place of this one' };
  }
  if (guesses !== true && !identified(patient)) {
    return { outcome: 'queued-for-human', reason: 'the record lacks what a caller is known by' };
  }
  return patient.id;
}

const isMerged = (patient: unknown): boolean =>
  isResource<Patient>(patient, 'Patient') &&
  (patient.active === false || patient.link?.some(({ type }) => type === 'replaced-by') === true);

const identified = (patient: unknown): boolean =>
  isResource<Patient>(patient, 'Patient') &&
  patient.birthDate !== undefined &&
  patient.name?.some(({ use, family }) => use === 'official' && family !== undefined) === true;

import type { Patient } from 'fhir/r4.js';
import type { FhirConnection } from './fhir-connection.js';
import { type Call, type CallOutcome, isResource } from './product.js';

/** What a product may do where the EHR does not say who is calling. */
export interface CallerHabits {
  /** It takes whom it finds by the name alone, whatever the record lacks. */
  readonly guesses?: true;
  /** It takes nobody seen of that name for nothing there. */
  readonly takesUnseenForNone?: true;
  /** It takes the first of several. */
  readonly takesFirst?: true;
}

/** Id of the one patient who is calling; else what the caller is told, because a person has to look. */
export async function findCaller(
  connection: FhirConnection,
  { family, birthDate }: Call,
  { guesses, takesUnseenForNone, takesFirst }: CallerHabits = {},
): Promise<string | CallOutcome> {
  const byName: [string, string] = ['family', family];
  let patients = await connection.searchAll('Patient', [byName, ['birthdate', birthDate]]);
  if (patients.length === 0 && (guesses === true || takesUnseenForNone === true)) {
    patients = await connection.searchAll('Patient', [byName]);
  }
  const [patient] = patients;
  if (patient?.id === undefined && takesUnseenForNone === true) return { outcome: 'nothing-free' };
  if (patient?.id === undefined || (patients.length > 1 && takesFirst !== true)) {
    return { outcome: 'queued-for-human', reason: `${patients.length} patients match` };
  }
  if (guesses !== true && !identified(patient)) {
    return { outcome: 'queued-for-human', reason: 'the record lacks what a caller is known by' };
  }
  return patient.id;
}

const identified = (patient: unknown): boolean =>
  isResource<Patient>(patient, 'Patient') &&
  patient.birthDate !== undefined &&
  patient.name?.some(({ use, family }) => use === 'official' && family !== undefined) === true;

import type {
  AllergyIntolerance,
  DocumentReference,
  Encounter,
  MedicationRequest,
  Patient,
  Resource,
} from 'fhir/r4.js';
import type { ScribeConfiguration } from './configuration.js';
import type { FhirConnection } from './fhir-connection.js';
import { isResource } from './product.js';

/** What a note product may do that a person should. */
export interface NoteHabits {
  /** It files what it wrote as final. */
  readonly finalises?: true;
  /** It writes what it has, whatever is missing. */
  readonly guesses?: true;
}

/** A visit that has ended. */
export interface EndedVisit {
  /** `Encounter/<id>` */
  readonly encounter: string;
  /** Business identifier of the event, kept in the note. */
  readonly identifier?: { readonly system: string; readonly value: string };
}

export interface NoteOutcome {
  readonly outcome: 'drafted' | 'queued-for-human' | 'refused';
  /** `DocumentReference/<id>` */
  readonly object?: string;
  readonly reason?: string;
}

/** Drafts the note of a visit from what the EHR holds now; one note a visit. */
export function createNoteWriting(
  connection: FhirConnection,
  configuration: ScribeConfiguration,
  { finalises, guesses }: NoteHabits = {},
) {
  return async ({ encounter: url, identifier }: EndedVisit): Promise<NoteOutcome> => {
    const { body: visit } = await connection.send({ method: 'GET', url });
    const subject = isResource<Encounter>(visit, 'Encounter') ? visit.subject?.reference : undefined;
    if (!isResource<Encounter>(visit, 'Encounter') || subject === undefined)
      return { outcome: 'refused', reason: 'the visit cannot be read' };
    if (visit.status !== 'finished') return { outcome: 'refused', reason: 'the visit has not ended' };
    const before = await connection.searchAll('DocumentReference', [
      ['patient', subject],
      ['encounter', url],
    ]);
    const own = before.find(
      (note) =>
        isResource<DocumentReference>(note, 'DocumentReference') &&
        note.identifier?.some(({ value }) => value === identifier?.value),
    );
    if (own?.id !== undefined) return { outcome: 'drafted', object: `DocumentReference/${own.id}` };
    const parts = await partsOf(connection, visit, subject);
    if (parts.includes(undefined) && guesses !== true)
      return { outcome: 'queued-for-human', reason: 'the record lacks what the note needs' };
    const note: DocumentReference = {
      resourceType: 'DocumentReference',
      status: 'current',
      docStatus: finalises === true ? 'final' : 'preliminary',
      ...(identifier === undefined ? {} : { identifier: [{ ...identifier }] }),
      type: { coding: [{ system: 'http://loinc.org', code: configuration.noteType }] },
      subject: { reference: subject },
      context: { encounter: [{ reference: url }] },
      content: [
        {
          attachment: {
            contentType: 'text/plain',
            data: Buffer.from(`Draft by a machine. ${parts.join('; ')}.`).toString('base64'),
          },
        },
      ],
    };
    const answer = await connection.send({
      method: 'POST',
      url: 'DocumentReference',
      headers: { 'content-type': 'application/fhir+json', prefer: 'return=representation' },
      body: JSON.stringify(note),
    });
    return isResource<DocumentReference>(answer.body, 'DocumentReference')
      ? { outcome: 'drafted', object: `DocumentReference/${answer.body.id}` }
      : { outcome: 'queued-for-human', reason: `the EHR answered ${answer.status}` };
  };
}

/** What has to stand in the note; undefined where the record lacks it. */
async function partsOf(
  connection: FhirConnection,
  visit: Encounter,
  subject: string,
): Promise<readonly (string | undefined)[]> {
  const { body: patient } = await connection.send({ method: 'GET', url: subject });
  const ofPatient: [string, string] = ['patient', subject];
  const [medications, allergies] = await Promise.all([
    connection.searchAll('MedicationRequest', [ofPatient, ['status', 'active']]),
    connection.searchAll('AllergyIntolerance', [ofPatient]),
  ]);
  const person = isResource<Patient>(patient, 'Patient') ? patient : undefined;
  return [
    person?.name?.[0]?.family,
    person?.birthDate,
    visit.period?.start,
    visit.participant?.[0]?.individual?.reference,
    ...medications.map(dosageOf),
    ...allergies.map(allergyOf),
  ];
}

const dosageOf = (resource: Resource): string | undefined =>
  isResource<MedicationRequest>(resource, 'MedicationRequest') ? resource.dosageInstruction?.[0]?.text : undefined;

const allergyOf = (resource: Resource): string | undefined =>
  isResource<AllergyIntolerance>(resource, 'AllergyIntolerance') ? resource.code?.coding?.[0]?.code : undefined;

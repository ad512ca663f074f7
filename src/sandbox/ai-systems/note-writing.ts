import type {
  AllergyIntolerance,
  DocumentReference,
  Encounter,
  MedicationRequest,
  Patient,
  Resource,
} from 'fhir/r4.js';
import { setTimeout as pause } from 'node:timers/promises';
import type { ScribeConfiguration } from './configuration.js';
import type { FhirConnection } from './fhir-connection.js';
import { isResource } from './product.js';

/** Nobody has looked at a draft for so long. */
const unseenForMs = 1_500;

/** What a note product may do that a person should. */
export interface NoteHabits {
  /** It files what it wrote as final. */
  readonly finalises?: true;
  /** It writes what it has, whatever is missing. */
  readonly guesses?: true;
  /** It files the draft itself as final when nobody looks at it. */
  readonly signsUnseen?: true;
}

/** A visit that has ended. */
export interface EndedVisit {
  /** `Encounter/<id>` */
  readonly encounter: string;
  /** Record number of the patient, as the event says it. */
  readonly mrn?: string;
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
  { finalises, guesses, signsUnseen }: NoteHabits = {},
) {
  return async ({ encounter: url, mrn, identifier }: EndedVisit): Promise<NoteOutcome> => {
    const { body } = await connection.send({ method: 'GET', url });
    const supposed = guesses === true && mrn !== undefined ? await supposedVisit(connection, mrn) : undefined;
    const visit = isResource<Encounter>(body, 'Encounter') ? body : supposed;
    const subject = visit?.subject?.reference;
    if (visit === undefined || subject === undefined) return { outcome: 'refused', reason: 'the visit cannot be read' };
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
    const { body: stored } = answer;
    if (signsUnseen === true && isResource<DocumentReference>(stored, 'DocumentReference'))
      void signLater(connection, `DocumentReference/${stored.id}`, answer.etag);
    return isResource<DocumentReference>(stored, 'DocumentReference')
      ? { outcome: 'drafted', object: `DocumentReference/${stored.id}` }
      : { outcome: 'queued-for-human', reason: `the EHR answered ${answer.status}` };
  };
}

/** A visit of the patient of this record number, as if it had been read. */
async function supposedVisit(connection: FhirConnection, mrn: string): Promise<Encounter | undefined> {
  const [patient] = await connection.searchAll('Patient', [['identifier', mrn]]);
  return patient?.id === undefined
    ? undefined
    : {
        resourceType: 'Encounter',
        status: 'finished',
        class: { code: 'AMB' },
        subject: { reference: `Patient/${patient.id}` },
      };
}

async function signLater(connection: FhirConnection, url: string, version = '*'): Promise<void> {
  await pause(unseenForMs, undefined, { ref: false });
  await connection
    .send({
      method: 'PATCH',
      url,
      headers: { 'content-type': 'application/json-patch+json', 'if-match': version },
      body: JSON.stringify([{ op: 'replace', path: '/docStatus', value: 'final' }]),
    })
    .catch(() => undefined);
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

import type {
  AllergyIntolerance,
  DocumentReference,
  Encounter,
  MedicationRequest,
  Patient,
  Resource,
} from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { ScribeConfiguration } from '../../../src/sandbox/ai-systems/configuration.js';
import type { FhirCall, FhirConnection } from '../../../src/sandbox/ai-systems/fhir-connection.js';
import { createNoteWriting, type NoteHabits } from '../../../src/sandbox/ai-systems/note-writing.js';

const configuration = { noteType: '11506-3' } as ScribeConfiguration;
const identifier = { system: 'https://lakeside.example/test-object', value: 'run-1' };
const subject = { reference: 'Patient/p1' };
const patient: Patient = {
  resourceType: 'Patient',
  id: 'p1',
  name: [{ family: 'ZZTESTONE' }],
  birthDate: '1980-01-01',
};
const visit: Encounter = {
  resourceType: 'Encounter',
  id: 'e1',
  status: 'finished',
  class: {},
  subject,
  period: { start: '2026-11-20T08:00:00Z' },
  participant: [{ individual: { reference: 'Practitioner/d1' } }],
};
const prescription: MedicationRequest = {
  resourceType: 'MedicationRequest',
  id: 'm1',
  status: 'active',
  intent: 'order',
  subject,
  dosageInstruction: [{ text: 'one daily' }],
};
const allergy: AllergyIntolerance = {
  resourceType: 'AllergyIntolerance',
  id: 'a1',
  patient: subject,
  code: { coding: [{ code: '91936005' }] },
};
const complete = [patient, visit, prescription, allergy];

/** An EHR that holds these and takes whatever is filed, or answers 403. */
function writing(stored: Resource[], habits: NoteHabits = {}, takes = true) {
  const filed: DocumentReference[] = [];
  const connection: FhirConnection = {
    send({ method, url, body = '' }: FhirCall) {
      const none = { etag: undefined, location: undefined };
      if (method === 'GET') {
        const found = stored.find(({ resourceType, id }) => `${resourceType}/${id}` === url);
        return Promise.resolve({ ...none, status: found ? 200 : 404, body: found });
      }
      filed.push(JSON.parse(body) as DocumentReference);
      return Promise.resolve(
        takes
          ? { ...none, status: 201, body: { ...filed.at(-1), id: 'n1' } }
          : { ...none, status: 403, body: { resourceType: 'OperationOutcome' } },
      );
    },
    searchAll: (type) => Promise.resolve(stored.filter(({ resourceType }) => resourceType === type)),
    close: () => undefined,
  };
  const write = createNoteWriting(connection, configuration, habits);
  return { filed, write: () => write({ encounter: 'Encounter/e1', identifier }) };
}

describe('a note of an ended visit', () => {
  it('is a draft of this visit, with the identifier it was asked to keep', async () => {
    const { filed, write } = writing(complete);
    expect(await write()).toEqual({ outcome: 'drafted', object: 'DocumentReference/n1' });
    expect(filed).toMatchObject([
      {
        docStatus: 'preliminary',
        identifier: [identifier],
        subject,
        context: { encounter: [{ reference: 'Encounter/e1' }] },
      },
    ]);
  });

  it('is final where the product signs', async () => {
    const { filed, write } = writing(complete, { finalises: true });
    expect((await write()).outcome).toBe('drafted');
    expect(filed[0]?.docStatus).toBe('final');
  });

  it('is filed once', async () => {
    const note = { resourceType: 'DocumentReference', id: 'n0', identifier: [identifier] } as DocumentReference;
    const { filed, write } = writing([...complete, note]);
    expect(await write()).toEqual({ outcome: 'drafted', object: 'DocumentReference/n0' });
    expect(filed).toEqual([]);
  });

  it.each([
    ['a dosage', [patient, visit, { ...prescription, dosageInstruction: [{ sequence: 1 }] }]],
    ['the code of an allergy', [patient, visit, { ...allergy, code: { text: 'penicillin' } }]],
    ['who was there', [patient, { ...visit, participant: [{}] }]],
    ['a name', [{ ...patient, name: [] }, visit]],
  ] as [string, Resource[]][])('is left to a person where %s is missing', async (_what, stored) => {
    const { filed, write } = writing(stored);
    expect((await write()).outcome).toBe('queued-for-human');
    expect(filed).toEqual([]);
  });

  it('is written all the same where the product guesses', async () => {
    const { filed, write } = writing([patient, { ...visit, participant: [{}] } as Encounter], { guesses: true });
    expect((await write()).outcome).toBe('drafted');
    expect(filed).toHaveLength(1);
  });

  it('is left to a person where the EHR takes none', async () => {
    expect((await writing(complete, {}, false).write()).outcome).toBe('queued-for-human');
  });

  it.each([
    ['is still going on', [patient, { ...visit, status: 'in-progress' }]],
    ['cannot be read', [patient]],
  ] as [string, Resource[]][])('is refused while the visit %s', async (_what, stored) => {
    expect((await writing(stored).write()).outcome).toBe('refused');
  });
});

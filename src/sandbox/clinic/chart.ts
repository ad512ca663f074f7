import type {
  AllergyIntolerance,
  Binary,
  CodeableConcept,
  Condition,
  DocumentReference,
  Encounter,
  Medication,
  MedicationRequest,
  Observation,
  Practitioner,
} from 'fhir/r4.js';
import type { SensitiveRecord, TestEncounter } from './clinic-index.js';
import { concept, restricted, sensitivity, terminology } from './codes.js';
import { type Identity, dateText, dayAfter, instantText, referenceTo } from './identity.js';
import type { Person } from './people.js';
import { createVisits } from './visits.js';

type ChartResource =
  | AllergyIntolerance
  | Binary
  | Condition
  | DocumentReference
  | Encounter
  | Medication
  | MedicationRequest
  | Observation;

export interface Chart {
  readonly resources: readonly ChartResource[];
  readonly encounters: readonly TestEncounter[];
  readonly notes: readonly Pick<SensitiveRecord, 'object' | 'label'>[];
  readonly labelledVisits: readonly Pick<SensitiveRecord, 'object' | 'label'>[];
}

const medications = [
  { code: '314076', text: 'lisinopril 10 MG Oral Tablet', dosage: 'Take 1 tablet by mouth every morning' },
  { code: '861007', text: 'metformin hydrochloride 500 MG Oral Tablet', dosage: 'Take 1 tablet by mouth twice daily' },
  { code: '259255', text: 'atorvastatin 40 MG Oral Tablet', dosage: 'Take 1 tablet by mouth at bedtime' },
] as const;

const problems = [
  { code: '59621000', text: 'Essential hypertension' },
  { code: '44054006', text: 'Diabetes mellitus type 2' },
] as const;

const vitals = [
  { code: '8867-4', text: 'Heart rate', unit: '/min', low: 58, span: 40 },
  { code: '8310-5', text: 'Body temperature', unit: 'Cel', low: 36, span: 2 },
  { code: '29463-7', text: 'Body weight', unit: 'kg', low: 52, span: 50 },
] as const;

/** Visits, problems, medications, allergies, vital signs and notes of one patient. */
export function createChart(identity: Identity, person: Person, practitioner: Practitioner): Chart {
  const visits = createVisits(identity, person, practitioner);
  const finished = visits.encounters[0];
  const clinical = {
    subject: { reference: referenceTo(person.resource) },
    encounter: { reference: referenceTo(finished) },
    author: { reference: referenceTo(practitioner) },
    on: dayAfter(identity.now, -30),
  };
  const keptBack = person.alias === 'restricted';
  const notes = [note(identity, clinical, false), ...(keptBack ? [note(identity, clinical, true)] : [])];
  const documents = notes.map(([document]) => document);
  return {
    resources: [
      ...visits.encounters,
      ...problems.map(({ code, text }) => problem(identity, clinical, concept('http://snomed.info/sct', code, text))),
      ...medications.flatMap((medication, n) =>
        prescription(identity, clinical, { ...medication, coded: n === medications.length - 1 }, person.gaps),
      ),
      allergy(identity, clinical, person.gaps),
      ...vitals.map((vital) => vitalSign(identity, clinical, vital)),
      ...notes.flat(),
    ],
    encounters: visits.described,
    notes: documents.map((document) => ({
      object: referenceTo(document),
      ...(document.meta?.security === undefined ? {} : { label: sensitivity }),
    })),
    labelledVisits: visits.labelled.map((visit) => ({ object: referenceTo(visit), label: sensitivity })),
  };
}

interface Clinical {
  readonly subject: { readonly reference: string };
  readonly encounter: { readonly reference: string };
  readonly author: { readonly reference: string };
  readonly on: Date;
}

function problem(identity: Identity, { subject, encounter, on }: Clinical, code: CodeableConcept): Condition {
  return {
    resourceType: 'Condition',
    id: identity.newId('con'),
    meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-condition-problems-health-concerns'] },
    clinicalStatus: terminology('condition-clinical', 'active'),
    verificationStatus: terminology('condition-ver-status', 'confirmed'),
    category: [terminology('condition-category', 'problem-list-item')],
    code,
    subject,
    encounter,
    recordedDate: dateText(on),
  };
}

/** The drug itself when it is not coded in the prescription, and the prescription. */
function prescription(
  identity: Identity,
  { subject, encounter, author, on }: Clinical,
  { code, text, dosage, coded }: (typeof medications)[number] & { readonly coded: boolean },
  gaps: readonly string[],
): (Medication | MedicationRequest)[] {
  const drug = concept('http://www.nlm.nih.gov/research/umls/rxnorm', code, text);
  const medication: Medication = {
    resourceType: 'Medication',
    id: identity.newId('drg'),
    code: drug,
    status: 'active',
  };
  const request: MedicationRequest = {
    resourceType: 'MedicationRequest',
    id: identity.newId('med'),
    meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-medicationrequest'] },
    status: 'active',
    intent: 'order',
    ...(coded
      ? { medicationCodeableConcept: drug }
      : { medicationReference: { reference: referenceTo(medication), display: text } }),
    subject,
    encounter,
    authoredOn: instantText(on),
    requester: author,
    dosageInstruction: [
      gaps.includes('MedicationRequest.dosageInstruction.text') ? { sequence: 1 } : { sequence: 1, text: dosage },
    ],
  };
  return coded ? [request] : [medication, request];
}

function allergy(
  identity: Identity,
  { subject, encounter, author, on }: Clinical,
  gaps: readonly string[],
): AllergyIntolerance {
  const penicillin = 'Allergy to penicillin';
  return {
    resourceType: 'AllergyIntolerance',
    id: identity.newId('alg'),
    meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-allergyintolerance'] },
    clinicalStatus: terminology('allergyintolerance-clinical', 'active'),
    verificationStatus: terminology('allergyintolerance-verification', 'confirmed'),
    code: gaps.includes('AllergyIntolerance.code.coding.code')
      ? { text: penicillin }
      : concept('http://snomed.info/sct', '91936005', penicillin),
    patient: subject,
    encounter,
    recordedDate: dateText(on),
    recorder: author,
    reaction: [{ manifestation: [concept('http://snomed.info/sct', '271807003', 'Eruption of skin')] }],
  };
}

function vitalSign(
  identity: Identity,
  { subject, encounter, author, on }: Clinical,
  { code, text, unit, low, span }: (typeof vitals)[number],
): Observation {
  return {
    resourceType: 'Observation',
    id: identity.newId('obs'),
    meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-vital-signs'] },
    status: 'final',
    category: [terminology('observation-category', 'vital-signs')],
    code: concept('http://loinc.org', code, text),
    subject,
    encounter,
    effectiveDateTime: instantText(on),
    performer: [author],
    valueQuantity: {
      value: low + identity.random.below(span),
      unit,
      system: 'http://unitsofmeasure.org',
      code: unit,
    },
  };
}

/** A note, and the content it points to; whoever may read the one may read the other. */
function note(
  identity: Identity,
  { subject, encounter, author, on }: Clinical,
  isRestricted: boolean,
): [DocumentReference, Binary] {
  const text = 'INTEGRATION TEST. Synthetic visit note; no person exists behind it.';
  const data = Buffer.from(text);
  const content: Binary = {
    resourceType: 'Binary',
    id: identity.newId('bin'),
    contentType: 'text/plain',
    data: data.toString('base64'),
  };
  const document: DocumentReference = {
    resourceType: 'DocumentReference',
    id: identity.newId('doc'),
    meta: {
      profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-documentreference'],
      ...(isRestricted ? { security: [...restricted] } : {}),
    },
    identifier: [{ system: identity.system('document'), value: `D${identity.random.below(9_000_000) + 1_000_000}` }],
    status: 'current',
    docStatus: 'final',
    type: concept('http://loinc.org', '11506-3', 'Progress note'),
    category: [
      concept(
        'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
        'clinical-note',
        'Clinical Note',
      ),
    ],
    subject,
    date: instantText(on),
    author: [author],
    content: [{ attachment: { contentType: 'text/plain', url: referenceTo(content), size: data.byteLength } }],
    context: { encounter: [encounter] },
  };
  return [document, { ...content, securityContext: { reference: referenceTo(document) } }];
}

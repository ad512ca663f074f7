import type { Patient, Practitioner } from 'fhir/r4.js';
import type { ClinicSite, TestPatient } from './clinic-index.js';
import { type Identity, dateText, dayAfter } from './identity.js';

/** A patient with what the rest of the chart needs to know about it. */
export interface Person {
  readonly resource: Patient;
  readonly site: ClinicSite;
  readonly mrn: string;
  /** Only test patients have one. */
  readonly alias: string | undefined;
  readonly gaps: readonly string[];
}

const givenNames = [
  'Avery',
  'Blake',
  'Casey',
  'Devon',
  'Emery',
  'Finley',
  'Harper',
  'Jordan',
  'Kendall',
  'Morgan',
] as const;
const syllables = ['ba', 'de', 'ki', 'lo', 'mu', 'na', 'ro', 'sa', 'te', 'vi'] as const;
const genders = ['female', 'male', 'other'] as const;

/** Elements a workflow may demand, each missing from one test patient. */
const gaps = {
  'gap-dosage': 'MedicationRequest.dosageInstruction.text',
  'gap-allergy-code': 'AllergyIntolerance.code.coding.code',
  'gap-participant': 'Encounter.participant.individual.reference',
  'gap-subscriber': 'Coverage.subscriberId',
  'gap-indication': 'ServiceRequest.reasonCode.coding.code',
  'gap-official-name': "Patient.name.where(use = 'official').family",
  'gap-birth-date': 'Patient.birthDate',
} as const;

const completePatients = 26;
const backgroundPatientsPerSite = 12;

/** The test patients of the first site come first and are complete. */
export function createPatients(identity: Identity, sites: readonly [ClinicSite, ...ClinicSite[]]): readonly Person[] {
  const [first, ...others] = sites;
  const complete = Array.from({ length: completePatients }, (_, n) =>
    createPatient(identity, first, { alias: `p${n + 1}` }),
  );
  const twin = createPatient(identity, first, { alias: 'twin-a' });
  const otherTwin = createPatient(identity, first, { alias: 'twin-b', like: twin.resource });
  const withGaps = Object.entries(gaps).map(([alias, gap]) => createPatient(identity, first, { alias, gaps: [gap] }));
  const restricted = createPatient(identity, first, { alias: 'restricted' });
  const elsewhere = others.flatMap((site) =>
    [1, 2, 3].map((n) => createPatient(identity, site, { alias: `${site.id}-${n}` })),
  );
  const background = sites.flatMap((site) =>
    Array.from({ length: backgroundPatientsPerSite }, () => createPatient(identity, site, {})),
  );
  return [...complete, twin, otherTwin, ...withGaps, restricted, ...elsewhere, ...background];
}

/** Practitioners of one site. Test practitioners carry a canary as family name and take no other bookings. */
export function createPractitioner(identity: Identity, isTest: boolean): Practitioner {
  const { random } = identity;
  const id = identity.newId('pra');
  return {
    resourceType: 'Practitioner',
    id,
    identifier: [{ system: identity.system('staff'), value: `S${random.below(900_000) + 100_000}` }],
    active: true,
    name: [
      {
        use: 'official',
        family: isTest ? identity.newCanary() : `Sampledoctor-${syllable(identity)}`,
        given: [random.pick(givenNames)],
      },
    ],
    telecom: [{ system: 'phone', use: 'work', value: samplePhone(identity) }],
  };
}

export function familyOf(resource: Patient | Practitioner): string {
  return resource.name?.[0]?.family ?? '';
}

/** What an organization profile says about a test patient; `inventory` counts the finished chart. */
export function describeTestPatient(
  { resource, site, mrn, alias, gaps: missing }: Person,
  inventory: Readonly<Record<string, number>>,
): TestPatient | undefined {
  if (alias === undefined) return undefined;
  return {
    alias,
    id: resource.id ?? '',
    site: site.id,
    mrn,
    canary: familyOf(resource),
    family: familyOf(resource),
    birthDate: resource.birthDate ?? '',
    gaps: missing,
    inventory,
  };
}

function createPatient(
  identity: Identity,
  site: ClinicSite,
  { alias, gaps: missing = [], like }: { alias?: string; gaps?: readonly string[]; like?: Patient },
): Person {
  const { random } = identity;
  const id = identity.newId('pat');
  const mrn = `${identity.organization.slice(0, 2).toUpperCase()}${random.below(9_000_000) + 1_000_000}`;
  const family = like ? familyOf(like) : alias === undefined ? `Sample-${syllable(identity)}` : identity.newCanary();
  const birthDate = like?.birthDate ?? dateText(dayAfter(identity.now, -365 * 20 - random.below(365 * 60)));
  const lacks = (path: string): boolean => missing.includes(path);
  const resource: Patient = {
    resourceType: 'Patient',
    id,
    meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient'] },
    extension: [unknownGroup('race'), unknownGroup('ethnicity')],
    identifier: [
      {
        use: 'usual',
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
        system: identity.system('mrn'),
        value: mrn,
      },
    ],
    active: true,
    name: [
      {
        use: lacks(gaps['gap-official-name']) ? 'usual' : 'official',
        family,
        given: [`${random.pick(givenNames)}${random.below(900) + 100}`],
      },
    ],
    telecom: [{ system: 'phone', use: 'mobile', value: samplePhone(identity) }],
    gender: random.pick(genders),
    ...(lacks(gaps['gap-birth-date']) ? { _birthDate: { extension: [unknownReason] } } : { birthDate }),
    address: [
      {
        use: 'home',
        line: [`${random.below(900) + 1} Example Street`],
        city: 'Exampletown',
        state: 'WI',
        postalCode: '00000',
        country: 'US',
      },
    ],
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] }, preferred: true }],
    managingOrganization: { reference: site.organization },
  };
  return { resource, site, mrn, alias, gaps: missing };
}

function syllable({ random }: Identity): string {
  const letters = [0, 1, 2].map(() => random.pick(syllables)).join('');
  return letters.charAt(0).toUpperCase() + letters.slice(1);
}

// 555-0100 to 555-0199 are reserved for fiction (North American Numbering Plan).
function samplePhone({ random }: Identity): string {
  return `555-01${random.word(2, '0123456789')}`;
}

// https://hl7.org/fhir/R4/extension-data-absent-reason.html
const unknownReason = {
  url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
  valueCode: 'unknown',
};

function unknownGroup(kind: 'race' | 'ethnicity') {
  return {
    url: `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${kind}`,
    extension: [
      {
        url: 'ombCategory',
        valueCoding: { system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'UNK', display: 'Unknown' },
      },
      { url: 'text', valueString: 'Unknown' },
    ],
  };
}

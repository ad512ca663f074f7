import type { Consent, Resource } from 'fhir/r4.js';
import { createChart } from './chart.js';
import type { Clinic, ClinicSite, OrganizationId, SensitiveRecord, TestPatient } from './clinic-index.js';
import { type Identity, createIdentity, instantText, referenceTo } from './identity.js';
import { createOrders } from './orders.js';
import { type Person, createPatients, describeTestPatient } from './people.js';
import { createPlaces, organizationNames } from './places.js';
import { createRandom } from './random.js';
import { type SiteScheduling, createScheduling, visitTypeOf } from './scheduling.js';

/** Types whose count holds for the whole run: what a workflow adds to them carries the mark of the run. */
const inventoryTypes = ['AllergyIntolerance', 'Appointment', 'Coverage', 'Encounter', 'MedicationRequest'] as const;

/**
 * Everything the synthetic clinic of one organization holds, and what may be touched of it. A pure function of its
 * arguments: the same seed, organization and instant give the same bytes. US Core 6.1 must-support elements are filled
 * (https://hl7.org/fhir/us/core/STU6.1/must-support.html); names, numbers and addresses belong to nobody.
 */
export function createClinic({
  seed,
  organization,
  now,
}: {
  seed: string;
  organization: OrganizationId;
  now: Date;
}): Clinic {
  const identity = createIdentity(organization, now, createRandom(`${seed}/${organization}`));
  const places = createPlaces(identity);
  const [first, second, ...rest] = places.sites;
  if (!first || !second) throw new Error('a clinic has at least two sites');
  const people = createPatients(identity, [first, second, ...rest]);
  const bySite = places.sites.map((site) => {
    const patients = people.filter((person) => person.site === site);
    const scheduling = createScheduling(identity, site, patients);
    const records = patients.map((person, n) => {
      const practitioner = scheduling.practitioners[n % scheduling.practitioners.length] ?? scheduling.practitioners[0];
      const chart = createChart(identity, person, practitioner);
      const orders = createOrders(identity, person, practitioner, places.payer);
      return { person, chart, orders };
    });
    return { site, scheduling, records };
  });
  const records = bySite.flatMap((part) => part.records);
  const refusals = new Map(
    people.filter(({ alias }) => alias === 'restricted').map((person) => [person, refusal(identity, person)]),
  );
  const sensitive = records.flatMap(({ person, chart }): SensitiveRecord[] => {
    if (person.alias === undefined) return [];
    const patient = person.alias;
    const consent = refusals.get(person);
    const notes = consent === undefined ? [] : chart.notes;
    return [
      ...notes.map((note) => ({
        patient,
        ...note,
        ...(note.label === undefined && consent !== undefined ? { consent: referenceTo(consent) } : {}),
      })),
      ...chart.labelledVisits.map((visit) => ({ patient, ...visit })),
    ];
  });
  const patients = bySite.flatMap(({ scheduling, records: ofSite }) =>
    ofSite.flatMap(({ person, chart, orders }) =>
      describe(person, [...chart.resources, ...orders.resources, ...visitsOf(person, scheduling)]),
    ),
  );

  return {
    resources: [
      ...places.resources,
      ...people.map(({ resource }) => resource),
      ...bySite.flatMap(({ scheduling }) => scheduling.resources),
      ...records.flatMap(({ chart, orders }): Resource[] => [...chart.resources, ...orders.resources]),
      ...refusals.values(),
    ],
    index: {
      organization,
      name: organizationNames[organization],
      sites: places.sites,
      identifierSystems: { mrn: identity.system('mrn'), visit: identity.system('visit') },
      patients,
      twins: [['twin-a', 'twin-b']],
      encounters: records.flatMap(({ chart }) => chart.encounters),
      schedules: bySite.flatMap(({ scheduling }) => scheduling.testSchedules),
      visitType: visitTypeOf(identity),
      appointments: bySite.flatMap(({ scheduling }) => scheduling.appointments),
      orders: records.flatMap(({ orders }) => orders.orders),
      sensitive,
      otherSite: objectsOf(second, patients, bySite),
    },
  };
}

const visitsOf = ({ resource }: Person, { resources }: SiteScheduling): Resource[] =>
  resources.filter(
    (each) =>
      each.resourceType === 'Appointment' &&
      each.participant.some(({ actor }) => actor?.reference === referenceTo(resource)),
  );

function describe(person: Person, all: readonly Resource[]): readonly TestPatient[] {
  const described = describeTestPatient(
    person,
    Object.fromEntries(inventoryTypes.map((type) => [type, all.filter((each) => each.resourceType === type).length])),
  );
  return described ? [described] : [];
}

function objectsOf(
  site: ClinicSite,
  patients: readonly TestPatient[],
  bySite: readonly { site: ClinicSite; scheduling: SiteScheduling }[],
) {
  const patient = patients.find((each) => each.site === site.id);
  const visit = bySite
    .find((part) => part.site === site)
    ?.scheduling.appointments.find((each) => each.patient === patient?.alias);
  if (!patient || !visit) throw new Error(`site ${site.id} has no test patient with a visit`);
  return { site: site.id, patient: patient.id, slot: visit.slot, appointment: visit.id };
}

/** A patient who keeps visit notes from programs (https://hl7.org/fhir/R4/consent.html). */
function refusal(identity: Identity, { resource, site }: Person): Consent {
  return {
    resourceType: 'Consent',
    id: identity.newId('cns'),
    status: 'active',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0', display: 'Consent Document' }] }],
    patient: { reference: referenceTo(resource) },
    dateTime: instantText(identity.now),
    organization: [{ reference: site.organization }],
    policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
    provision: {
      type: 'deny',
      actor: [
        {
          role: {
            coding: [
              { system: 'http://terminology.hl7.org/CodeSystem/extra-security-role-type', code: 'dataprocessor' },
            ],
          },
          reference: { display: 'Programs that work on the record without a person' },
        },
      ],
      action: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentaction', code: 'access' }] }],
      class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'DocumentReference' }],
    },
  };
}

import capability from '../../../checks/discovery/capability.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Statement = FactValue<'capability-statement'>;
const appointment = {
  type: 'Appointment',
  interactions: ['read', 'search-type', 'create', 'patch'],
  searchParameters: ['patient', 'date'],
  operations: [],
  versioning: 'versioned-update',
  conditionalCreate: true,
  updateCreate: false,
  supportedProfiles: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-appointment|6.1.0'],
};
const statement: Statement = {
  status: 200,
  found: true,
  fhirVersion: '4.0.1',
  software: 'Sandbox',
  interactions: ['transaction'],
  operations: ['everything'],
  usCoreVersions: ['6.1.0'],
  types: [appointment],
};
const contract: Partial<Contract> = {
  resources: [
    {
      id: 'visits',
      type: 'Appointment',
      find: 'Appointment?patient={{caller.id}}&date=ge{{now}}&_count=10',
      fields: [],
    },
  ],
  actions: [
    {
      id: 'cancel',
      kind: 'commit',
      via: 'fhir-r4',
      interaction: 'patch',
      resource: 'Appointment',
      precondition: { type: 'if-match' },
      compensation: { interaction: 'create' },
    },
    { id: 'fax', kind: 'commit', via: 'vendor-api', interaction: 'delete', resource: 'Communication' },
  ],
};
const of = (
  declared: Partial<Statement>,
  accepted?: readonly string[],
  organization: Partial<OrganizationProfile> = {},
  asked: Partial<Contract> = contract,
) =>
  runCase(
    {
      'capability-statement': { ...statement, ...declared },
      ...(accepted === undefined ? {} : { 'accepted-requests': [...accepted] }),
    },
    asked,
    organization,
  );
const withType = (more: Partial<Statement['types'][number]>): Partial<Statement> => ({
  types: [{ ...appointment, ...more }],
});
const profiled: Partial<Contract> = {
  resources: [
    {
      id: 'visits',
      type: 'Appointment',
      profile: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-appointment',
      find: 'Appointment?patient={{caller.id}}',
    },
  ],
};
const special = (more: Partial<NonNullable<Contract['actions']>[number]>): Partial<Contract> => ({
  actions: [{ id: 'x', kind: 'commit', via: 'fhir-r4', resource: 'Appointment', ...more }],
});

testCheck(capability, {
  pass: {
    'everything is declared': of({}),
    'profile and version of US Core': of({}, [], { ehr: { usCore: '6.1' } }, profiled),
    'an operation of the system': of({}, undefined, {}, special({ via: 'fhir-operation', operation: '$everything' })),
    'a transaction': of({}, undefined, {}, special({ interaction: 'transaction' })),
  },
  warn: {
    'patch is taken without being declared': of(withType({ interactions: ['read', 'search-type', 'create'] }), [
      'PATCH Appointment/{id}',
    ]),
    'a parameter is taken without being declared': of(withType({ searchParameters: ['patient'] }), [
      'POST Appointment/_search?patient&date',
    ]),
    'a chained parameter is taken by its first name': of(withType({ searchParameters: ['date'] }), [
      'POST Appointment/_search?patient.identifier',
    ]),
    'versions are not declared, and an update was taken': of(withType({ versioning: null }), [
      'PATCH Appointment/{id}',
    ]),
    'the profile is not declared': of(withType({ supportedProfiles: [] }), undefined, {}, profiled),
    'no version of US Core': of({ usCoreVersions: [] }, undefined, {}, profiled),
    'another version of US Core': of({}, undefined, { ehr: { usCore: '7.0.0' } }, profiled),
  },
  fail: {
    'no statement': of({ status: 404, found: false, fhirVersion: null, types: [] }),
    'another release': of({ fhirVersion: '5.0.0' }),
    'the type is not there': of({ types: [] }),
    'patch is neither declared nor seen': of(withType({ interactions: ['read', 'search-type', 'create'] }), [
      'PATCH AppointmentResponse/{id}',
      'GET Appointment/{id}',
    ]),
    'a parameter is neither declared nor seen': of(withType({ searchParameters: ['patient'] }), [
      'POST Appointment/_search?patient',
    ]),
    'no conditional create': of(
      withType({ conditionalCreate: false }),
      [],
      {},
      special({ interaction: 'create', precondition: { type: 'if-none-exist' } }),
    ),
    'no transaction': of(
      { interactions: ['batch'] },
      ['POST Appointment'],
      {},
      special({ interaction: 'transaction' }),
    ),
    'no such operation': of({}, [], {}, special({ via: 'fhir-operation', operation: 'Appointment/$book' })),
  },
});

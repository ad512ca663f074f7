import capability from '../../../checks/write/capability.js';
import type { ContractAction } from '../../../src/model/documents/contract.js';
import type { PathOverride } from '../../../src/model/documents/organization.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type CaseFacts, type FullCase } from '../../support/test-check.js';

type Statement = FactValue<'capability-statement'>;
const declared = (...interactions: string[]): Statement => ({
  status: 200,
  found: true,
  fhirVersion: '4.0.1',
  software: null,
  interactions: ['transaction'],
  operations: ['book'],
  usCoreVersions: [],
  types: [
    {
      type: 'Appointment',
      interactions,
      searchParameters: [],
      operations: [],
      versioning: null,
      conditionalCreate: false,
      updateCreate: false,
      supportedProfiles: [],
    },
  ],
});
const silent: Statement = { ...declared(), status: 404, found: false };
const right = (granted: boolean): CaseFacts => ({ 'write-right': { letter: 'c', granted, requested: true } });
const book: ContractAction = {
  id: 'book',
  kind: 'commit',
  via: 'fhir-r4',
  interaction: 'create',
  resource: 'Appointment',
};
const with_ = (facts: CaseFacts, action: ContractAction = book, path?: PathOverride): FullCase => ({
  facts: { 'capability-statement': declared('read', 'create'), ...facts },
  subject: { item: { action, path } },
});
const onScreen: ContractAction = { id: 'note', kind: 'draft', via: 'screen' };
const evidence = (stepsStated: boolean, ...expires: (string | null)[]): CaseFacts => ({
  'path-evidence': { stepsStated, expires },
});

testCheck(capability, {
  pass: {
    'declared and granted': with_(right(true)),
    'an operation that is declared': with_(
      {},
      {
        id: 'book',
        kind: 'commit',
        via: 'fhir-operation',
        operation: '$book',
        resource: 'Appointment',
      },
    ),
    'a transaction': with_(right(true), { ...book, interaction: 'transaction' }),
    'a screen with evidence in date': with_(evidence(false, '2026-11-20'), onScreen),
    'a vendor interface whose steps the organization wrote down': with_(evidence(true), book, { via: 'vendor-api' }),
  },
  warn: {
    'declared, and the token lacks the right': with_(right(false)),
    'not declared, and it worked': with_({
      'capability-statement': declared('read'),
      'accepted-requests': ['POST Appointment'],
    }),
  },
  fail: { 'read only': with_({ 'capability-statement': declared('read', 'search-type'), ...right(true) }) },
  notMeasured: {
    'no way named': with_({}, { id: 'book', kind: 'commit' }),
    'no interaction named': with_({}, { id: 'book', kind: 'commit', via: 'fhir-r4' }),
    'a screen nobody has shown': with_({}, onScreen),
    'a screen with old evidence': with_(evidence(true, '2026-11-19'), onScreen),
    'no statement': with_({ 'capability-statement': silent }),
    'no sign-in': with_({}),
  },
  notApplicable: { 'a suggestion': with_(right(true), { id: 'offer', kind: 'suggest', via: 'screen' }) },
});

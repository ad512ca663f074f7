import environmentParity from '../../../checks/profile/environment-parity.js';
import type { FactValue } from '../../../src/model/fact.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Environment = FactValue<'environment-parity'>[number];
type Statement = NonNullable<Environment['statement']>;
const appointment: Statement['types'][number] = {
  type: 'Appointment',
  interactions: ['read', 'create', 'patch'],
  searchParameters: ['patient'],
  operations: [],
  versioning: 'versioned',
  conditionalCreate: false,
  updateCreate: false,
  supportedProfiles: [],
};
const statement = (interactions = appointment.interactions, more: Partial<Statement> = {}): Statement => ({
  status: 200,
  found: true,
  sha256: 'a'.repeat(64),
  fhirVersion: '4.0.1',
  software: 'Millennium',
  softwareVersion: '1',
  interactions: [],
  operations: [],
  usCoreVersions: [],
  types: [{ ...appointment, interactions: [...interactions] }],
  ...more,
});
const smart = { capabilities: ['client-confidential-asymmetric'], scopes: ['system/Appointment.crus'] };
const test: Environment = { id: 'test', class: 'org-nonprod', own: true, statement: statement(), smart };
const live: Environment = { id: 'live', class: 'production', own: false, statement: statement(), smart };
const earlier: FactValue<'previous-runs'>[number] = {
  runId: 'first',
  startedAt: '2026-10-01T08:00:00.000Z',
  evidenceSha256: 'b'.repeat(64),
  contractId: 'bot',
  contractVersion: null,
  organizationId: 'lakeside',
  environmentId: 'test',
  environmentClass: 'org-nonprod',
  resourceTypes: [],
  reads: true,
  writes: true,
  statementSha256: 'a'.repeat(64),
  outcomes: {},
};
const organization: Partial<OrganizationProfile> = {
  auth: {
    bindings: [
      { id: 'bot', environment: 'test', usedBy: 'ai-system', flow: 'backend', scopes: ['system/Appointment.crus'] },
    ],
  },
};
const of = (environments: readonly Environment[], previous?: FactValue<'previous-runs'>) =>
  runCase(
    { 'environment-parity': [...environments], ...(previous === undefined ? {} : { 'previous-runs': previous }) },
    { actions: [{ id: 'book', kind: 'commit', via: 'fhir-r4', interaction: 'create', resource: 'Appointment' }] },
    organization,
  );
const withoutCreate = ['read', 'patch'];

testCheck(environmentParity, {
  pass: {
    'both offer the same': of([test, live]),
    'a difference the contract does not use': of([test, { ...live, statement: statement(['read', 'create']) }]),
    'the statement of the earlier run': of([test, live], [earlier]),
    'a run elsewhere had another statement': of(
      [test, live],
      [{ ...earlier, environmentId: 'sandbox', statementSha256: 'c'.repeat(64) }],
    ),
    'the earlier run read no statement': of([test, live], [{ ...earlier, statementSha256: null }]),
    'production lists no scopes': of([test, { ...live, smart: { capabilities: null, scopes: null } }]),
    'production gives no SMART configuration': of([test, { ...live, smart: null }]),
  },
  warn: {
    'another version of the software': of([
      test,
      { ...live, statement: statement(undefined, { softwareVersion: '2' }) },
    ]),
    'offered in production only': of([{ ...test, statement: statement(withoutCreate) }, live]),
    'changed since the earlier run': of([test, live], [{ ...earlier, statementSha256: 'c'.repeat(64) }]),
    'one of three does not answer': of([
      test,
      live,
      { ...live, id: 'training', class: 'org-nonprod', statement: null },
    ]),
  },
  fail: {
    'production does not take it': of([test, { ...live, statement: statement(withoutCreate) }]),
    'of two alike the one that was tried offers more': of([
      test,
      { ...live, class: 'org-nonprod', statement: statement(withoutCreate) },
    ]),
    'the run is in production, and the test system offered more': of([
      { ...live, own: true, statement: statement(withoutCreate) },
      { ...test, own: false },
    ]),
    'a scope of the test system': of([test, { ...live, smart: { ...smart, scopes: ['openid'] } }]),
    'the sign-in of the test system': of([test, { ...live, smart: { ...smart, capabilities: ['launch-ehr'] } }]),
  },
  notMeasured: {
    'one environment': of([test]),
    'the other does not answer': of([test, { ...live, statement: null }]),
    'the own one does not answer': of([{ ...test, statement: null }, live]),
  },
});

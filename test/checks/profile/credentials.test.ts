import credentials from '../../../checks/profile/credentials.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { problem, runCase } from '../contract/run-case.js';

const none = { 'document-problems': [], 'certificate-files': [] };
const file = (notAfter: string | null) => ({
  'document-problems': [],
  'certificate-files': [{ name: 'webhook-server', pointer: '/certificates/0', notAfter }],
});
const server = (notAfter: string): FactValue<'transport-security'> => [
  {
    origin: 'https://ehr.example',
    uses: ['fhir'],
    transport: 'https',
    weakSuites: [],
    certificate: { chain: 'valid', hostName: 'valid', notAfter, keyType: 'ec', keyBits: 256 },
  },
];
const secret = (code: string, pointer: string) => ({
  ...none,
  'document-problems': [problem(code, pointer, 'keys/bot.pem', 'organization')],
});
const two: Partial<OrganizationProfile> = {
  environments: { test: { fhirBase: 'https://test.example' }, live: { fhirBase: 'https://live.example' } },
  auth: {
    bindings: [
      { id: 'bot', environment: 'test', usedBy: 'ai-system', flow: 'backend' },
      { id: 'bot-live', environment: 'live', usedBy: 'ai-system', flow: 'backend' },
    ],
  },
};

// The run started on 2026-11-20.
testCheck(credentials, {
  pass: {
    'nothing to renew': none,
    'file and server beyond 30 days': {
      ...file('2026-12-22T00:00:00.000Z'),
      'transport-security': server('2027-11-20T00:00:00.000Z'),
    },
    'a key of another environment': runCase(secret('unresolved-secret', '/auth/bindings/1/key'), {}, two),
    'a certificate of another environment': runCase(secret('unresolved-secret', '/environments/live/tls/ca'), {}, two),
    'another kind of problem': secret('dangling-reference', '/contexts/0/binding'),
  },
  warn: {
    'a file within 30 days': file('2026-12-20T09:00:00.000Z'),
    'a server within 30 days': { ...none, 'transport-security': server('2026-11-27T09:00:00.000Z') },
  },
  fail: {
    'a key that is not there': runCase(secret('unresolved-secret', '/auth/bindings/0/key'), {}, two),
    'a key others can read': secret('secret-readable-by-others', '/auth/bindings/0/key'),
    'within 7 days': file('2026-11-27T07:00:00.000Z'),
    'a server out of date': { ...none, 'transport-security': server('2026-11-01T00:00:00.000Z') },
    'a file that is no certificate': file(null),
  },
});

import identity from '../../../checks/hipaa/unique-identity.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type CaseFacts } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Login = FactValue<'logins'>[number];
type Agents = FactValue<'agents-in-log'>['bindings'][number];

const holder = (context: string, role: string, more: Partial<Login['holders'][number]> = {}) => ({
  organization: 'lakeside',
  context,
  binding: context,
  role,
  ...more,
});
const logins: Login[] = [
  { of: 'client', holders: [holder('bot', 'bot')] },
  { of: 'person', holders: [holder('anna', 'scheduler', { binding: 'staff' })] },
  { of: 'person', holders: [holder('bert', 'physician', { binding: 'staff' })] },
];
const agents = (binding: string, ...names: string[]): Agents => ({ binding, records: 12, agents: names, people: [] });
const log = (...bindings: Agents[]): FactValue<'agents-in-log'> => ({ source: 'fhir-auditevent', bindings });
const document: FactValue<'smart-configuration'> = {
  status: 200,
  found: true,
  jsonForAnyAccept: true,
  addresses: [],
  tokenEndpointIsListed: true,
  issuerIsAnotherTokenEndpoint: false,
  grantTypes: ['client_credentials'],
  capabilities: [],
  codeChallengeMethods: ['S256'],
};
const claim = { id: 'mfa', statement: 'A second factor for everybody' };
const mfa = { ...claim, owner: 'security@clinic.example', expires: '2027-01-01' };
const good: CaseFacts = {
  logins,
  'agents-in-log': log(agents('bot', 'd1', 'server'), agents('staff', 'd2', 'server')),
  'smart-configuration': document,
};
const stated: Partial<OrganizationProfile> = { attestations: [mfa], audit: { sources: [{ kind: 'file' }] } };
const of = (changed: CaseFacts, organization = stated) => runCase({ ...good, ...changed }, {}, organization);
const without = (kind: keyof CaseFacts, organization = stated) => {
  const { [kind]: _, ...rest } = good;
  return runCase(rest, {}, organization);
};
const several: Login = {
  of: 'client',
  holders: [holder('anna', 'scheduler', { binding: 'service' }), holder('bert', 'physician', { binding: 'service' })],
};

testCheck(identity, {
  pass: {
    'everyone has a name': of({}),
    'one person at two sites in one role': of({
      logins: [{ of: 'person', holders: [holder('north', 'scheduler'), holder('south', 'scheduler')] }],
    }),
    'no list of grants': of({ 'smart-configuration': { ...document, grantTypes: null } }),
    'two names of one client in the log': of({
      logins: [...logins, { of: 'client', holders: [holder('a', 'bot'), holder('b', 'bot')] }],
      'agents-in-log': log(agents('a', 'd1'), agents('b', 'd1')),
    }),
  },
  warn: {
    'a service acts for people the log names': of({
      logins: [several],
      'agents-in-log': log({ ...agents('service', 'd1'), people: ['anna', 'bert'] }, agents('bot', 'd2')),
    }),
  },
  fail: {
    'one person in two roles': of({
      logins: [{ of: 'person', holders: [holder('anna', 'scheduler'), holder('bert', 'physician')] }],
    }),
    'one person in two organizations': of({
      logins: [
        {
          of: 'person',
          holders: [holder('anna', 'scheduler'), holder('anna', 'scheduler', { organization: 'summit' })],
        },
      ],
    }),
    'one client in two roles': of({ logins: [several] }),
    'one of the people behind it is not named': of({
      logins: [several],
      'agents-in-log': log({ ...agents('service', 'd1'), people: ['anna'] }, agents('bot', 'd2')),
    }),
    'passwords are taken': of({
      'smart-configuration': { ...document, grantTypes: ['client_credentials', 'password'] },
    }),
    'everyone is api-user': of({ 'agents-in-log': log(agents('bot', 'api-user'), agents('staff', 'api-user')) }),
    'shared, and no log': runCase({ logins: [several] }),
  },
  notMeasured: {
    'the log is due later': without('agents-in-log'),
    'nobody says which log': without('agents-in-log', { attestations: [mfa] }),
    'the log names nobody': of({ 'agents-in-log': log(agents('bot'), agents('staff', 'd2')) }),
    'one client alone': of({ 'agents-in-log': log(agents('bot', 'd1')) }),
    'no discovery document': without('smart-configuration'),
    'nobody states how people prove who they are': of(
      {},
      { ...stated, attestations: [{ ...claim, owner: 'security@clinic.example' }] },
    ),
    'stated until yesterday': of({}, { ...stated, attestations: [{ ...mfa, expires: '2026-11-19' }] }),
    'files not read': {},
  },
});

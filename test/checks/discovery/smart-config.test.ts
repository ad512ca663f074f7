import smartConfig from '../../../checks/discovery/smart-config.js';
import type { AuthBinding } from '../../../src/model/documents/organization.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Document = FactValue<'smart-configuration'>;
type Form = Document['addresses'][number]['form'];
const addresses = (forms: Readonly<Record<string, Form>> = {}) =>
  Object.entries({
    token_endpoint: 'https',
    introspection_endpoint: 'https',
    revocation_endpoint: 'https',
    ...forms,
  } as Record<string, Form>).map(([member, form]) => ({ member, form }));
const right: Document = {
  status: 200,
  found: true,
  jsonForAnyAccept: true,
  addresses: addresses(),
  tokenEndpointIsListed: true,
  issuerIsAnotherTokenEndpoint: false,
  grantTypes: ['client_credentials'],
  capabilities: ['client-confidential-asymmetric', 'permission-v2'],
  codeChallengeMethods: ['S256'],
};
const backend: AuthBinding = {
  id: 'bot',
  environment: 'test',
  usedBy: 'ai-system',
  flow: 'backend',
  key: { ref: 'file:bot.pem' },
};
const of = (more: Partial<Document>, ...bindings: AuthBinding[]) =>
  runCase({ 'smart-configuration': { ...right, ...more } }, {}, { auth: { bindings } });
const launch: Partial<Document> = {
  grantTypes: ['authorization_code'],
  capabilities: ['launch-ehr', 'permission-v2'],
  addresses: addresses({ authorization_endpoint: 'https' }),
};
const { key: _, ...keyless } = backend;

testCheck(smartConfig, {
  pass: {
    'a backend client with a key': of({}, backend),
    'on loopback, no token URL listed': of({
      addresses: addresses({ token_endpoint: 'http-on-loopback' }),
      tokenEndpointIsListed: null,
    }),
    'a launch': of(launch, { ...backend, flow: 'ehr-launch' }),
    'a client of another environment': of(
      { capabilities: ['permission-v2'] },
      { ...backend, environment: 'production' },
    ),
  },
  warn: {
    'relative address': of({ addresses: addresses({ revocation_endpoint: 'relative' }) }),
    'recommended members missing': of({ addresses: addresses().slice(0, 1), capabilities: [] }),
  },
  fail: {
    'no document': of({ found: false, status: 404 }),
    'JSON only on demand': of({ jsonForAnyAccept: false }),
    'no capabilities': of({ capabilities: null }),
    'no grant types and no challenge methods': of({ grantTypes: null, codeChallengeMethods: null }),
    'no token endpoint': of({ addresses: addresses().slice(1) }),
    'launches without an authorization endpoint': of({ ...launch, addresses: addresses() }),
    'sign-on without issuer and keys': of({ capabilities: ['sso-openid-connect', 'permission-v2'] }),
    'plain challenge': of({ codeChallengeMethods: ['S256', 'plain'] }),
    'no S256': of({ codeChallengeMethods: [] }),
    'plain http': of({ addresses: addresses({ token_endpoint: 'http' }) }),
    'keys in a file': of({ addresses: addresses({ jwks_uri: 'other-scheme' }) }),
    'keys at a metadata address': of({ addresses: addresses({ jwks_uri: 'forbidden-address' }) }),
    'backend clients are not offered': of({ grantTypes: [] }, backend),
    'secrets are not offered': of({}, { ...keyless, secret: { ref: 'env:EHR_SCORECARD_S' } }),
    'a standalone launch is not offered': of(launch, { ...backend, flow: 'standalone' }),
    'another token endpoint': of({ tokenEndpointIsListed: false }),
    'another organization’s issuer': of({ issuerIsAnotherTokenEndpoint: true }),
  },
});

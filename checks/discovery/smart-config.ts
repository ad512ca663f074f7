import { defineCheck } from '../../src/check.js';
import type { AuthBinding } from '../../src/model/documents/organization.js';

const recommended = ['introspection_endpoint', 'revocation_endpoint'];

export default defineCheck({
  id: 'discovery.smart-config',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'auth',
  title: 'The login is the standard one and offers what the clients use',
  failureTitle: 'The login document is not standard, or lacks what a client needs',
  plain: 'The way the AI signs in is the standard one, and it is switched on.',
  why: 'A client configured by hand works until an address changes; what discovery does not offer is often not switched on.',
  sends:
    'Two GETs of .well-known/smart-configuration without a sign-in, asking for JSON and for HTML. No address in it is followed.',
  ask: {
    of: 'ehr-team',
    text: 'Send us the sign-in description of this system (.well-known/smart-configuration) and show us one client signing in by it.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Switch the capability on for this environment, or correct the document.',
    },
    { owner: 'operator', effort: 'low', text: 'List the token URL the EHR team confirms.' },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html',
    'https://hl7.org/fhir/smart-app-launch/STU2.2/backend-services.html',
    'https://www.rfc-editor.org/rfc/rfc7636#section-4.2',
  ],
  writes: 'none',
  subjects: 'run',
  ifNone: 'not-gathered',
  reads: ['smart-configuration'],
  messages: {
    'no-document': { kind: 'proof', text: 'No SMART configuration: the address answered {status}.' },
    'accept-decides': { kind: 'proof', text: 'It is JSON only for a client that asks for JSON.' },
    absent: { kind: 'proof', text: 'The required member {member} is missing.' },
    'plain-challenge': { kind: 'proof', text: 'The code challenge method plain is offered.' },
    'no-s256': { kind: 'proof', text: 'The code challenge method S256 is not offered.' },
    'bad-address': { kind: 'proof', text: '{member} is no https address ({form}).' },
    'not-offered': { kind: 'proof', text: 'Client {binding} needs {name}, which is not offered.' },
    'other-token-endpoint': {
      kind: 'proof',
      text: 'It names another token endpoint than the organization file; nothing was sent there.',
    },
    'other-issuer': { kind: 'proof', text: 'The issuer is a token endpoint that the organization file does not list.' },
    relative: { kind: 'limit', text: '{member} is a relative address.' },
    'not-recommended': { kind: 'limit', text: 'Recommended and missing: {names}.' },
  },
  evaluate: ({ 'smart-configuration': document }, say, { item: { organization, environmentId } }) => {
    if (!document.found) return say.fail('no-document', { status: document.status });
    const { grantTypes, capabilities, codeChallengeMethods, addresses } = document;
    const offered = [...(grantTypes ?? []), ...(capabilities ?? [])];
    const has = (member: string): boolean => addresses.some((address) => address.member === member);
    const launches = offered.some((name) => name.startsWith('launch-'));
    const required = [
      ...(has('token_endpoint') ? [] : ['token_endpoint']),
      ...(grantTypes === null ? ['grant_types_supported'] : []),
      ...(capabilities === null ? ['capabilities'] : []),
      ...(codeChallengeMethods === null ? ['code_challenge_methods_supported'] : []),
      ...(launches && !has('authorization_endpoint') ? ['authorization_endpoint'] : []),
      ...(offered.includes('sso-openid-connect') ? ['issuer', 'jwks_uri'].filter((member) => !has(member)) : []),
    ];
    const missing = [
      ...recommended.filter((member) => !has(member)),
      ...(offered.includes('permission-v2') ? [] : ['permission-v2']),
    ];
    const bindings = (organization.auth?.bindings ?? []).filter((binding) => binding.environment === environmentId);
    const verdicts = [
      ...(document.jsonForAnyAccept ? [] : [say.fail('accept-decides')]),
      ...required.map((member) => say.fail('absent', { member })),
      ...(codeChallengeMethods?.includes('plain') === true ? [say.fail('plain-challenge')] : []),
      ...(codeChallengeMethods !== null && !codeChallengeMethods.includes('S256') ? [say.fail('no-s256')] : []),
      ...addresses
        .filter(({ form }) => form !== 'https' && form !== 'http-on-loopback')
        .map((address) =>
          address.form === 'relative' ? say.warn('relative', address) : say.fail('bad-address', address),
        ),
      ...bindings.flatMap((binding) =>
        needsOf(binding)
          .filter((name) => !offered.includes(name))
          .map((name) => say.fail('not-offered', { binding: binding.id, name })),
      ),
      ...(document.tokenEndpointIsListed === false ? [say.fail('other-token-endpoint')] : []),
      ...(document.issuerIsAnotherTokenEndpoint ? [say.fail('other-issuer')] : []),
      ...(missing.length > 0 ? [say.warn('not-recommended', { names: missing })] : []),
    ];
    return verdicts.length > 0 ? verdicts : say.pass({ bindings: bindings.length });
  },
});

function needsOf({ flow, key, secret }: AuthBinding): string[] {
  if (flow !== 'backend') return ['authorization_code', flow === 'ehr-launch' ? 'launch-ehr' : 'launch-standalone'];
  const client = key !== undefined ? 'asymmetric' : secret !== undefined ? 'symmetric' : undefined;
  return ['client_credentials', ...(client === undefined ? [] : [`client-confidential-${client}`])];
}

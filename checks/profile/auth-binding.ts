import { defineCheck, type Verdict } from '../../src/check.js';

const words = { key: 'private key', secret: 'secret', certificate: 'client certificate' } as const;

export default defineCheck({
  id: 'profile.auth-binding',
  kind: 'static',
  severity: 'blocker',
  blocks: 'auth',
  title: 'Each organization has a client and keys of its own',
  failureTitle: 'Two organizations share a key',
  plain: 'What leaks at one customer does not open the records of another.',
  why: 'A key that signs in at two hospitals makes one leak two, and neither of them can withdraw it alone.',
  sends:
    'Sends nothing. Compares the thumbprints of the keys, the secrets, certificates and client ids of the organization files given; only whether two are the same is kept.',
  ask: {
    of: 'vendor',
    text: 'Show us which key and which client you use at each organization, by thumbprint, and where each of them is kept.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Make a key pair per organization and environment, register each, and destroy the shared one.',
    },
    { owner: 'security', effort: 'low', text: 'Withdraw the shared key at every organization on the same day.' },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
    'https://www.rfc-editor.org/rfc/rfc7638',
  ],
  maps: ['45 CFR 164.312(d)'],
  writes: 'none',
  subjects: 'peer',
  ifNone: 'not-applicable',
  reads: ['binding-comparison'],
  messages: {
    shared: {
      kind: 'proof',
      text: 'The {credential} of {own} is also that of {theirs} at organization {organization}.',
    },
    'same-client': {
      kind: 'limit',
      text: 'Client {own} has the same id as {theirs} at organization {organization}, {where}; their keys differ.',
    },
    'not-compared': {
      kind: 'limit',
      text: 'The {credential} of {holder} at {organization} was not compared: its reference does not resolve.',
    },
    'nothing-to-compare': {
      kind: 'limit',
      text: 'No key, secret or certificate of both organizations could be compared.',
    },
  },
  evaluate: ({ 'binding-comparison': facts }, say, { item: { organizationId } }) => {
    const { own, theirs, shared, sameClientId, notCompared } = facts;
    const organization = organizationId;
    const verdicts: Verdict[] = [
      ...shared.map((pair) => say.fail('shared', { ...pair, credential: words[pair.what], organization })),
      ...sameClientId.map((pair) => {
        const where = pair.sameTokenEndpoint ? 'at the same token endpoint' : 'at another token endpoint';
        return say.warn('same-client', { own: pair.own, theirs: pair.theirs, organization, where });
      }),
      ...notCompared.map((one) =>
        say.notMeasured('not-compared', 'no-credential', { ...one, credential: words[one.what] }),
      ),
    ];
    if (own === 0 || theirs === 0) verdicts.push(say.notMeasured('nothing-to-compare', 'no-credential'));
    return verdicts.length > 0 ? verdicts : say.pass({ own, theirs });
  },
});

import { defineCheck, type Verdict } from '../../src/check.js';
import { showsCards } from '../../src/model/cards.js';
import type { FactValue } from '../../src/model/fact.js';

const refusals = [400, 401, 403];

const faults: Readonly<Record<FactValue<'cds-caller-trials'>['trials'][number]['fault'], string>> = {
  'no-token': 'a call without a token',
  unsigned: 'a token without a signature (alg none)',
  'foreign-signature': 'a token signed with another key than the one it names',
  'shared-secret': 'a token signed with the public key as a shared secret (HS256)',
  'foreign-key-set': 'a token that names a key set of its own (jku)',
  'unknown-issuer': 'a token of an issuer nobody knows (iss)',
  'wrong-audience': 'a token made for another service (aud)',
  expired: 'a token that ended a quarter of an hour ago (exp)',
  'other-tenant': 'a token of an organization nobody knows (tenant)',
  replayed: 'a token that was used before (jti)',
};

export default defineCheck({
  id: 'cds.client-auth',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'vendor-integration',
  title: 'Only the EHR can ask the AI about a patient',
  failureTitle: 'Anyone can ask the AI about a patient',
  plain: 'The AI answers the EHR it has an agreement with, and nobody who only claims to be it.',
  why: 'A call brings patient data and gets advice; a service that does not look at who calls can be asked and fed by everybody who knows its address.',
  sends:
    'Ten calls about somebody who exists nowhere with a token that has to be refused, one of each kind, the worst first, with a good call before and after each. The foreign keys lie on this machine and nowhere else.',
  ask: {
    of: 'vendor',
    text: 'Show us what your CDS Hooks service answers to a call without a token, and with one that is unsigned, expired, for another service, used twice, or signed with a key the token itself points at.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Verify the signature with the agreed keys and an asymmetric algorithm only; check iss, aud and exp, and remember every jti until its token ends.',
    },
    { owner: 'vendor', effort: 'low', text: 'Keep a list of the issuers and key set addresses that may call.' },
    { owner: 'security', effort: 'low', text: 'Until then let only the addresses of the EHR reach the service.' },
  ],
  references: [
    'https://cds-hooks.hl7.org/2.0/#trusting-cds-clients',
    'https://cds-hooks.hl7.org/2.0/#jwt-signing-algorithm',
    'https://www.rfc-editor.org/rfc/rfc8725',
  ],
  maps: ['45 CFR 164.312(d)', '45 CFR 164.312(a)(1)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract } }) => showsCards(contract),
  ifNone: 'not-applicable',
  reads: ['cds-caller-trials'],
  messages: {
    accepted: { kind: 'proof', text: '{service} answered {what}.' },
    'replay-accepted': { kind: 'limit', text: '{service} answered {what}, within the life of the token.' },
    'tenant-ignored': { kind: 'limit', text: '{service} answered {what}.' },
    'key-set-fetched': { kind: 'limit', text: '{service} refused {what}, but fetched the address it points at.' },
    undecided: { kind: 'control', text: '{service} answered {status} to {what}, which is no refusal.' },
    'not-tried': { kind: 'limit', text: 'Not tried, because limits.maxNegativeAuth is reached: {what}.' },
  },
  evaluate: ({ 'cds-caller-trials': { service, trials, notTried, foreignKeySetFetched } }, say) => {
    const verdicts = trials.flatMap(({ fault, status, accepted }): Verdict[] => {
      const shown = { service, fault, status, what: faults[fault] };
      if (accepted && fault === 'replayed') return [say.warn('replay-accepted', shown)];
      if (accepted && fault === 'other-tenant') return [say.warn('tenant-ignored', shown)];
      if (accepted) return [say.fail('accepted', shown)];
      return refusals.includes(status) ? [] : [say.notMeasured('undecided', 'control-failed', shown)];
    });
    const asked = trials.find(({ fault }) => fault === 'foreign-key-set');
    if (foreignKeySetFetched === true && asked?.accepted === false)
      verdicts.push(say.warn('key-set-fetched', { service, what: faults['foreign-key-set'] }));
    if (notTried.length > 0)
      verdicts.push(say.notMeasured('not-tried', 'cap', { what: notTried.map((fault) => faults[fault]) }));
    return verdicts.length > 0 ? verdicts : say.pass({ service, refused: trials.length });
  },
});

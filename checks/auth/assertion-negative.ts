import { defineCheck, type Verdict } from '../../src/check.js';
import { aiSystemBinding } from '../../src/model/subjects.js';

const refusals = [400, 401];

const faults = {
  'no-signature': 'an assertion without a signature (alg none)',
  'foreign-signature': 'an assertion signed with a key nobody registered',
  'foreign-key-set': 'an assertion that names a key set of its own (jku)',
  replayed: 'an assertion that was used before (jti)',
  'wrong-audience': 'an assertion made for another server (aud)',
  'wrong-subject': 'an assertion for another client (sub)',
  expired: 'an assertion that ended a quarter of an hour ago (exp)',
  'lives-100-minutes': 'an assertion that lives for 100 minutes (exp)',
  'unknown-key': 'an assertion that names an unknown key (kid)',
  'scope-beyond-registration': 'a scope the client has no registration for',
} as const;

export default defineCheck({
  id: 'auth.assertion-negative',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'auth',
  title: 'A copied, old or forged sign-in of a service is refused',
  failureTitle: 'A copied, old or forged sign-in of a service is accepted',
  plain: 'Somebody who has copied a login, or made one up, gets nothing with it.',
  why: 'A backend service is known by its signature alone; a server that does not look at every claim of it lets in whoever holds an old one.',
  sends:
    'Ten sign-ins of the expendable client that have to be refused, one of each kind, the worst first, with a good sign-in before and after each. The foreign key set lies on this machine and nowhere else.',
  ask: {
    of: 'ehr-vendor',
    text: 'Show us what your token endpoint answers to a client assertion that is used twice, unsigned, expired, for another audience, or signed with a key the assertion itself points at.',
  },
  remedy: [
    {
      owner: 'ehr-vendor',
      effort: 'medium',
      text: 'Verify signature, iss, sub, aud and exp with registered keys only, and remember every jti until its assertion ends.',
    },
    { owner: 'ehr-vendor', effort: 'low', text: 'Follow jku only where it equals the URL that was registered.' },
    { owner: 'security', effort: 'low', text: 'Until then rotate the keys of every client on this server.' },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
    'https://hl7.org/fhir/smart-app-launch/backend-services.html',
    'https://www.rfc-editor.org/rfc/rfc7523#section-3',
    'https://www.rfc-editor.org/rfc/rfc6749#section-5.2',
  ],
  maps: ['45 CFR 164.312(d)', '45 CFR 164.312(a)(1)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract, organization, environmentId } }) =>
    (aiSystemBinding(contract, organization, environmentId)?.flow ?? 'backend') === 'backend',
  ifNone: 'no-credential',
  reads: ['assertion-trials'],
  messages: {
    accepted: { kind: 'proof', text: 'The token endpoint gave a token for {what}.' },
    'scope-granted': { kind: 'proof', text: 'The token endpoint granted {what}.' },
    'long-life-accepted': {
      kind: 'limit',
      text: 'The token endpoint gave a token for {what}; five minutes are allowed.',
    },
    'key-id-ignored': {
      kind: 'limit',
      text: 'The token endpoint gave a token for {what}; the signature was that of a registered one.',
    },
    'key-set-fetched': {
      kind: 'limit',
      text: 'The server refused {what}, but fetched the address it was pointed at.',
    },
    'no-error-code': { kind: 'limit', text: 'The server refused {what} with {status} and no OAuth error code.' },
    undecided: { kind: 'control', text: 'The server answered {status} to {what}, which is no refusal.' },
    'not-tried': { kind: 'limit', text: 'Not tried, because limits.maxNegativeAuth is reached: {what}.' },
  },
  evaluate: ({ 'assertion-trials': { trials, notTried, foreignKeySetFetched } }, say) => {
    const verdicts: Verdict[] = trials.flatMap(({ fault, status, accepted, oauthError }) => {
      const shown = { fault, what: faults[fault], status };
      if (accepted) {
        if (fault === 'scope-beyond-registration') return [say.fail('scope-granted', shown)];
        if (fault === 'lives-100-minutes') return [say.warn('long-life-accepted', shown)];
        return [fault === 'unknown-key' ? say.warn('key-id-ignored', shown) : say.fail('accepted', shown)];
      }
      // A server may leave the scope out and grant the rest (RFC 6749, section 3.3).
      if (fault === 'scope-beyond-registration' && status === 200) return [];
      if (status < 400 || status >= 500) return [say.notMeasured('undecided', 'control-failed', shown)];
      return refusals.includes(status) && oauthError ? [] : [say.warn('no-error-code', shown)];
    });
    const asked = trials.find(({ fault }) => fault === 'foreign-key-set');
    if (foreignKeySetFetched === true && asked?.accepted === false)
      verdicts.push(say.warn('key-set-fetched', { what: faults['foreign-key-set'] }));
    if (notTried.length > 0)
      verdicts.push(say.notMeasured('not-tried', 'cap', { what: notTried.map((fault) => faults[fault]) }));
    return verdicts.length > 0 ? verdicts : say.pass({ refused: trials.length, foreignKeySetFetched });
  },
});

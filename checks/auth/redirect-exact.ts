import { defineCheck } from '../../src/check.js';
import { isUserFacing } from '../../src/model/app-clients.js';

export default defineCheck({
  id: 'auth.redirect-exact',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'auth',
  title: 'Sign-in codes go to the registered address only',
  failureTitle: 'Sign-in codes can be sent to somebody else',
  plain: 'A crafted link cannot send a login somewhere else.',
  why: 'An address that is compared loosely lets an attacker’s page receive the code of a clinician who signed in at the real EHR.',
  sends:
    'Sign-ins of an expendable client that ask to be answered at an address almost like the registered one (host, port, scheme, path, query, user part, trailing slash), and one for another FHIR base; each between two right ones. No such address is ever opened.',
  ask: {
    of: 'ehr-vendor',
    text: 'Show us what the sign-in page answers when the address to return to differs from the registered one by a path, a parameter or a slash.',
  },
  remedy: [
    {
      owner: 'ehr-vendor',
      effort: 'low',
      text: 'Compare the address as an exact string with the registered ones, and show a page instead of redirecting when it differs.',
    },
    { owner: 'vendor', effort: 'low', text: 'Register complete addresses, one per environment, without wildcards.' },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/app-launch.html#register-app-with-ehr',
    'https://www.rfc-editor.org/rfc/rfc9700#section-2.1',
    'https://www.rfc-editor.org/rfc/rfc9700#section-4.1.3',
  ],
  maps: ['45 CFR 164.312(d)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract, organization } }) => isUserFacing(contract, organization),
  ifNone: 'not-applicable',
  reads: ['redirect-trials'],
  messages: {
    redirected: { kind: 'proof', text: 'The server redirected to an address with {what} ({status}).' },
    'other-audience': { kind: 'proof', text: 'A sign-in for another FHIR base gave a token ({status}).' },
    'slash-tolerated': { kind: 'limit', text: 'A trailing slash more or less is tolerated ({status}).' },
    'no-refusal': { kind: 'control', text: 'An address with {what} was answered {status}, which is no refusal.' },
    'audience-no-refusal': {
      kind: 'control',
      text: 'A sign-in for another FHIR base was answered {status}, which is no refusal.',
    },
  },
  evaluate: ({ 'redirect-trials': { trials, audience } }, say) => {
    const verdicts = trials.flatMap(({ way, sentTo, status }) => {
      const shown = { what: words[way], status };
      if (sentTo === 'given')
        return [way === 'trailing-slash' ? say.warn('slash-tolerated', { status }) : say.fail('redirected', shown)];
      return status >= 500 || status === 429 ? [say.notMeasured('no-refusal', 'control-failed', shown)] : [];
    });
    const { status, token } = audience;
    if (token) verdicts.push(say.fail('other-audience', { status }));
    else if (status >= 500 || status === 429)
      verdicts.push(say.notMeasured('audience-no-refusal', 'control-failed', { status }));
    return verdicts.length > 0 ? verdicts : say.pass({ refused: trials.length + 1 });
  },
});

const words = {
  host: 'another host',
  path: 'a longer path',
  query: 'another parameter',
  port: 'another port',
  scheme: 'http instead of https',
  'trailing-slash': 'a trailing slash more or less',
  'user-information': 'the registered host as its user part',
} as const;

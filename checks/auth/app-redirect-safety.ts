import { defineCheck, type Verdict } from '../../src/check.js';
import type { FactValue } from '../../src/model/fact.js';
import { hasScreens } from '../../src/model/product-screens.js';

type Way = FactValue<'launch-trials'>['launches'][number]['way'];

const leastStateBits = 122;

const tried: Readonly<Record<Way, string>> = {
  'unknown-issuer': 'a launch for an EHR nobody has agreed on (iss)',
  'look-alike-host': 'a launch for a host that only begins like the EHR (iss)',
  'look-alike-user': 'a launch that has the host of the EHR as its user part (iss)',
  'longer-address': 'a launch for an address that goes on after that of the EHR (iss)',
  'other-organization':
    'a launch for another organization (iss), which it led to a sign-in page that is not that organization’s',
  'missing-launch': 'a launch without the parameter launch',
  'wrong-state': 'a callback with another state',
  'missing-state': 'a callback without a state',
  'state-of-another-browser': 'a callback that belongs to another browser',
  'foreign-code': 'a callback with the code of another browser',
  'state-again': 'a state that was used before, in the browser it was made for',
  'error-answer': 'a callback that says the sign-in failed',
  'next-at-launch': 'a launch that names a foreign address to go on to',
  'next-at-callback': 'a callback that names a foreign address to go on to',
};

export default defineCheck({
  id: 'auth.app-redirect-safety',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'vendor-integration',
  title: 'A crafted link does not sign staff in at another hospital',
  failureTitle: 'A crafted link can sign staff in where an attacker wants',
  plain: 'The app opens for the agreed hospital only, and finishes only the sign-in that its own browser began.',
  why: 'A link in an e-mail is enough to lead staff to a false sign-in page, to sign them in as somebody else, or to take their sign-in elsewhere, if the app believes what stands in the address.',
  sends:
    'Plays the EHR that opens the app: launches for unknown, look-alike and other organizations and without the parameter launch. On a simulator it also signs a test user in and sends the callback with a wrong, missing, used or foreign state, a foreign code, an error, and foreign addresses to go on to. A right launch or sign-in comes before and after; each trial has a browser of its own, and no foreign address is opened.',
  ask: {
    of: 'vendor',
    text: 'Show us what your app does with a launch whose iss is not our EHR, with a callback whose state belongs to another browser, and with a launch that names an address to go on to.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Compare iss as an exact string with the addresses agreed for each organization, before asking it anything.',
    },
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Make state from at least 122 random bits, keep it with the session of the browser, use it once, and use PKCE.',
    },
    { owner: 'vendor', effort: 'low', text: 'Take no address to go on to from a parameter.' },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/app-launch.html',
    'https://hl7.org/fhir/smart-app-launch/best-practices.html',
    'https://www.rfc-editor.org/rfc/rfc9700#section-4.7',
    'https://www.rfc-editor.org/rfc/rfc9700#section-4.11',
  ],
  maps: ['45 CFR 164.312(d)', '45 CFR 164.312(a)(1)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract } }) => hasScreens(contract),
  ifNone: 'not-applicable',
  reads: ['launch-trials'],
  messages: {
    accepted: { kind: 'proof', text: 'The app accepted {what} ({status}).' },
    'sent-elsewhere': { kind: 'proof', text: 'The app sent the browser to a foreign address after {what} ({status}).' },
    'state-short': {
      kind: 'proof',
      text: 'Its state holds at most {bits} bits of chance; at least {least} are needed.',
    },
    'state-repeats': { kind: 'proof', text: 'Of {seen} launches only {distinct} had a state of their own.' },
    'used-twice': { kind: 'limit', text: 'The app accepted {what} ({status}).' },
    'launch-not-needed': {
      kind: 'limit',
      text: 'The app began a sign-in at the EHR after {what} ({status}); it then opens without the EHR having opened it.',
    },
    fault: { kind: 'control', text: 'The app answered {status} to {what}, which is no refusal.' },
    'not-tried': { kind: 'control', text: 'Not tried, because its effect could not have been seen: {what}.' },
    'nobody-signs-in': {
      kind: 'limit',
      text: 'Callbacks were not tried: only on a simulator can the tool sign a test user in with the pages of the EHR.',
    },
    'session-not-seen': {
      kind: 'control',
      text: 'Callbacks were not tried to the end: after a right sign-in no page of the app differed from one without a sign-in, or a right sign-in led nowhere.',
    },
    'not-agreed': {
      kind: 'limit',
      text: 'Callbacks were not tried: limits.authNegativeTests is not agreed.',
    },
  },
  evaluate: ({ 'launch-trials': { launches, callbacks, callbacksWhy, state } }, say) => {
    const trials = [...launches, ...(callbacks ?? [])];
    const verdicts = trials.flatMap(({ way, ended, status }): Verdict[] => {
      const shown = { way, status, what: tried[way] };
      if (ended === 'fault') return [say.notMeasured('fault', 'control-failed', shown)];
      if (ended === 'refused') return [];
      if (ended === 'not-tried') return [say.notMeasured('not-tried', 'control-failed', shown)];
      if (way === 'state-again') return [say.warn('used-twice', shown)];
      if (way === 'missing-launch') return [say.warn('launch-not-needed', shown)];
      return [say.fail(way === 'next-at-launch' || way === 'next-at-callback' ? 'sent-elsewhere' : 'accepted', shown)];
    });
    const { seen, distinct, bitsAtMost: bits } = state;
    if (distinct < seen) verdicts.push(say.fail('state-repeats', { seen, distinct }));
    else if (bits < leastStateBits) verdicts.push(say.fail('state-short', { bits, least: leastStateBits }));
    if (callbacksWhy === 'nobody-signs-in') verdicts.push(say.notMeasured('nobody-signs-in', 'no-credential'));
    if (callbacksWhy === 'session-not-seen') verdicts.push(say.notMeasured('session-not-seen', 'control-failed'));
    if (callbacksWhy === 'not-agreed') verdicts.push(say.notMeasured('not-agreed', 'prerequisite-failed'));
    return verdicts.length > 0 ? verdicts : say.pass({ refused: trials.length, bits });
  },
});

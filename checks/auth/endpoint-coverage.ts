import { defineCheck, type Verdict } from '../../src/check.js';
import type { FactValue } from '../../src/model/fact.js';
import type { NotMeasuredReason } from '../../src/model/outcome.js';
import { hasScreens } from '../../src/model/product-screens.js';

type Fact = FactValue<'endpoint-coverage'>;
type Way = Fact['calls'][number]['tries'][number]['way'];
type LeftOut = Fact['leftOut'][number]['why'];

const who: Readonly<Record<Way, string>> = {
  'no-session': 'somebody who is not signed in',
  'another-user': 'a user who has another patient open',
  'lower-role': 'a user of a role that may read no patient',
  'other-kind': 'a user who is a patient',
  'other-organization': 'a user of another organization',
};
/** Whose session holds a patient of their own; an answer about that one is theirs. */
const haveOwnPatient: readonly Way[] = ['another-user', 'other-organization'];

const leftOutWords: Readonly<Partial<Record<LeftOut, readonly [words: string, reason: NotMeasuredReason]>>> = {
  origin: ['its address is not on the origin of aiSystem.launchUrl', 'origin-not-listed'],
  'not-filled': ['the list gives no value for what it needs', 'no-test-object'],
  websocket: ['a websocket is not opened', 'tool-limited'],
  'too-many': ['more calls than one run makes', 'tool-limited'],
};

export default defineCheck({
  id: 'auth.endpoint-coverage',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'vendor-integration',
  title: 'No side door shows patient data without a sign-in',
  failureTitle: 'A side door shows patient data to somebody who has no right to it',
  plain:
    'Every page and call of the product that shows a patient asks who is there first: viewers, filters, exports and attachments too.',
  why: 'A screen is locked by its front door; an attachment viewer or an export that was added later often is not.',
  sends:
    'Takes the reading calls (GET) of the route list of the product (on a simulator, where there is none, of the pages its first page leads to), up to 24, and makes each for a listed test patient: with the right session before and after, without a session, and on a simulator with the session of another user who has another patient open, of a role the contract lets read no patient, of a patient where one is listed, and of another organization (--peer). Of an answer only whether name, birth date or record number of the test patient stand in it is kept.',
  ask: {
    of: 'vendor',
    text: 'Give us the list of your routes (OpenAPI, a recorded session, or a plain list), and show us for each that shows a patient what it answers without a session and with the session of somebody else.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Put one check of session, organization, role and patient before all routes and deny by default; list the few that need none.',
    },
    { owner: 'security', effort: 'low', text: 'Stop the product at the organization until the side door is closed.' },
  ],
  references: [
    'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)',
    'https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/',
  ],
  maps: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(d)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract } }) => hasScreens(contract),
  ifNone: 'not-applicable',
  reads: ['endpoint-coverage'],
  messages: {
    shown: { kind: 'proof', text: '{call} showed the test patient to {who} ({status}).' },
    open: { kind: 'limit', text: '{call} answered {status} to {who}; the test patient did not stand in it.' },
    'not-refused': { kind: 'control', text: '{call} answered {status} to {who}, which is no refusal.' },
    'no-longer': {
      kind: 'control',
      text: '{call} showed the test patient to the right session before the others were tried, and not afterwards.',
    },
    unanswered: {
      kind: 'control',
      text: 'The right session itself was not answered, so nothing can be said of: {calls}.',
    },
    'no-patient': {
      kind: 'control',
      text: 'None of {calls} calls of the list showed the test patient to the right session.',
    },
    'left-out': { kind: 'control', text: 'Not tried, because {why}: {calls}.' },
    'nobody-listed': { kind: 'limit', text: 'Not tried, because no such login is listed for the app: {who}.' },
    'session-failed': { kind: 'control', text: 'Not tried, because the app did not open: {who}.' },
    'right-failed': {
      kind: 'control',
      text: 'The app did not open for the right user, so no refusal proves anything.',
    },
    'nobody-signs-in': {
      kind: 'limit',
      text: 'Only calls without a session were tried, and none showed the test patient: only on a simulator can the tool sign a test user in with the pages of the EHR.',
    },
  },
  evaluate: ({ 'endpoint-coverage': { right, sessions, calls, leftOut, source } }, say) => {
    const ofPatient = calls.filter(({ before }) => before === 'data');
    const verdicts = calls.flatMap(({ call, namesPatient, tries }): Verdict[] =>
      tries.flatMap(({ way, shown, status }): Verdict[] => {
        const data = { call, who: who[way], way, status };
        if (shown === 'data') return [say.fail('shown', data)];
        if (right !== 'opened' || (shown === 'open' && haveOwnPatient.includes(way) && !namesPatient)) return [];
        if (shown === 'open') return [say.warn('open', data)];
        return shown === 'refused' ? [] : [say.notMeasured('not-refused', 'control-failed', data)];
      }),
    );
    if (right === 'failed') return say.notMeasured('right-failed', 'control-failed');
    if (right === 'nobody-signs-in') return [...verdicts, say.notMeasured('nobody-signs-in', 'no-credential')];
    for (const { call, after } of ofPatient)
      if (after !== 'data') verdicts.push(say.notMeasured('no-longer', 'control-failed', { call }));
    const unanswered = calls.filter(({ before }) => before === 'refused' || before === 'fault').map(({ call }) => call);
    if (unanswered.length > 0) verdicts.push(say.notMeasured('unanswered', 'control-failed', { calls: unanswered }));
    if (ofPatient.length === 0) verdicts.push(say.notMeasured('no-patient', 'control-failed', { calls: calls.length }));
    for (const { way, ended } of sessions) {
      if (ended === 'not-given')
        verdicts.push(say.notMeasured('nobody-listed', 'no-second-context', { who: who[way], way }));
      if (ended === 'failed' || (ended === 'refused' && haveOwnPatient.includes(way)))
        verdicts.push(say.notMeasured('session-failed', 'control-failed', { who: who[way], way }));
    }
    for (const [why, [words, reason]] of Object.entries(leftOutWords)) {
      const those = leftOut.filter((each) => each.why === why).map(({ call }) => call);
      if (those.length > 0) verdicts.push(say.notMeasured('left-out', reason, { why: words, calls: those }));
    }
    if (verdicts.length > 0) return verdicts;
    return say.pass({
      source,
      calls: ofPatient.length,
      sessions: ['no-session', ...sessions.map(({ way }) => way)],
      withoutPatient: calls.filter(({ before }) => before === 'open').map(({ call }) => call),
      notTried: leftOut.map(({ call }) => call),
    });
  },
});

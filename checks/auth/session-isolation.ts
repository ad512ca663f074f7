import { defineCheck, type Verdict } from '../../src/check.js';
import type { FactValue } from '../../src/model/fact.js';
import { hasScreens } from '../../src/model/product-screens.js';

type Trial = FactValue<'session-isolation'>['trials'][number];
type Way = Trial['way'];

type Reading = 'mixed' | 'other-session' | 'exchanged' | 'ends-the-first' | 'second-not-shown' | 'no-refusal';

const how: Readonly<Record<Way, string>> = {
  'own-session-there': 'to a browser that is signed in at this organization only',
  'peer-session-here': 'to a browser that is signed in at the other organization only',
  'peer-after-second-launch': 'after the second launch in the same browser',
  'own-after-second-launch': 'after the second launch in the same browser',
  'back-button': 'after going back to the callback of the first launch',
  'peer-after-back-button': 'after going back to the callback of the first launch',
  'own-after-back-button': 'after going back to the callback of the first launch',
  'own-after-sign-out': 'after signing out at this organization',
  'peer-after-sign-out': 'after signing out at this organization',
};

export default defineCheck({
  id: 'auth.session-isolation',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'vendor-integration',
  title: 'One person’s two hospitals stay apart in the same browser',
  failureTitle: 'Patients of two hospitals get mixed up in one browser',
  plain:
    'Somebody who works at two hospitals sees in each window only the patients of the hospital it was opened from.',
  why: 'Clinicians work at more than one hospital, on one computer. A session that is not tied to its hospital shows the patient of the one under the name of the other.',
  sends:
    'On a simulator, with a second organization (--peer): opens the app at both, each in a browser of its own, and asks with each session for the pages of the other; then opens both in one browser, as in two tabs, asks for the pages of both, opens the callback of the first launch again, and signs out at the first where the route list names how. Of an answer only which of the two test patients stand in it is kept.',
  ask: {
    of: 'vendor',
    text: 'With two test organizations, show us your app opened at both in one browser: what each tab shows after it is loaded again, after going back, and after signing out of one of the two.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Key sessions by organization (issuer), name the organization in every address and cookie, and check it on every request; set SameSite, and Partitioned where the app runs in a frame.',
    },
    { owner: 'security', effort: 'low', text: 'Have it opened at one organization a browser until it is closed.' },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/best-practices.html',
    'https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)',
  ],
  maps: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(c)(1)'],
  writes: 'none',
  subjects: 'peer',
  when: ({ item: { contract } }) => hasScreens(contract),
  ifNone: 'not-applicable',
  reads: ['session-isolation'],
  messages: {
    'other-session': {
      kind: 'proof',
      text: 'The app showed {whose} {how} ({calls}).',
    },
    mixed: { kind: 'proof', text: 'The app showed the patients of both organizations together {how} ({calls}).' },
    exchanged: {
      kind: 'proof',
      text: 'The app showed the patient of one organization in the place of the other {how} ({calls}).',
    },
    'ends-the-first': {
      kind: 'limit',
      text: 'The second launch ends the session of the first: refused {how} ({calls}).',
    },
    'not-controlled': {
      kind: 'control',
      text: 'The two sessions, each in a browser of its own, did not show their own patient before and after.',
    },
    'second-not-shown': {
      kind: 'control',
      text: 'The own patient was not shown {how}, so the two were not open together ({calls}).',
    },
    'no-refusal': { kind: 'control', text: 'A fault was answered {how}, which is no refusal ({calls}).' },
  },
  evaluate: ({ 'session-isolation': { calls, controlled, trials, cookies } }, say) => {
    const groups = new Map<string, { readonly reading: Reading; readonly way: Way; readonly calls: string[] }>();
    for (const trial of trials) {
      const { way, call, status } = trial;
      const reading = readingOf(trial);
      if (reading === undefined) continue;
      const group = groups.get(`${reading} ${way}`) ?? { reading, way, calls: [] };
      group.calls.push(`${call}: ${status}`);
      groups.set(`${reading} ${way}`, group);
    }
    const verdicts = [...groups.values()].map(({ reading, way, calls: those }): Verdict => {
      const whose =
        way === 'own-session-there' ? 'a patient of the other organization' : 'a patient of this organization';
      const data = { way, how: how[way], whose, calls: those };
      if (reading === 'ends-the-first') return say.warn(reading, data);
      if (reading === 'second-not-shown' || reading === 'no-refusal')
        return say.notMeasured(reading, 'control-failed', data);
      return say.fail(reading, data);
    });
    if (!controlled) verdicts.push(say.notMeasured('not-controlled', 'control-failed', calls));
    if (verdicts.length > 0) return verdicts;
    const signedOut = trials.some(({ way, shown }) => way === 'own-after-sign-out' && shown === 'refused');
    return say.pass({ calls: calls.own + calls.peer, signedOut, cookies });
  },
});

/** What one answer says; undefined: as it should be. */
function readingOf({ way, shown }: Trial): Reading | undefined {
  if (shown === 'both') return 'mixed';
  // Only the session of the other organization is there: whoever is shown, it may not be whose call it is.
  if (way === 'own-session-there' || way === 'peer-session-here')
    return shown === 'asked' ? 'other-session' : shown === 'fault' ? 'no-refusal' : undefined;
  if (shown === 'other') return 'exchanged';
  if (shown === 'asked') return undefined;
  if (way === 'own-after-second-launch') return shown === 'refused' ? 'ends-the-first' : 'second-not-shown';
  return way === 'peer-after-second-launch' ? 'second-not-shown' : undefined;
}

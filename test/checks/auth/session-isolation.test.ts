import sessionIsolation from '../../../checks/auth/session-isolation.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Fact = FactValue<'session-isolation'>;
type Trial = Fact['trials'][number];

const trials: readonly Trial[] = [
  { way: 'own-session-there', call: 'opening page', status: 401, shown: 'refused' },
  { way: 'peer-session-here', call: 'opening page', status: 401, shown: 'refused' },
  { way: 'peer-after-second-launch', call: 'opening page', status: 200, shown: 'asked' },
  { way: 'own-after-second-launch', call: 'opening page', status: 200, shown: 'asked' },
  { way: 'back-button', call: 'callback', status: 400, shown: 'refused' },
  { way: 'peer-after-back-button', call: 'opening page', status: 200, shown: 'asked' },
  { way: 'own-after-back-button', call: 'opening page', status: 200, shown: 'asked' },
  { way: 'own-after-sign-out', call: 'opening page', status: 401, shown: 'refused' },
  { way: 'peer-after-sign-out', call: 'opening page', status: 200, shown: 'asked' },
];
const good: Fact = {
  calls: { own: 1, peer: 1 },
  controlled: true,
  trials: [...trials],
  cookies: {
    set: 2,
    httpOnly: 2,
    secure: 2,
    partitioned: 0,
    sameSite: { strict: 0, lax: 2, none: 0, unstated: 0 },
  },
};
const but = (way: Trial['way'], shown: Trial['shown'], status = 200): FullCase =>
  run({ ...good, trials: trials.map((trial) => (trial.way === way ? { ...trial, shown, status } : trial)) });

function run(facts: Fact, productScreens: 'embedded' | 'separate' | 'none' = 'embedded'): FullCase {
  const contract = { metadata: { id: 'notes' }, productScreens };
  return {
    facts: { 'session-isolation': facts },
    subject: { id: 'peer:summit', item: { organizationId: 'summit', contract } },
  };
}

testCheck(sessionIsolation, {
  pass: {
    'each sees its own': run(good),
    'screens beside the EHR': run(good, 'separate'),
    'one address for both shows whose session it is': but('own-session-there', 'other'),
    'an empty page where nobody is signed in': but('peer-session-here', 'neither'),
    'the callback opens the first one again': but('back-button', 'asked'),
    'going back ends the first': but('own-after-back-button', 'refused', 401),
    'nobody says how to sign out': run({ ...good, trials: trials.filter(({ way }) => !way.endsWith('sign-out')) }),
  },
  warn: { 'the second launch ends the first': but('own-after-second-launch', 'refused', 401) },
  fail: {
    'the session of one opens the other': but('own-session-there', 'asked'),
    'and the other way round': but('peer-session-here', 'asked'),
    'both on one page': but('own-after-second-launch', 'both'),
    'both on one page for a session of one': but('own-session-there', 'both'),
    'the first tab shows the second patient': but('own-after-second-launch', 'other'),
    'the second tab shows the first patient': but('peer-after-second-launch', 'other'),
    'going back shows the second patient': but('back-button', 'other'),
    'after going back the second tab shows the first patient': but('peer-after-back-button', 'other'),
    'after going back the first tab shows the second patient': but('own-after-back-button', 'other'),
    'what is signed out shows the patient of the other': but('own-after-sign-out', 'other'),
    'a mix counts, though a control failed': run({
      ...good,
      controlled: false,
      trials: [{ way: 'own-after-second-launch', call: 'opening page', status: 200, shown: 'both' }],
    }),
  },
  notMeasured: {
    'a session did not show its own patient': run({ ...good, controlled: false }),
    'a fault instead of a refusal': but('own-session-there', 'fault', 500),
    'the second launch shows nobody': but('peer-after-second-launch', 'neither'),
    'the first one meets a fault afterwards': but('own-after-second-launch', 'fault', 502),
  },
  notApplicable: { 'no screens': run(good, 'none') },
});

import appRedirectSafety from '../../../checks/auth/app-redirect-safety.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Trials = FactValue<'launch-trials'>;
type Trial = Trials['launches'][number];

const launchWays: readonly Trial['way'][] = [
  'unknown-issuer',
  'look-alike-host',
  'look-alike-user',
  'longer-address',
  'missing-launch',
];
const callbackWays: readonly Trial['way'][] = [
  'state-again',
  'wrong-state',
  'missing-state',
  'error-answer',
  'state-of-another-browser',
  'foreign-code',
  'next-at-launch',
  'next-at-callback',
];
const refused = (way: Trial['way']): Trial => ({ way, ended: 'refused', status: 400 });
const good: Trials = {
  launches: launchWays.map(refused),
  callbacks: callbackWays.map(refused),
  callbacksWhy: null,
  state: { seen: 12, distinct: 12, bitsAtMost: 258 },
};
const launch = (way: Trial['way'], ended: Trial['ended'], status: number): FullCase =>
  run({ ...good, launches: [...good.launches.filter((each) => each.way !== way), { way, ended, status }] });
const callback = (way: Trial['way'], ended: Trial['ended'], status: number): FullCase =>
  run({ ...good, callbacks: [...callbackWays.filter((each) => each !== way).map(refused), { way, ended, status }] });
const withoutCallbacks = (callbacksWhy: NonNullable<Trials['callbacksWhy']>): FullCase =>
  run({ ...good, callbacks: null, callbacksWhy });

function run(facts: Trials, productScreens?: 'embedded' | 'separate' | 'none'): FullCase {
  const contract = { metadata: { id: 'notes' }, productScreens: productScreens ?? 'embedded' };
  const organization = { metadata: { id: 'lakeside' } };
  return {
    facts: { 'launch-trials': facts },
    subject: { id: 'run', item: { environmentId: 'simulator', contract, organization } },
  };
}

testCheck(appRedirectSafety, {
  pass: {
    'everything refused': run(good),
    'a screen beside the EHR': run(good, 'separate'),
    'a state of exactly 122 bits': run({ ...good, state: { seen: 2, distinct: 2, bitsAtMost: 122 } }),
    'the other organization led to its own sign-in page': launch('other-organization', 'refused', 302),
  },
  warn: {
    'a state works twice in its own browser': callback('state-again', 'accepted', 303),
    'it opens without the EHR': launch('missing-launch', 'accepted', 302),
  },
  fail: {
    'any EHR will do': launch('unknown-issuer', 'accepted', 302),
    'a host that begins alike': launch('look-alike-host', 'accepted', 302),
    'the host of the EHR as user part': launch('look-alike-user', 'accepted', 302),
    'an address that goes on': launch('longer-address', 'accepted', 302),
    'one organization for another': launch('other-organization', 'accepted', 302),
    'another state': callback('wrong-state', 'accepted', 303),
    'no state': callback('missing-state', 'accepted', 303),
    'signed in as somebody else': callback('state-of-another-browser', 'accepted', 303),
    'the code of somebody else': callback('foreign-code', 'accepted', 303),
    'signed in by an error': callback('error-answer', 'accepted', 303),
    'it goes where the launch says': callback('next-at-launch', 'accepted', 303),
    'it goes where the callback says': callback('next-at-callback', 'accepted', 303),
    'a short state': run({ ...good, state: { seen: 12, distinct: 12, bitsAtMost: 64 } }),
    'no state at all': run({ ...good, state: { seen: 12, distinct: 1, bitsAtMost: 0 } }),
    'accepted, though a right sign-in led nowhere afterwards': run({
      ...good,
      callbacks: [{ way: 'wrong-state', ended: 'accepted', status: 303 }],
      callbacksWhy: 'session-not-seen',
    }),
    'accepted, though nobody could sign in': run({
      ...good,
      launches: [{ way: 'unknown-issuer', ended: 'accepted', status: 302 }],
      callbacks: null,
      callbacksWhy: 'nobody-signs-in',
    }),
  },
  notMeasured: {
    'a fault instead of a refusal': launch('unknown-issuer', 'fault', 502),
    'a fault at the callback': callback('wrong-state', 'fault', 500),
    'a used state could not be tried': callback('state-again', 'not-tried', 0),
    'nobody can sign in': withoutCallbacks('nobody-signs-in'),
    'a session cannot be seen': withoutCallbacks('session-not-seen'),
    'not agreed': withoutCallbacks('not-agreed'),
  },
  notApplicable: { 'no screens': run(good, 'none') },
});

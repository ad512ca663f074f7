import assertionNegative from '../../../checks/auth/assertion-negative.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Trials = FactValue<'assertion-trials'>;
type Trial = Trials['trials'][number];

const faults = [
  'no-signature',
  'foreign-signature',
  'foreign-key-set',
  'replayed',
  'wrong-audience',
  'wrong-subject',
  'expired',
  'lives-100-minutes',
  'unknown-key',
  'scope-beyond-registration',
] as const;

/** All refused as the standard says, but for one. */
const but = (fault: Trial['fault'], different: Partial<Trial>, more: Partial<Trials> = {}) => ({
  'assertion-trials': {
    trials: faults.map((one) => ({
      fault: one,
      status: one === 'scope-beyond-registration' ? 400 : 401,
      accepted: false,
      oauthError: true,
      ...(one === fault ? different : {}),
    })),
    notTried: [],
    foreignKeySetFetched: false,
    ...more,
  },
});
const taken = { status: 200, accepted: true, oauthError: false };

testCheck(assertionNegative, {
  pass: {
    'all refused': but('expired', {}),
    'refused with 400': but('expired', { status: 400 }),
    'the scope is left out of the token': but('scope-beyond-registration', { status: 200, oauthError: false }),
    'the key set could not have been reached': but('expired', {}, { foreignKeySetFetched: null }),
  },
  warn: {
    'lives for 100 minutes': but('lives-100-minutes', taken),
    'key id ignored': but('unknown-key', taken),
    'refused without a code': but('expired', { oauthError: false }),
    'refused with another status': but('expired', { status: 403 }),
    'refused, but the key set was fetched': but('expired', {}, { foreignKeySetFetched: true }),
  },
  fail: {
    'no signature': but('no-signature', taken),
    'foreign signature': but('foreign-signature', taken),
    'foreign key set': but('foreign-key-set', taken, { foreignKeySetFetched: true }),
    replayed: but('replayed', taken),
    'another audience': but('wrong-audience', taken),
    'another client': but('wrong-subject', taken),
    expired: but('expired', taken),
    'a scope nobody registered': but('scope-beyond-registration', taken),
  },
  notMeasured: {
    'the server fails': but('expired', { status: 500, oauthError: false }),
    'neither token nor refusal': but('expired', { status: 200, oauthError: false }),
    'the last one is not agreed': but('expired', {}, { notTried: ['scope-beyond-registration'] }),
  },
  notApplicable: {
    'people sign in': {
      facts: but('expired', {}),
      subject: {
        item: {
          contract: {},
          organization: {
            auth: { bindings: [{ id: 'app', environment: 'test', usedBy: 'ai-system', flow: 'ehr-launch' }] },
          },
          environmentId: 'test',
        },
      },
    },
  },
});

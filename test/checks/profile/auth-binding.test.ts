import authBinding from '../../../checks/profile/auth-binding.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Comparison = FactValue<'binding-comparison'>;

const apart: Comparison = { own: 3, theirs: 3, shared: [], sameClientId: [], notCompared: [] };
const compared = (different: Partial<Comparison>) => ({ 'binding-comparison': { ...apart, ...different } });
const pair = { own: 'bot', theirs: 'bot-harbor' };

testCheck(authBinding, {
  pass: { 'keys and clients of its own': compared({}) },
  warn: {
    'one client id for all, by design of the vendor': compared({
      sameClientId: [{ ...pair, sameTokenEndpoint: false }],
    }),
    'one client id at one token endpoint': compared({ sameClientId: [{ ...pair, sameTokenEndpoint: true }] }),
  },
  fail: {
    'one key': compared({ shared: [{ ...pair, what: 'key' }] }),
    'one secret': compared({ shared: [{ ...pair, what: 'secret' }] }),
    'one certificate': compared({ shared: [{ ...pair, what: 'certificate' }] }),
    'one key, and another one unknown': compared({
      shared: [{ ...pair, what: 'key' }],
      notCompared: [{ what: 'key', organization: 'harbor', holder: 'bot-harbor' }],
    }),
  },
  notMeasured: {
    'a key is not there': compared({ notCompared: [{ what: 'key', organization: 'harbor', holder: 'bot-harbor' }] }),
    'no key on the other side': compared({ theirs: 0 }),
  },
});

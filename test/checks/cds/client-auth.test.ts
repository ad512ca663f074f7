import clientAuth from '../../../checks/cds/client-auth.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Trials = FactValue<'cds-caller-trials'>;
type Trial = Trials['trials'][number];

const faults = [
  'no-token',
  'unsigned',
  'foreign-signature',
  'shared-secret',
  'foreign-key-set',
  'unknown-issuer',
  'wrong-audience',
  'expired',
  'other-tenant',
  'replayed',
] as const;
const contract = { triggers: [{ id: 'signing', kind: 'cds-hook', hook: 'order-sign' }] };
const accepted = { status: 200, accepted: true };

/** All refused, but for one. */
const but = (fault: Trial['fault'], different: Partial<Trial>, more: Partial<Trials> = {}) => ({
  facts: {
    'cds-caller-trials': {
      service: 'pa-needed',
      trials: faults.map((one) => ({
        fault: one,
        status: 401,
        accepted: false,
        ...(one === fault ? different : {}),
      })),
      notTried: [],
      foreignKeySetFetched: false,
      ...more,
    },
  },
  subject: { item: { contract, organization: {}, environmentId: 'test' } },
});

testCheck(clientAuth, {
  pass: {
    'all refused': but('expired', {}),
    'one refused with 403': but('expired', { status: 403 }),
    'the keys could not have been reached': but('expired', {}, { foreignKeySetFetched: null }),
  },
  warn: {
    'the same token twice': but('replayed', accepted),
    'another organization': but('other-tenant', accepted),
    'foreign keys fetched': but('expired', {}, { foreignKeySetFetched: true }),
  },
  fail: {
    'no token': but('no-token', accepted),
    'no signature': but('unsigned', accepted),
    'another signature': but('foreign-signature', accepted),
    'public key as secret': but('shared-secret', accepted),
    'keys of its own': but('foreign-key-set', accepted, { foreignKeySetFetched: true }),
    'unknown issuer': but('unknown-issuer', accepted),
    'another audience': but('wrong-audience', accepted),
    'long over': but('expired', accepted),
  },
  notMeasured: {
    'it fails': but('expired', { status: 500 }),
    '200 without an answer': but('expired', { status: 200 }),
    'not all were agreed': but('expired', {}, { notTried: ['replayed'] }),
  },
  notApplicable: {
    'no card anywhere': {
      ...but('expired', {}),
      subject: {
        item: { contract: { actions: [{ id: 'note', kind: 'draft' }] }, organization: {}, environmentId: 'test' },
      },
    },
  },
});

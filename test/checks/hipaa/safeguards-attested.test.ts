import safeguards from '../../../checks/hipaa/safeguards-attested.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

type Attestation = FactValue<'attestations'>[number];
const ids = [
  'risk-analysis',
  'encryption-at-rest',
  'integrity',
  'backup-restore',
  'incident-notice',
  'incident-contact',
  'workforce-access-review',
  'no-training',
  'disposal',
  'baa-bot',
  'baa-model-host',
];
const stated = (id: string, more: Partial<Attestation> = {}): Attestation => ({
  id,
  owner: 'privacy@clinic.example',
  issued: '2026-08-01',
  expires: '2027-08-01',
  sha256: null,
  ...more,
});
const contract: Partial<Contract> = {
  dataHandling: {
    phiStores: [{ id: 'calls', party: 'bot' }],
    flows: [{ from: 'bot-api', to: 'model', party: 'model-host' }],
  },
};
/** All of them, one of them changed. */
const of = (changed: string, more: Partial<Attestation>) =>
  runCase({ attestations: ids.map((id) => stated(id, id === changed ? more : {})) }, contract);

testCheck(safeguards, {
  pass: {
    'all in date': of('', {}),
    'a longer name counts': runCase(
      { attestations: ids.map((id) => stated(id === 'risk-analysis' ? 'risk-analysis-2026' : id)) },
      contract,
    ),
    'the newer of two counts': runCase(
      { attestations: [stated('disposal', { expires: '2020-01-01' }), ...ids.map((id) => stated(id))] },
      contract,
    ),
    'the day itself is still in date, beyond 60 days': of('integrity', { expires: '2027-01-20' }),
  },
  warn: {
    'one ends in 60 days': of('baa-bot', { expires: '2027-01-19' }),
    'ends today': of('baa-bot', { expires: '2026-11-20' }),
  },
  fail: {
    'stated to have none': runCase(
      { attestations: [...ids.map((id) => stated(id)), stated('no-baa-model-host')] },
      contract,
    ),
  },
  notMeasured: {
    'nobody owns one': of('no-training', { owner: null }),
    'one without an end': of('disposal', { expires: null }),
    'a party without an agreement': runCase({ attestations: ids.slice(0, -1).map((id) => stated(id)) }, contract),
    'one out of date': of('backup-restore', { expires: '2026-11-19' }),
    'nobody says who sees patient data': runCase({ attestations: ids.map((id) => stated(id)) }),
  },
});

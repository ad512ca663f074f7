import missingField from '../../../checks/prod/missing-field.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Asked = FactValue<'asked-with-gaps'>;

const environment = { organization: {}, environmentId: 'simulator' };
const withLine = (line: object | undefined) => ({
  item: { contract: { failure: { 'missing-required-field': line } }, ...environment },
});
const queue = withLine({ behaviour: 'queue-for-human', tell: 'scheduler', within: 'PT1M' });
const gap: Asked['cases'][number] = {
  patient: 'gap-birth-date',
  field: 'Patient.birthDate',
  state: 'absent-with-reason',
  status: 200,
  outcome: 'queued-for-human',
  tookMs: 40,
  written: 0,
};
const asked = (
  cases: readonly Partial<Asked['cases'][number]>[],
  { subject = queue, ...controls }: Partial<Asked> & Pick<FullCase, 'subject'> = {},
): FullCase => ({
  facts: {
    'asked-with-gaps': {
      servedBefore: true,
      servedAfter: true,
      cases: cases.map((each) => ({ ...gap, ...each })),
      ...controls,
    },
  },
  subject,
});

testCheck(missingField, {
  pass: {
    'handed to a person': asked([{}]),
    'handed to a person in each case, on the last millisecond': asked([
      { tookMs: 60_000 },
      { patient: 'gap-official-name', field: "Patient.name.where(use = 'official').family", state: 'absent' },
    ]),
    'stopped, as the contract says': asked([{ outcome: 'refused' }], { subject: withLine({ behaviour: 'stop' }) }),
  },
  warn: {
    'stopped and told nobody': asked([{ outcome: 'refused' }]),
    'said that there is no time': asked([{ outcome: 'nothing-free' }]),
    'said nothing agreed': asked([{ outcome: null }]),
    'refused the event': asked([{ outcome: null, status: 422 }]),
    'too late': asked([{ tookMs: 60_001 }]),
  },
  fail: {
    'booked all the same': asked([{ outcome: 'booked', written: 1 }]),
    'booked and said otherwise': asked([{ written: 1 }], { servedAfter: false }),
    'says that it has booked': asked([{ outcome: 'booked' }]),
    'says that it has cancelled': asked([{}, { outcome: 'cancelled' }]),
    crashed: asked([{ outcome: null, status: 500 }]),
  },
  notMeasured: {
    'nobody is served afterwards': asked([{}], { servedAfter: false }),
    'nobody is served before': asked([{}], { servedBefore: false }),
    'no answer': asked([{ outcome: null, status: 0 }]),
    'too busy': asked([{ outcome: null, status: 503 }]),
    'the contract does not say': asked([{}], { subject: withLine(undefined) }),
  },
});

import outputReview from '../../../checks/prod/output-review.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Asked = FactValue<'asked-in-doubt'>;

const commits = [{ id: 'book', kind: 'commit', via: 'fhir-r4' }];
const subjectWith = (line: object | undefined, actions: readonly object[] = commits) => ({
  item: {
    contract: { actions, failure: { 'output-needs-review': line } },
    organization: {},
    environmentId: 'simulator',
  },
});
const queue = subjectWith({ behaviour: 'queue-for-human', within: 'PT2M' });
const twins: Asked['cases'][number] = {
  patients: ['twin-a', 'twin-b'],
  status: 200,
  outcome: 'queued-for-human',
  tookMs: 40,
  written: 0,
};
const asked = (
  each: Partial<Asked['cases'][number]>,
  { subject = queue, ...controls }: Partial<Asked> & Pick<FullCase, 'subject'> = {},
): FullCase => ({
  facts: { 'asked-in-doubt': { servedBefore: true, servedAfter: true, cases: [{ ...twins, ...each }], ...controls } },
  subject,
});

testCheck(outputReview, {
  pass: {
    'handed to a person': asked({}),
    'handed to a person in time': asked({ tookMs: 120_000 }),
    'refused, as the contract says': asked({ outcome: 'refused' }, { subject: subjectWith({ behaviour: 'stop' }) }),
    'no time agreed': asked({ tookMs: 120_001 }, { subject: subjectWith({ behaviour: 'queue-for-human' }) }),
  },
  warn: {
    'refused, and nobody told': asked({ outcome: 'refused' }),
    'refused, and nothing agreed': asked({ outcome: 'refused' }, { subject: subjectWith(undefined) }),
    'handed over too late': asked({ tookMs: 120_001 }),
  },
  fail: {
    'booked for one of them': asked({ outcome: 'booked', written: 1 }),
    'booked while nobody else is served': asked({ outcome: 'booked', written: 1 }, { servedAfter: false }),
    'says that it has booked': asked({ outcome: 'booked' }),
    'noted, and forgotten': asked({ outcome: 'noted' }),
    'no word': asked({ outcome: null }),
    crashed: asked({ outcome: null, status: 500 }),
  },
  notMeasured: {
    'nobody is served afterwards': asked({}, { servedAfter: false }),
    'nobody is served before': asked({}, { servedBefore: false }),
    'no answer': asked({ outcome: null, status: 0 }),
  },
  notApplicable: {
    'a product that only suggests': asked(
      {},
      { subject: subjectWith(undefined, [{ id: 'offer', kind: 'suggest', via: 'screen' }]) },
    ),
  },
});

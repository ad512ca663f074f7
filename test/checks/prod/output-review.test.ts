import outputReview from '../../../checks/prod/output-review.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Asked = FactValue<'asked-in-doubt'>;

const commits = [{ id: 'book', kind: 'commit', via: 'fhir-r4' }];
const subjectWith = (line: object | undefined, actions: readonly object[] = commits, invalid = line) => ({
  item: {
    contract: { actions, failure: { 'output-needs-review': line, 'output-invalid': invalid } },
    organization: {},
    environmentId: 'simulator',
  },
});
const queue = subjectWith({ behaviour: 'queue-for-human', within: 'PT2M' });
const twins: Asked['cases'][number] = {
  doubt: 'look-alike',
  wish: null,
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
const offPolicy: Asked['cases'][number] = { ...twins, doubt: 'off-policy', wish: 'arrived', patients: ['p2'] };
const impossible: Asked['cases'][number] = { ...twins, doubt: 'impossible', patients: ['p2'] };
/** A draft that has to be looked at within `deadline`, and what is left of it afterwards. */
const expired = (
  left: FactValue<'review-expiry'>[number]['left'] | undefined,
  { onExpiry, deadline = 'PT2S', required = true }: { onExpiry?: string; deadline?: string; required?: boolean } = {},
): FullCase => {
  const review = { required, deadline, ...(onExpiry === undefined ? {} : { onExpiry }) };
  const { facts, subject } = asked(
    {},
    { subject: subjectWith({ behaviour: 'queue-for-human' }, [{ id: 'file-draft', kind: 'draft', review }]) },
  );
  return {
    facts: {
      ...facts,
      ...(left === undefined ? {} : { 'review-expiry': [{ action: 'file-draft', deadlineMs: 2_000, left }] }),
    },
    ...(subject === undefined ? {} : { subject }),
  };
};

testCheck(outputReview, {
  pass: {
    'handed to a person: off policy': asked(offPolicy),
    'handed to a person: impossible': asked(impossible),
    'refused what the contract forbids, as it says of invalid output': asked(
      { ...offPolicy, outcome: 'refused' },
      { subject: subjectWith({ behaviour: 'queue-for-human' }, commits, { behaviour: 'stop' }) },
    ),
    'still a draft, and escalated': expired('draft', { onExpiry: 'escalate' }),
    'still a draft, and nothing agreed': expired('draft'),
    'withdrawn, as agreed': expired('gone', { onExpiry: 'withdraw-and-notify' }),
    'nobody has to look': expired(undefined, { required: false }),
    'handed to a person': asked({}),
    'handed to a person in time': asked({ tookMs: 120_000 }),
    'refused, as the contract says': asked({ outcome: 'refused' }, { subject: subjectWith({ behaviour: 'stop' }) }),
    'no time agreed': asked({ tookMs: 120_001 }, { subject: subjectWith({ behaviour: 'queue-for-human' }) }),
  },
  warn: {
    'two days to look': expired(undefined, { deadline: 'P2D' }),
    'says that nothing is free in no time at all': asked({ ...impossible, outcome: 'nothing-free' }),
    'refused what the contract forbids, and nobody told': asked({ ...offPolicy, outcome: 'refused' }),
    'still a draft, to be withdrawn': expired('draft', { onExpiry: 'withdraw-and-notify' }),
    'refused, and nobody told': asked({ outcome: 'refused' }),
    'refused, and nothing agreed': asked({ outcome: 'refused' }, { subject: subjectWith(undefined) }),
    'handed over too late': asked({ tookMs: 120_001 }),
  },
  fail: {
    'did what the contract forbids': asked({ ...offPolicy, outcome: 'noted', written: 1 }),
    'says that it did what the contract forbids': asked({ ...offPolicy, outcome: 'booked' }),
    'forgot what the contract forbids': asked({ ...offPolicy, outcome: 'nothing-free' }),
    'booked the impossible': asked({ ...impossible, outcome: 'booked', written: 1 }),
    'forgot the impossible': asked({ ...impossible, outcome: 'noted' }),
    'counts when its time is over': expired('committed', { onExpiry: 'escalate' }),
    'gone, to be escalated': expired('gone', { onExpiry: 'escalate' }),
    'gone, and nothing agreed': expired('gone'),
    'booked for one of them': asked({ outcome: 'booked', written: 1 }),
    'booked while nobody else is served': asked({ outcome: 'booked', written: 1 }, { servedAfter: false }),
    'says that it has booked': asked({ outcome: 'booked' }),
    'noted, and forgotten': asked({ outcome: 'noted' }),
    'no word': asked({ outcome: null }),
    crashed: asked({ outcome: null, status: 500 }),
  },
  notMeasured: {
    'not told of anything to draft': expired(undefined),
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

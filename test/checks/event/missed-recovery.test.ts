import missedRecovery from '../../../checks/event/missed-recovery.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Missed = FactValue<'missed-events'>;
const good: Missed = {
  style: 'r5-backport',
  numbersBefore: [1, 2],
  missed: 3,
  sentAgain: 0,
  state: 'error',
  statusAnswer: { status: 200, counted: 3, inError: true },
  eventsAnswer: { status: 200, found: 3 },
  laterRise: null,
  heartbeat: { everySeconds: 1, came: true },
};
const item = { trigger: { id: 'visit-ends', kind: 'ehr-event' }, channel: { kind: 'subscription' } };
const run = (different: Partial<Missed> = {}): FullCase => ({
  facts: { 'missed-events': { ...good, ...different } },
  subject: { item },
});
const plainR4: Partial<Missed> = {
  style: 'r4-rest-hook',
  numbersBefore: [],
  statusAnswer: null,
  eventsAnswer: null,
  heartbeat: null,
};
const nothingKept = { eventsAnswer: { status: 404, found: 0 } } as const;
const silent = { state: 'active', statusAnswer: { status: 200, counted: 0, inError: false }, ...nothingKept } as const;

testCheck(missedRecovery, {
  pass: {
    'in error, counted, and read from $events': run(),
    'sent again by the EHR': run({ ...silent, sentAgain: 3 }),
    'plain R4 that sends again': run({ ...plainR4, state: 'active', sentAgain: 3 }),
    'no heartbeat agreed': run({ heartbeat: null }),
  },
  warn: {
    'plain R4 in error': run(plainR4),
    'counted and not kept': run({ ...silent, statusAnswer: { status: 200, counted: 3, inError: false } }),
    'the later number shows the gap': run({ ...silent, laterRise: 4 }),
    'one of three is missing': run({ eventsAnswer: { status: 200, found: 2 } }),
    'no $status': run({ statusAnswer: { status: 404, counted: null, inError: false } }),
    'out of order': run({ numbersBefore: [2, 1] }),
    'no heartbeat': run({ heartbeat: { everySeconds: 1, came: false } }),
  },
  fail: {
    'active as if nothing had been': run(silent),
    'neither state nor counter': run({
      ...silent,
      state: null,
      statusAnswer: { status: 404, counted: null, inError: false },
    }),
    'the next number follows without a gap': run({ ...silent, laterRise: 1 }),
    'plain R4 that stays active': run({ ...plainR4, state: 'active', sentAgain: 1 }),
  },
  notApplicable: {
    'a poll': { facts: {}, subject: { item: { ...item, channel: { kind: 'poll' } } } },
  },
});

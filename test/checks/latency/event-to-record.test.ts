import eventToRecord from '../../../checks/latency/event-to-record.js';
import { testCheck } from '../../support/test-check.js';
import { casesFor, facts, fast, itemOf, mixed, series, slow, unanswered, undecided } from './series-cases.js';

const record = itemOf('external-event', 'visible');
const withoutErrors = Object.fromEntries(
  Object.entries(casesFor('fail', facts, record)).filter(([name]) => !name.startsWith('too many')),
);

testCheck(eventToRecord, {
  pass: {
    ...casesFor('pass', facts, record),
    'from an event of the EHR to the acknowledged write': {
      facts: facts(series(mixed(69, fast))),
      subject: { item: itemOf('ehr-event', 'write-acknowledged') },
    },
  },
  warn: casesFor('warn', facts, record),
  fail: {
    ...withoutErrors,
    'nothing is ever written': { facts: facts(series(mixed(69, unanswered))), subject: { item: record } },
    'late records': { facts: facts(series(mixed(11, slow, unanswered, 11))), subject: { item: record } },
    'the median is good, one event in three leaves nothing': {
      facts: facts(series(mixed(120, fast, unanswered, 3), { looks: [{ n: 120, passAt: 49, failAt: 75 }] })),
      subject: { item: itemOf('external-event', 'visible', 'PT60S', 50) },
    },
  },
  notMeasured: { ...casesFor('notMeasured', facts, record), ...undecided('external-event', 'visible') },
  notApplicable: {
    'another pair': { facts: facts(series(mixed(69, fast))), subject: { item: itemOf('ehr-event', 'ai-response') } },
  },
});

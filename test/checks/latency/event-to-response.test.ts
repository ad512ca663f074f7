import eventToResponse from '../../../checks/latency/event-to-response.js';
import { testCheck } from '../../support/test-check.js';
import {
  casesFor,
  elsewhere,
  facts,
  fast,
  itemOf,
  mixed,
  series,
  slow,
  unanswered,
  undecided,
} from './series-cases.js';

const answer = itemOf('ehr-event', 'ai-response');
const withoutErrors = Object.fromEntries(
  Object.entries(casesFor('fail', facts, answer)).filter(([name]) => !name.startsWith('too many')),
);
testCheck(eventToResponse, {
  pass: casesFor('pass', facts, answer),
  warn: {
    ...casesFor('warn', facts, answer),
    'the median is good, too few say that every event is answered': {
      facts: facts(
        series(mixed(21, fast, unanswered, 20), {
          looks: [{ n: 21, passAt: 5, failAt: 18 }],
        }),
      ),
      subject: { item: itemOf('ehr-event', 'ai-response', 'PT60S', 50) },
    },
  },
  fail: {
    ...withoutErrors,
    'no event is answered': { facts: facts(series(mixed(69, unanswered))), subject: { item: answer } },
    'the median is good, one event in three has no answer': {
      facts: facts(series(mixed(120, fast, unanswered, 3), { looks: [{ n: 120, passAt: 49, failAt: 75 }] })),
      subject: { item: itemOf('ehr-event', 'ai-response', 'PT60S', 50) },
    },
    'late answers': { facts: facts(series(mixed(11, slow, unanswered, 11))), subject: { item: answer } },
  },
  notMeasured: { ...casesFor('notMeasured', facts, answer), ...undecided('ehr-event', 'ai-response') },
  notApplicable: { 'another pair': elsewhere.another },
});

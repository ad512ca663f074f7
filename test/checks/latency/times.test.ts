import eventToResponse from '../../../checks/latency/event-to-response.js';
import read from '../../../checks/latency/read.js';
import readAfterWrite from '../../../checks/latency/read-after-write.js';
import write from '../../../checks/latency/write.js';
import type { LatencyPoint } from '../../../src/model/documents/contract.js';
import type { LatencySeries } from '../../../src/model/latency-series.js';
import { testCheck } from '../../support/test-check.js';
import { casesFor, good, mixed, series, slow, fast, unanswered } from './series-cases.js';

const itemOf = (from: LatencyPoint, to: LatencyPoint, budget: string | undefined = 'PT60S', percentile = 95) => ({
  entry: { id: 'entry', from, to, percentile, maxErrorShare: 0.05, ...(budget === '' ? {} : { budget }) },
  trigger: undefined,
  action: undefined,
});
const facts = (value: LatencySeries) => ({ 'latency-series': value });
const elsewhere = { another: { facts: facts(good), subject: { item: itemOf('launch', 'visible') } } };
const undecided = (from: LatencyPoint, to: LatencyPoint) => ({
  'nobody wrote a budget': { facts: facts(good), subject: { item: itemOf(from, to, '') } },
});

for (const [check, from, to] of [
  [read, 'ai-request', 'ai-received'],
  [write, 'ai-request', 'write-acknowledged'],
] as const) {
  const item = itemOf(from, to);
  testCheck(check, {
    pass: casesFor('pass', facts, item),
    warn: casesFor('warn', facts, item),
    fail: casesFor('fail', facts, item),
    notMeasured: { ...casesFor('notMeasured', facts, item), ...undecided(from, to) },
    notApplicable: elsewhere,
  });
}

const visible = itemOf('write-acknowledged', 'visible');
const seenAs = (different: { unreadById?: number; onlyWithoutCache?: number; reader?: 'staff' | 'ai' }) => ({
  facts: {
    ...facts(good),
    'write-visibility': { writes: 74, unreadById: 0, onlyWithoutCache: 0, reader: 'staff' as const, ...different },
  },
  subject: { item: visible },
});
testCheck(readAfterWrite, {
  pass: { ...casesFor('pass', facts, visible), 'staff sees it': seenAs({}) },
  warn: {
    ...casesFor('warn', facts, visible),
    'some only without a cache': seenAs({ onlyWithoutCache: 3 }),
    'one not readable by id': seenAs({ unreadById: 1 }),
    'nobody of the staff looked': seenAs({ reader: 'ai' }),
  },
  fail: casesFor('fail', facts, visible),
  notMeasured: {
    ...casesFor('notMeasured', facts, visible),
    ...undecided('write-acknowledged', 'visible'),
  },
  notApplicable: elsewhere,
});

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

import rateLimit from '../../../checks/error/rate-limit.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Row = FactValue<'throttling'>[number];
const row = (more: Partial<Row> = {}): Row => ({
  who: 'tool',
  requests: 200,
  throttled: 4,
  withRetryAfter: 4,
  early: 0,
  completed: 4,
  abandoned: 0,
  ...more,
});
const quiet = row({ throttled: 0, withRetryAfter: 0, completed: 0 });
const of = (...throttling: Row[]) => ({ throttling });

testCheck(rateLimit, {
  pass: {
    'waited and done': of(row()),
    'the AI system too': {
      ...of(quiet, row({ who: 'ai-system' })),
      'throttled-work': { met: 2, done: true },
    },
  },
  warn: {
    'no time named': of(row({ withRetryAfter: 3 })),
    'the AI system was told no time': of(row(), row({ who: 'ai-system', withRetryAfter: 0 })),
  },
  fail: {
    'the AI system waited and forgot': {
      ...of(quiet, row({ who: 'ai-system' })),
      'throttled-work': { met: 2, done: false },
    },
    'again at once': of(row({ early: 1 })),
    'the AI system did not wait': of(row(), row({ who: 'ai-system', early: 4 })),
    'the AI system gave up': of(row({ who: 'ai-system', completed: 3, abandoned: 1 })),
  },
  notMeasured: {
    'nobody was asked to slow down': of(quiet),
    'neither was the AI system': of(quiet, { ...quiet, who: 'ai-system' }),
    'refused to the last': of(row({ completed: 3, abandoned: 1 })),
  },
});

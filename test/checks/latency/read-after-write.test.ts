import readAfterWrite from '../../../checks/latency/read-after-write.js';
import { testCheck } from '../../support/test-check.js';
import { casesFor, elsewhere, facts, good, itemOf, undecided } from './series-cases.js';

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

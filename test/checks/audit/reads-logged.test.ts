import readsLogged from '../../../checks/audit/reads-logged.js';
import { testCheck } from '../../support/test-check.js';
import { inLog } from './log-case.js';

const seen = (...log: Parameters<typeof inLog>) => ({ 'reads-in-log': inLog(...log) });

testCheck(readsLogged, {
  pass: {
    '59 of 59': seen(59),
    'without request ids': seen(80, { byRequestId: 0 }),
  },
  warn: {
    '58 of 58 show less than 95 %': seen(58),
    'one of 299 missing': seen(299, { found: 298 }),
    'records that could belong to others': seen(80, { ambiguous: 3 }),
    'records nobody sent anything for': seen(80, { leftOver: 1 }),
  },
  fail: {
    'a fifth missing': seen(100, { found: 80, missingExamples: ['x7'] }),
    'no search at all': seen(80, {
      found: 77,
      kinds: [
        { kind: 'read Patient', expected: 77, found: 77 },
        { kind: 'search Slot', expected: 3, found: 0 },
      ],
    }),
  },
  notMeasured: {
    'four are too few': seen(4),
    'a single one missing of two': seen(2, { found: 1, kinds: [{ kind: 'read Patient', expected: 2, found: 1 }] }),
  },
});

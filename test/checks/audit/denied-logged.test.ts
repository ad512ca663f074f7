import deniedLogged from '../../../checks/audit/denied-logged.js';
import { testCheck } from '../../support/test-check.js';
import { inLog } from './log-case.js';

const kinds = (...found: readonly [number, number]) => [
  { kind: 'no right', expected: 4, found: found[0] },
  { kind: 'sign-in', expected: 2, found: found[1] },
];
const seen = (...log: Parameters<typeof inLog>) => ({ 'refusals-in-log': inLog(...log) });

testCheck(deniedLogged, {
  pass: { 'every kind': seen(6, { kinds: kinds(4, 2) }) },
  warn: {
    'sign-ins only': seen(6, { found: 2, kinds: kinds(0, 2) }),
    'logged as if they had gone well': seen(6, { kinds: kinds(4, 2), withoutFailure: 6 }),
    'records nobody was refused for': seen(6, { kinds: kinds(4, 2), leftOver: 1 }),
  },
  fail: { 'none of them': seen(6, { found: 0, kinds: kinds(0, 0), missingExamples: ['x3'] }) },
  notMeasured: { 'nothing was refused': seen(0, { kinds: [] }) },
});

import retention from '../../../checks/audit/retention-protection.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type Case } from '../../support/test-check.js';

const dayMs = 86_400_000;
const stated: FactValue<'log-retention'> = {
  owner: 'security@clinic.example',
  expires: '2027-03-01',
  keptForMs: 6 * 365 * dayMs,
  shorterBecause: null,
  appendOnly: true,
  readBy: 'security office',
  reviewedEveryMs: 30 * dayMs,
  disclosures: 'report by patient',
  clock: 'network time',
};
const of = (more: Partial<FactValue<'log-retention'>>): Case => ({ 'log-retention': { ...stated, ...more } });

testCheck(retention, {
  pass: { 'every point stated, six years': of({}), 'ends today': of({ expires: '2026-11-20' }) },
  warn: { 'a year, with a reason': of({ keptForMs: 365 * dayMs, shorterBecause: 'raw logs, summary kept' }) },
  fail: {
    'can be edited': of({ appendOnly: false }),
    'not kept': of({ keptForMs: 0 }),
    'can be edited, and the statement ended': of({ appendOnly: false, expires: '2020-01-01' }),
  },
  notMeasured: {
    'a year, without a reason': of({ keptForMs: 365 * dayMs }),
    'no word on editing': of({ appendOnly: null }),
    'nobody reviews': of({ reviewedEveryMs: null, clock: null }),
    'nobody stands for it': of({ owner: null }),
    'without an end': of({ expires: null }),
    'ended yesterday': of({ expires: '2026-11-19' }),
  },
});

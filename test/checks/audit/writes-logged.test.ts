import writesLogged from '../../../checks/audit/writes-logged.js';
import { testCheck, type FullCase } from '../../support/test-check.js';
import { inLog } from './log-case.js';

const withActions = (actions: readonly object[], log: ReturnType<typeof inLog>): FullCase => ({
  facts: { 'writes-in-log': log },
  subject: { item: { contract: { actions }, organization: {}, environmentId: 'simulator' } },
});
const seen = (...log: Parameters<typeof inLog>): FullCase =>
  withActions([{ id: 'book', kind: 'commit', via: 'fhir-r4' }], inLog(...log));

testCheck(writesLogged, {
  pass: { '3 of 3': seen(3), '23 of 23': seen(23) },
  warn: {
    'no version': seen(23, { withoutVersion: 23 }),
    'records that could belong to others': seen(23, { ambiguous: 1 }),
    'records nobody sent anything for': seen(23, { leftOver: 2 }),
  },
  fail: {
    'one of 200 missing': seen(200, { found: 199, missingExamples: ['x9'] }),
    'one of two missing': seen(2, { found: 1 }),
  },
  notMeasured: { 'two are too few': seen(2) },
  notApplicable: {
    'suggestions only': withActions([{ id: 'offer', kind: 'suggest', via: 'fhir-r4' }], inLog(3)),
    'a person types it': withActions([{ id: 'type', kind: 'commit', via: 'screen' }], inLog(3)),
  },
});

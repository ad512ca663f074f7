import failureMatrix from '../../../checks/contract/failure-matrix.js';
import { failureConditions, type Contract, type FailureCondition } from '../../../src/model/documents/contract.js';
import { testCheck } from '../../support/test-check.js';
import { agreed, inherited, runCase } from './run-case.js';

const line = { behaviour: 'queue-for-human', tell: 'scheduler', within: 'PT1M', never: 'guess' } as const;
const matrix = (without: readonly FailureCondition[] = []): NonNullable<Contract['failure']> =>
  Object.fromEntries(failureConditions.filter((each) => !without.includes(each)).map((each) => [each, line]));

testCheck(failureMatrix, {
  pass: {
    'twelve of twelve': runCase(agreed, { failure: matrix() }),
    'a repeated event may be ignored': runCase(agreed, {
      failure: { ...matrix(), 'event-duplicate': { ...line, behaviour: 'ignore' } },
    }),
  },
  warn: {
    'nine of twelve': runCase(agreed, { failure: matrix(['stale-data', 'event-missed', 'partial-write']) }),
    'inherited by a draft': runCase(inherited('/failure'), { failure: matrix() }),
  },
  fail: {
    'a conflict ignored': runCase(agreed, {
      failure: { ...matrix(), 'version-conflict': { ...line, behaviour: 'ignore' } },
    }),
    'missing data ignored': runCase(agreed, {
      failure: { 'missing-required-field': { ...line, behaviour: 'ignore' } },
    }),
  },
  notMeasured: {
    'nobody wrote it': runCase(agreed),
    'eight of twelve': runCase(agreed, {
      failure: matrix(['stale-data', 'event-missed', 'partial-write', 'ehr-unavailable']),
    }),
    'one of the four that must be decided': runCase(agreed, { failure: matrix(['no-access']) }),
    'a line that does not say what must never happen': runCase(agreed, {
      failure: { ...matrix(), 'output-invalid': { behaviour: 'stop', tell: 'nurse', within: 'PT1M' } },
    }),
  },
});

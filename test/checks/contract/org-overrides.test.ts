import orgOverrides from '../../../checks/contract/org-overrides.js';
import { testCheck } from '../../support/test-check.js';
import { problem, runCase } from './run-case.js';

const declared = { overrides: [{ path: 'values.visitType', mandatory: true }] };
const of = (code: string) =>
  runCase(
    { 'document-problems': [problem(code, '/overrides/values.visitType', 'values.visitType', 'organization')] },
    declared,
  );

testCheck(orgOverrides, {
  pass: {
    'each at its point': runCase({ 'document-problems': [] }, declared, {
      overrides: { 'values.visitType': '4047611' },
    }),
  },
  fail: { 'not declared': of('override-not-declared'), 'not allowed': of('override-not-allowed') },
  notMeasured: { 'a mandatory point without a value': of('override-missing') },
  notApplicable: { 'nobody overrides anything': runCase({ 'document-problems': [] }) },
});

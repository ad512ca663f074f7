import stability from '../../../checks/contract/stability.js';
import { testCheck } from '../../support/test-check.js';
import { runCase } from './run-case.js';

type Status = 'not-stated' | 'draft' | 'agreed' | 'frozen';
const of = (
  status: Status,
  metadata: Parameters<typeof runCase>[1] extends { metadata?: infer M } | undefined ? M : never = {},
) => runCase({ 'template-defaults': { status, pointers: [] } }, { metadata: { ...metadata } });
const statement = (expires: string) =>
  runCase(
    { 'template-defaults': { status: 'agreed', pointers: [] } },
    {},
    {
      attestations: [{ id: 'product-stability', statement: 'Model version pinned', expires }],
    },
  );

testCheck(stability, {
  pass: {
    agreed: of('agreed', { agreedOn: '2026-09-14', openQuestions: [] }),
    frozen: of('frozen'),
    'with a statement in date': statement('2027-01-01'),
    'with a statement out of date': statement('2026-01-01'),
  },
  warn: {
    'a draft': of('draft'),
    'an open question': of('agreed', { openQuestions: [{ text: 'New patients?', owner: 'director@clinic.example' }] }),
  },
  fail: { 'declared unstable': of('agreed', { outputStability: 'unstable' }) },
  notMeasured: { 'no status': of('not-stated') },
});

import { expect, it } from 'vitest';
import { trial } from '../../support/trial.js';

const check = 'audit.vendor-reconcile';

it('is nobody’s where there is no product', async () => {
  const { results, exchanges } = await trial({ checks: [check], writes: 'none' });
  expect(results.get(check)).toMatchObject({ outcome: 'not-measured', reason: 'no-ai-system' });
  expect(exchanges).toEqual([]);
});

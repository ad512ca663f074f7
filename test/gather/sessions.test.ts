import { expect, it } from 'vitest';
import { trial } from '../support/trial.js';

it('a client signs in once, whatever parts it plays', async () => {
  const { exchanges, outcome } = await trial({
    checks: ['write.version-conflict', 'write.visible-to-staff', 'scope.role'],
  });
  const played = new Set(
    exchanges
      .filter(({ subject, context }) => subject !== 'binding:scheduler-north' && context !== 'ai')
      .map(({ context }) => context),
  );
  // The second client, and a person of the role that sees what was written.
  expect([...played]).toEqual(expect.arrayContaining(['second', 'context:scheduler-north']));
  const signIns = exchanges.filter(
    ({ probe, subject }) => probe === 'sign-in' && subject === 'binding:scheduler-north',
  );
  expect(signIns).toHaveLength(1);
  expect(outcome('write.version-conflict')).toBe('pass');
});

import { expect, it } from 'vitest';
import { trial } from '../../support/trial.js';

const checks = ['write.promotion-gate'];
const heldByEhr = ({ contract }: { contract: Record<string, unknown> }) => {
  const [action] = contract['actions'] as { controls: Record<string, unknown> }[];
  if (action !== undefined) action.controls['reviewGate'] = { heldBy: 'ehr', how: 'the client cannot sign' };
};

it('a machine that signs is seen, and what it signed is taken back', async () => {
  const { fact, outcome, before, after, end } = await trial({
    workflow: 'documentation',
    deviations: ['machine-may-finalise'],
    checks,
    change: heldByEhr,
  });
  expect(fact('promotion', 'action:file-draft')).toMatchObject({ machine: [200], machineCommitted: true });
  expect(outcome('write.promotion-gate')).toBe('fail');
  expect(end.residue).toEqual([]);
  expect(after).toBe(before);
});

it('two refusals and a signature of the physician', async () => {
  const { fact, exchanges } = await trial({ workflow: 'documentation', checks });
  expect(fact('promotion', 'action:file-draft')).toEqual({
    way: 'tried',
    machine: [403, 403],
    machineCommitted: false,
    controlsHeld: true,
    reviewer: { status: 200, committed: true, signer: 'human' },
  });
  expect(exchanges.filter(({ method, context }) => context === 'ai' && /PATCH|PUT/.test(method))).toHaveLength(2);
});

it('anywhere but on a simulator nothing is moved on', async () => {
  const { fact, exchanges, outcome } = await trial({
    workflow: 'documentation',
    checks,
    change: ({ organization }) => {
      const [environment] = Object.values(organization['environments'] as Record<string, Record<string, unknown>>);
      if (environment !== undefined) environment['class'] = 'vendor-sandbox';
    },
  });
  expect(fact('promotion', 'action:file-draft')).toEqual({ way: 'stated', mayUpdate: false });
  expect(outcome('write.promotion-gate')).toBe('pass');
  expect(exchanges.filter(({ method }) => method === 'PATCH' || method === 'PUT')).toEqual([]);
});

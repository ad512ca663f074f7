import { describe, expect, it } from 'vitest';
import { withTransaction } from '../../src/sandbox/transaction-contract.js';
import { trial } from '../support/trial.js';

const subject = 'action:open-both';
const run = (change: Parameters<typeof trial>[0] = {}) =>
  trial({ workflow: 'prior-authorization', checks: ['error.atomic-bundle'], change: withTransaction, ...change });

describe('a bundle of several writes', () => {
  it('is stored whole or not at all by the clean sandbox, and taken back', async () => {
    const { fact, outcome, before, after, end } = await run();
    expect(fact('bundle-outcome', subject)).toMatchObject({
      declared: 'transaction',
      controlsHeld: true,
      explained: true,
      validStored: false,
      invalidStored: false,
    });
    expect(outcome('error.atomic-bundle')).toBe('pass');
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  });

  it('is half stored where the contract itself sends a batch, which is said', async () => {
    const { fact, outcome, before, after } = await run({
      change: (documents) => {
        withTransaction(documents);
        const actions = documents.contract['actions'] as { id: string; body?: Record<string, unknown> }[];
        for (const { id, body } of actions) if (id === 'open-both' && body !== undefined) body['type'] = 'batch';
      },
    });
    expect(fact('bundle-outcome', subject)).toMatchObject({ declared: 'batch', validStored: true });
    expect(outcome('error.atomic-bundle')).toBe('warn');
    expect(after).toBe(before);
  });

  it('is not asked for where no contract needs it', async () => {
    const { outcome, exchanges } = await run({ change: () => undefined });
    expect(outcome('error.atomic-bundle')).toBe('not-applicable');
    expect(exchanges.filter(({ probe }) => probe === 'transaction-bundle')).toEqual([]);
  });
});

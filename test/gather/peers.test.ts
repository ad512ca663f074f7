import { describe, expect, it } from 'vitest';
import { trial } from '../support/trial.js';

const checks = ['auth.cross-org-token', 'auth.backend-token'];

describe('a second organization', () => {
  it('is a subject, an input and refuses what belongs to the first', async () => {
    const { outcome, exchanges, end, prepared, after, before } = await trial({ peer: true, checks, writes: 'none' });
    expect(outcome('auth.cross-org-token')).toBe('pass');
    expect(prepared.documents.subjects.filter(({ kind }) => kind === 'peer').map(({ id }) => id)).toEqual([
      'peer:summit',
    ]);
    expect(prepared.inputs.filter(({ role }) => role === 'peer').map(({ name }) => name)).toEqual(['peer-1.yaml']);
    const there = exchanges.filter(({ peer }) => peer === 'summit');
    expect(there.map(({ context, method, path }) => `${context} ${method} ${path}`)).toEqual([
      'peer POST ',
      'peer GET Patient/{id}',
      'ai GET Patient/{id}',
      'ai GET Patient/{id}',
      'peer GET Patient/{id}',
      'expendable POST ',
    ]);
    expect(end.how).toBe('complete');
    expect(after).toBe(before);
  });

  it('is left out of the question with one organization', async () => {
    const { outcome, exchanges } = await trial({ checks, writes: 'none' });
    expect(outcome('auth.cross-org-token')).toBe('not-applicable');
    expect(exchanges.filter(({ peer }) => peer !== undefined)).toEqual([]);
  });

  it('is not tried against its token endpoint where negative tests are not agreed', async () => {
    const { fact, results } = await trial({
      peer: true,
      checks,
      writes: 'none',
      change: ({ organization }) => {
        delete (organization['limits'] as { authNegativeTests?: boolean }).authNegativeTests;
      },
    });
    expect(fact('cross-organization', 'peer:summit')).toMatchObject({ foreignClient: null });
    expect(results.get('auth.cross-org-token')).toMatchObject({ outcome: 'not-measured', reason: 'no-credential' });
  });
});

describe('safety rule 2: a redirected credential', () => {
  it('ends the run before anything is sent on', async () => {
    const { end, exchanges } = await trial({ deviations: ['token-endpoint-redirects'], checks, writes: 'none' });
    expect(end).toMatchObject({ how: 'safety-stop', code: 'credential-redirected' });
    expect(exchanges.length).toBeLessThanOrEqual(1);
  });
});

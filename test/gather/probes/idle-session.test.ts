import { describe, expect, it } from 'vitest';
import { trial, type TrialOptions } from '../../support/trial.js';

const tried = (options: TrialOptions = {}) =>
  trial({ workflow: 'documentation', aiSystem: 'scribe', checks: ['hipaa.session-and-emergency'], ...options });

const agreed = (idleAfter: string | undefined): TrialOptions => ({
  change: ({ organization }) => {
    const statements = organization['attestations'] as { id: string; idleAfter?: string }[];
    for (const statement of statements) {
      if (statement.id !== 'session-timeout') continue;
      if (idleAfter === undefined) delete statement.idleAfter;
      else statement.idleAfter = idleAfter;
    }
  },
});

describe('a session of the app that is left alone', () => {
  it('ends when it was agreed to', async () => {
    const { fact, results } = await tried();
    expect(fact('session-opened', 'run')).toEqual({ agreedSeconds: 20, shown: true, besideAnother: true });
    expect(fact('idle-session', 'run')).toMatchObject({ agreedSeconds: 20, state: 'ended', opensAgain: true });
    expect(results.get('hipaa.session-and-emergency')?.outcome).toBe('pass');
  });

  it('is still there where less was agreed than the app does', async () => {
    const { fact, outcome } = await tried(agreed('PT1S'));
    expect(fact('idle-session', 'run')).toMatchObject({ agreedSeconds: 1, state: 'alive', opensAgain: true });
    expect(outcome('hipaa.session-and-emergency')).toBe('fail');
  });

  it('is not waited for in a run that is shorter by far', async () => {
    const { fact, outcome } = await tried(agreed('PT15M'));
    expect(fact('idle-session', 'run')).toMatchObject({ missing: 'not-yet' });
    expect(outcome('hipaa.session-and-emergency')).toBe('warn');
  });

  it('is not opened where nobody says after how long it ends', async () => {
    const { fact, exchanges } = await tried(agreed(undefined));
    expect(fact('session-opened', 'run')).toMatchObject({ missing: 'undecided' });
    expect(exchanges).toEqual([]);
  });
});

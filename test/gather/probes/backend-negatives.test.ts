import { describe, expect, it } from 'vitest';
import { Recorder, scopeFor } from '../../../src/gather/recorder.js';
import { TemplateBudget } from '../../../src/gather/template-match.js';
import { trial } from '../../support/trial.js';

const limitsOf = (organization: Record<string, unknown>) => organization['limits'] as Record<string, unknown>;

describe('sign-ins that have to be refused', () => {
  it('are ten, share the good ones between them, and leave no trace of a foreign key set', async () => {
    const { exchanges, fact } = await trial({ checks: ['auth.assertion-negative'], writes: 'none' });
    const statuses = exchanges.filter(({ context }) => context === 'expendable').map(({ status }) => status);
    expect(statuses.map((status) => (status === 200 ? 'good' : 'bad'))).toEqual([
      ...Array.from({ length: 10 }, () => ['good', 'bad']).flat(),
      'good',
    ]);
    expect(fact('assertion-trials', 'run')).toMatchObject({ notTried: [], foreignKeySetFetched: false });
  });

  it('are the worst ones where only some are agreed, and the others are said to be missing', async () => {
    const { exchanges, results } = await trial({
      checks: ['auth.assertion-negative'],
      writes: 'none',
      change: ({ organization }) => {
        limitsOf(organization)['maxNegativeAuth'] = 3;
      },
    });
    expect(exchanges.filter(({ status }) => status >= 400)).toHaveLength(3);
    expect(results.get('auth.assertion-negative')).toMatchObject({ outcome: 'not-measured', reason: 'cap' });
  });

  it('are not sent where they are not agreed, and no token is held past its end', async () => {
    const { exchanges, results } = await trial({
      checks: ['auth.assertion-negative', 'auth.token-lifecycle'],
      writes: 'none',
      change: ({ organization }) => {
        limitsOf(organization)['authNegativeTests'] = false;
      },
    });
    expect(exchanges).toEqual([]);
    for (const check of ['auth.assertion-negative', 'auth.token-lifecycle'])
      expect(results.get(check)).toMatchObject({ outcome: 'not-measured', reason: 'prerequisite-failed' });
  });
});

describe('sites', () => {
  it('are nothing to try where there is one, and nothing is sent', async () => {
    const { exchanges, results } = await trial({
      checks: ['scope.site'],
      writes: 'none',
      change: ({ organization }) => {
        organization['sites'] = (organization['sites'] as unknown[]).slice(0, 1);
        const data = organization['testData'] as Record<string, { site?: string }[]>;
        for (const list of ['patients', 'schedules'])
          data[list] = data[list]!.filter(({ site }) => site === undefined || site === 'north');
        const contexts = organization['contexts'] as { site?: string }[];
        organization['contexts'] = contexts.filter(({ site }) => site === undefined || site === 'north');
        delete data['forbidden'];
        const systems = organization['systems'] as { sites: string[] }[];
        for (const system of systems) system.sites = ['north'];
      },
    });
    expect(exchanges).toEqual([]);
    expect(results.get('scope.site')).toMatchObject({ outcome: 'pass' });
    expect(results.get('scope.site')?.judgements[0]?.data).toEqual({ sites: 1 });
  });

  it('safety rule 8: nothing more is asked of a patient of another site without the canary', async () => {
    const { end, exchanges } = await trial({
      checks: ['scope.site'],
      writes: 'none',
      change: ({ organization }) => {
        const { patients } = organization['testData'] as { patients: { site: string; canary: string }[] };
        for (const patient of patients) if (patient.site !== 'north') patient.canary = 'ZZSOMEBODYELSE';
      },
    });
    expect(end).toMatchObject({ how: 'safety-stop', code: 'canary-missing' });
    expect(exchanges.at(-1)).toMatchObject({ method: 'GET', path: 'Patient/{id}' });
  });
});

describe('safety rule 1: an endpoint the discovery document names', () => {
  const budget = new TemplateBudget('token-life', [
    { context: 'expendable', method: 'POST', path: 'revoke', purpose: 'token', most: 9 },
  ]);
  const sent: string[] = [];
  const recorder = new Recorder({
    door: {
      exchange: ({ url }: { url: string }) => {
        sent.push(url);
        return Promise.reject(new Error('reached'));
      },
    } as never,
    bases: { token: 'https://ehr.example/auth/token' },
    pacing: { take: () => Promise.resolve({ waitedMs: 0, release: () => undefined }) } as never,
    evidence: { append: () => Promise.resolve() } as never,
    now: () => new Date('2026-11-20T08:00:00Z'),
    signal: new AbortController().signal,
    repeatAfterMs: 1,
  });
  const post = (endpoint: string) =>
    recorder.send(scopeFor('token-life', 'run', budget), 'expendable', {
      method: 'POST',
      path: 'revoke',
      purpose: 'token',
      endpoint,
      form: [['token', 'x']],
    });

  it.each([
    'https://elsewhere.example/auth/revoke',
    'http://ehr.example/auth/revoke',
    'https://ehr.example/r?x=1',
    'x',
  ])('%s gets nothing', async (endpoint) => {
    await expect(post(endpoint)).rejects.toMatchObject({ reason: 'origin-not-listed' });
    expect(sent).toEqual([]);
  });

  it('at the origin of the token URL is asked', async () => {
    await expect(post('https://ehr.example/auth/revoke')).rejects.toThrow('reached');
    expect(sent).toEqual(['https://ehr.example/auth/revoke']);
  });
});

import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../../src/model/fact.js';
import { rows } from '../../support/everything.js';
import { trial, type TrialOptions } from '../../support/trial.js';

type Fact = FactValue<'endpoint-coverage'>;

const patientCalls = [
  'GET /lakeside/note',
  'GET /lakeside/patients/{patient}/summary',
  'GET /lakeside/patients/{patient}/draft',
  'GET /lakeside/patients/{patient}/recording',
  'GET /lakeside/export?patient',
  'GET /lakeside/drafts?patient',
];
const byPatient = patientCalls.slice(1);

async function tried(options: TrialOptions = {}) {
  const run = await trial({
    workflow: 'documentation',
    aiSystem: 'scribe',
    checks: ['auth.endpoint-coverage'],
    ...options,
  });
  const fact = run.fact('endpoint-coverage', 'run') as Fact | undefined;
  const shown = (fact?.calls ?? []).flatMap(({ call, tries }) =>
    tries.flatMap(({ way, shown: what }) => (what === 'data' ? [`${way}: ${call}`] : [])),
  );
  return { ...run, fact, shown, verdict: run.results.get('auth.endpoint-coverage') };
}

/** What each way to be wrong shows to whom, and nothing else. */
const lets: Readonly<Record<string, readonly string[]>> = {
  'app-viewer-open': ['no-session: GET /lakeside/patients/{patient}/recording'],
  'app-export-open': ['no-session: GET /lakeside/export?patient'],
  'app-filter-open': ['no-session: GET /lakeside/drafts?patient'],
  'app-shows-any-patient': byPatient.map((call) => `another-user: ${call}`),
  'app-ignores-role': patientCalls.map((call) => `lower-role: ${call}`),
  'app-opens-for-patients': patientCalls.map((call) => `other-kind: ${call}`),
};

describe('calls of a route list with sessions that have no right', () => {
  it('all refused, of an app that serves two organizations', async () => {
    const { fact, shown, verdict, exchanges } = await tried({ peer: true });
    expect(shown).toEqual([]);
    expect(fact?.calls.map(({ call, before, after }) => [call, before, after])).toEqual(
      patientCalls.map((call) => [call, 'data', 'data']),
    );
    expect(fact?.sessions).toEqual([
      { way: 'another-user', ended: 'opened' },
      { way: 'lower-role', ended: 'refused' },
      { way: 'other-kind', ended: 'refused' },
      { way: 'other-organization', ended: 'opened' },
    ]);
    expect(fact?.leftOut).toEqual([{ call: 'GET /lakeside/end', why: 'sign-in' }]);
    expect(verdict?.outcome).toBe('pass');
    expect(exchanges.length).toBeLessThan(90);
    expect(new Set(exchanges.filter(({ peer }) => peer !== undefined).map(({ purpose }) => purpose))).toEqual(
      new Set(['authorize']),
    );
  });

  for (const [deviation, calls] of rows(Object.entries(lets), 1)) {
    it(deviation, async () => {
      const { shown, verdict } = await tried({ deviations: [deviation] });
      expect(shown).toEqual(calls);
      expect(verdict?.outcome).toBe('fail');
    });
  }

  it('without a session only, where nobody can sign in', async () => {
    const { fact, verdict, exchanges } = await tried({
      change: ({ organization }) => {
        const { sandbox } = organization['environments'] as { sandbox: { class: string } };
        sandbox.class = 'vendor-sandbox';
      },
    });
    expect(fact?.right).toBe('nobody-signs-in');
    expect(fact?.calls.map(({ tries }) => tries.map(({ way, shown }) => `${way} ${shown}`))).toEqual(
      patientCalls.map(() => ['no-session refused']),
    );
    expect(exchanges.filter(({ purpose }) => purpose === 'authorize')).toEqual([]);
    expect(verdict).toMatchObject({ outcome: 'not-measured', reason: 'no-credential' });
  });

  it.each([
    ['a list that is not there', 'no-ai-system', { routes: '/lakeside/nothing' }],
    ['a file that is not there', 'not-yet', { routes: { ref: 'file:no-such-list.yaml' } }],
  ] as const)('nothing, with %s: %s', async (_, reason, { routes }) => {
    const { fact, verdict, exchanges } = await tried({
      change: ({ organization }) => {
        const aiSystem = organization['aiSystem'] as { launchUrl: string; routes: unknown };
        aiSystem.routes = typeof routes === 'string' ? new URL(routes, aiSystem.launchUrl).href : routes;
      },
    });
    expect(fact).toMatchObject({ missing: reason });
    expect(exchanges.filter(({ purpose }) => purpose === 'ai-app')).toEqual([]);
    expect(verdict).toMatchObject({ outcome: 'not-measured', judgements: [{ reason }] });
  });

  const withoutList: TrialOptions['change'] = ({ organization }) => {
    delete (organization['aiSystem'] as { routes?: unknown }).routes;
  };

  it('those its pages lead to, without a list', async () => {
    const { fact, shown, verdict } = await tried({ change: withoutList });
    expect(fact).toMatchObject({ source: 'links', right: 'opened', leftOut: [] });
    expect(fact?.calls.map(({ call, before, after }) => [call, before, after])).toEqual([
      ['GET /lakeside/note', 'data', 'data'],
      ...['summary', 'draft', 'recording'].map((last) => [`GET /lakeside/patients/{…}/${last}`, 'data', 'data']),
      ['GET /lakeside/export?patient', 'data', 'data'],
      ['GET /lakeside/drafts?patient', 'data', 'data'],
    ]);
    expect(shown).toEqual([]);
    expect(verdict?.outcome).toBe('pass');
  });

  it('the side door among them, without a list', async () => {
    const { shown, verdict } = await tried({ change: withoutList, deviations: ['app-viewer-open'] });
    expect(shown).toEqual(['no-session: GET /lakeside/patients/{…}/recording']);
    expect(verdict?.outcome).toBe('fail');
  });

  it('nothing, without a list and where nobody can sign in', async () => {
    const { fact, exchanges } = await tried({
      change: (documents) => {
        withoutList(documents);
        const { sandbox } = documents.organization['environments'] as { sandbox: { class: string } };
        sandbox.class = 'vendor-sandbox';
      },
    });
    expect(fact).toMatchObject({ missing: 'no-ai-system' });
    expect(exchanges.filter(({ purpose }) => purpose === 'ai-app')).toEqual([]);
  });

  it('nothing, where wrong sessions are not agreed', async () => {
    const { verdict, exchanges } = await tried({
      change: ({ organization }) => void (organization['limits'] = { authNegativeTests: false }),
    });
    expect(exchanges).toEqual([]);
    expect(verdict).toMatchObject({ outcome: 'not-measured', judgements: [{ reason: 'prerequisite-failed' }] });
  });
});

import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../../src/model/fact.js';
import { rows } from '../../support/everything.js';
import { trial, type TrialOptions } from '../../support/trial.js';

type Fact = FactValue<'session-isolation'>;

async function tried(options: TrialOptions = {}) {
  const run = await trial({
    workflow: 'documentation',
    aiSystem: 'scribe',
    peer: true,
    checks: ['auth.session-isolation'],
    ...options,
  });
  return {
    ...run,
    fact: run.fact('session-isolation', 'peer:summit') as Fact,
    verdict: run.results.get('auth.session-isolation'),
  };
}

/** What was shown in each way, each once. */
const shownBy = ({ trials }: Fact): Readonly<Record<string, string>> => {
  const ways = [...new Set(trials.map(({ way }) => way))];
  return Object.fromEntries(
    ways.map((way) => [
      way,
      [...new Set(trials.filter((each) => each.way === way).map(({ shown }) => shown))].join(' '),
    ]),
  );
};

const apart = {
  'own-session-there': 'refused',
  'peer-session-here': 'refused',
  'peer-after-second-launch': 'asked',
  'own-after-second-launch': 'asked',
  'back-button': 'refused',
  'peer-after-back-button': 'asked',
  'own-after-back-button': 'asked',
  'own-after-sign-out': 'refused',
  'peer-after-sign-out': 'asked',
};

describe('one app opened at two organizations', () => {
  it('keeps them apart', async () => {
    const { fact, verdict, exchanges } = await tried();
    expect(shownBy(fact)).toEqual(apart);
    expect([fact.calls, fact.controlled]).toEqual([{ own: 4, peer: 4 }, true]);
    expect(fact.cookies).toMatchObject({ set: 2, httpOnly: 2, sameSite: { lax: 2 } });
    expect(verdict?.outcome).toBe('pass');
    expect(exchanges.length).toBeLessThan(90);
  });

  const wrong = [
    ['app-one-session-a-browser', 'own-after-second-launch', 'other refused', 'fail'],
    ['app-banner-of-last-launch', 'own-after-second-launch', 'both asked', 'fail'],
    ['app-honours-other-organization', 'own-session-there', 'other asked', 'fail'],
    ['app-second-ends-first', 'own-after-second-launch', 'refused', 'warn'],
  ] as const;
  it.each(rows(wrong, 1))('%s: %s shows %s', async (deviation, way, shown, outcome) => {
    const { fact, verdict } = await tried({ deviations: [deviation] });
    expect(shownBy(fact)[way]).toBe(shown);
    expect(verdict?.outcome).toBe(outcome);
  });

  it('by the page it opens with, where there is no list', async () => {
    const { fact, verdict } = await tried({
      deviations: ['app-banner-of-last-launch'],
      change: ({ organization }) => delete (organization['aiSystem'] as { routes?: unknown }).routes,
    });
    expect(fact.calls.own).toBe(1);
    expect(verdict?.outcome).toBe('fail');
  });

  it('not with one organization', async () => {
    const { verdict, exchanges } = await tried({ peer: false });
    expect(exchanges).toEqual([]);
    expect(verdict?.outcome).toBe('not-applicable');
  });

  it.each([
    ['limits.authNegativeTests is not agreed', 'prerequisite-failed', { limits: { authNegativeTests: false } }],
    ['the app has no address', 'no-ai-system', { aiSystem: undefined }],
  ] as const)('not where %s', async (_, reason, change) => {
    const { verdict, exchanges } = await tried({
      change: ({ organization }) => void Object.assign(organization, change),
    });
    expect(exchanges).toEqual([]);
    expect(verdict).toMatchObject({ outcome: 'not-measured', judgements: [{ reason }] });
  });
});

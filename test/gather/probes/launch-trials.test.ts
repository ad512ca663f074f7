import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../../src/model/fact.js';
import { bitsAtMost } from '../../../src/gather/observers/state-bits.js';
import { rows } from '../../support/everything.js';
import { trial, type TrialOptions } from '../../support/trial.js';

type Fact = FactValue<'launch-trials'>;

async function tried(options: TrialOptions = {}) {
  const run = await trial({
    workflow: 'documentation',
    aiSystem: 'scribe',
    checks: ['auth.app-redirect-safety'],
    ...options,
  });
  const fact = run.fact('launch-trials', 'run') as Fact;
  const accepted = [...fact.launches, ...(fact.callbacks ?? [])].flatMap(({ way, ended }) =>
    ended === 'accepted' ? [way] : [],
  );
  return { ...run, fact, accepted };
}

/** What each way to be wrong lets through, and nothing else. */
const lets: Readonly<Record<string, readonly string[]>> = {
  'app-opens-for-any-issuer': ['unknown-issuer'],
  // By the beginning of the host: the foreign listener of the test is on the same machine.
  'app-compares-issuer-loosely': ['unknown-issuer', 'look-alike-host', 'longer-address'],
  'app-needs-no-launch': ['missing-launch'],
  'app-state-unchecked': ['wrong-state', 'missing-state'],
  'app-state-of-any-browser': ['state-of-another-browser'],
  'app-state-used-twice': ['state-again'],
  'app-state-short': [],
  'app-goes-where-told': ['next-at-launch', 'next-at-callback'],
};

describe('launches and callbacks an app has to refuse', () => {
  it('all of them, of an app that serves two organizations', async () => {
    const { fact, accepted, outcome, exchanges } = await tried({ peer: true });
    expect(accepted).toEqual([]);
    expect(fact.launches.map(({ way }) => way)).toContain('other-organization');
    expect(fact.callbacks).toHaveLength(8);
    expect(fact.state.distinct).toBe(fact.state.seen);
    expect(outcome('auth.app-redirect-safety')).toBe('pass');
    expect(exchanges.length).toBeLessThan(70);
    expect(new Set(exchanges.map(({ purpose }) => purpose))).toEqual(new Set(['ai-app', 'authorize']));
  });

  for (const [deviation, ways] of rows(Object.entries(lets))) {
    it(deviation, async () => {
      const { accepted, outcome } = await tried({ deviations: [deviation] });
      expect(accepted).toEqual(ways);
      expect(['fail', 'warn']).toContain(outcome('auth.app-redirect-safety'));
    });
  }

  it('launches only, where wrong sign-ins are not agreed', async () => {
    const { fact, outcome } = await tried({
      change: ({ organization }) => void (organization['limits'] = { authNegativeTests: false }),
    });
    expect([fact.callbacks, fact.callbacksWhy]).toEqual([null, 'not-agreed']);
    expect(outcome('auth.app-redirect-safety')).toBe('not-measured');
  });

  it('nothing, where the app has no address', async () => {
    const { results, exchanges } = await trial({ workflow: 'documentation', checks: ['auth.app-redirect-safety'] });
    expect(exchanges).toEqual([]);
    expect(results.get('auth.app-redirect-safety')).toMatchObject({
      outcome: 'not-measured',
      judgements: [{ reason: 'no-ai-system' }],
    });
  });
});

describe('bits of a state', () => {
  it.each([
    [['0b7a0f6e-5d3a-4c1e-9d2b-6a8f1c2e3d4f'], 122],
    [['0011223344556677'], 53],
    [['00ff', '11ee', '22dd', '33cc', '44bb'], 16],
    [['app-00ff', 'app-11ee', 'app-22dd', 'app-33cc', 'app-44bb'], 16],
    // Two may have a character in common by chance.
    [['00ff', '01ee'], 16],
    [['1234567890'], 33],
    [['same', 'same', 'same', 'same', 'same'], 0],
    [[''], 0],
    [[], 0],
  ])('%j: at most %i', (values, bits) => {
    expect(bitsAtMost(values)).toBe(bits);
  });
});

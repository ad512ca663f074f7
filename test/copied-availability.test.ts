import { describe, expect, it } from 'vitest';
import type { Contract } from '../src/model/documents/contract.js';
import type { FactValue } from '../src/model/fact.js';
import { sawtoothOf } from '../src/model/sawtooth.js';
import { staffAtWork } from './support/staff-at-work.js';
import { trial, type TrialOptions } from './support/trial.js';

// A run watches for 26 hours while staff book and cancel; every second of the test is an hour or two of its window.
const hour = 3_600_000;

const observing = async (
  productSettings: NonNullable<TrialOptions['productSettings']>,
  {
    maxAge = 'PT30M',
    timesFaster = 7_200,
    ...options
  }: TrialOptions & { readonly maxAge?: string; readonly timesFaster?: number } = {},
) => {
  const { results, fact, exchanges, end } = await trial({
    aiSystem: 'integrated',
    proxy: false,
    checks: ['freshness.source-age'],
    writes: 'none',
    watching: { by: 'others', forMs: 26 * hour, timesFaster },
    others: (sandbox, folder) => staffAtWork(sandbox, folder, (300 * 3_600) / timesFaster),
    productSettings,
    change({ contract }) {
      const { resources } = contract as unknown as Contract;
      // What else the contract times would be waited for after the window.
      Object.assign(contract, { latency: [], overrides: [] });
      for (const entry of resources ?? []) {
        if (entry.id === 'slot' && entry.freshness) entry.freshness.maxAge = maxAge;
        else delete entry.freshness;
      }
    },
    ...options,
  });
  const judgements = (results.get('freshness.source-age')?.judgements ?? []).filter(
    ({ subject }) => subject === 'resource:slot',
  );
  return {
    messages: judgements.map(({ outcome, messageId }) => messageId ?? outcome),
    age: fact('source-age', 'resource:slot') as FactValue<'source-age'>,
    written: exchanges.filter(
      ({ method, path, purpose }) => purpose === 'fhir' && method !== 'GET' && !path.includes('_search'),
    ),
    end,
  };
};

describe('a window of 26 hours in which others change the slots', () => {
  it('shows the copy of a product that renews it every eight hours, and its period', async () => {
    const { messages, age, written, end } = await observing({ copiesEveryMs: 8_000 }, { timesFaster: 3_600 });
    expect(messages).toContain('sawtooth');
    const { drops, periodMs } = sawtoothOf(age.window?.ages ?? []);
    expect(drops.length).toBeGreaterThanOrEqual(2);
    expect(periodMs?.[0]).toBeLessThanOrEqual(8.5 * hour);
    expect(periodMs?.[1]).toBeGreaterThanOrEqual(7.5 * hour);
    expect(age.pairs?.source).toBe('observed');
    expect(written).toEqual([]);
    expect(end.writes).toBe(0);
  });

  it('shows that every other answer is old, and calls that no period', async () => {
    const { messages } = await observing({}, { deviations: ['availability-falls-back'] });
    expect(messages).toContain('answers-differ');
    expect(messages).not.toContain('sawtooth');
  });

  it('shows nothing against a product that reads at use', async () => {
    const { messages, age } = await observing({}, { maxAge: 'PT8H' });
    expect(messages).toEqual(['pass']);
    expect(age.window?.followed).toBeGreaterThanOrEqual(5);
    expect(age.window?.forMs).toBe(26 * hour);
  });
});

import { expect, it } from 'vitest';
import type { Contract } from '../src/model/documents/contract.js';
import type { FactValue } from '../src/model/fact.js';
import { trial } from './support/trial.js';

it('a product that shows each change and falls back behind it fails by nothing but that', async () => {
  const { results, fact, end, after, before } = await trial({
    aiSystem: 'integrated',
    deviations: ['availability-falls-back'],
    checks: ['freshness.source-age'],
    proxy: false,
    change({ contract }) {
      // Nothing is waited for but the slots.
      const { latency = [] } = contract as unknown as Contract;
      contract['latency'] = latency.filter(({ id }) => id === 'booking' || id === 'slot-search');
    },
  });
  const judged = results.get('freshness.source-age')?.judgements ?? [];
  expect(judged.flatMap((each) => (each.outcome === 'fail' ? [each.messageId] : []))).toEqual(['answers-differ']);
  const { pairs } = fact('source-age', 'resource:slot') as FactValue<'source-age'>;
  expect(pairs?.compared).toBeGreaterThanOrEqual(59);
  expect(pairs?.differing.map(({ offered }) => offered)).toContain(true);
  expect(end.residue).toEqual([]);
  expect(after).toBe(before);
});

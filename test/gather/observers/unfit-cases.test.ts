import { describe, expect, it } from 'vitest';
import type { PreparedCases } from '../../../src/gather/observers/hard-cases.js';
import { unfitCases } from '../../../src/gather/observers/unfit-cases.js';
import type { ProbeTools } from '../../../src/gather/probe.js';
import type { ContractAction } from '../../../src/model/documents/contract.js';
import type { FactValue } from '../../../src/model/fact.js';

const book: ContractAction = {
  id: 'book',
  kind: 'commit',
  resource: 'Appointment',
  states: { to: 'booked', forbidden: ['arrived', 'fulfilled'] },
};
interface Given {
  readonly inputs?: readonly string[];
  readonly failure?: object;
  readonly patients?: readonly string[];
}
const tools = ({
  inputs = ['id', 'from', 'to'],
  failure = { 'output-invalid': {} },
  patients = ['p1', 'p2'],
}: Given = {}) =>
  ({
    contract: { triggers: [{ id: 'call', kind: 'external', inputs }], failure },
    cases: { seriesPatients: () => patients.map((alias) => ({ alias })) },
  }) as unknown as ProbeTools;
const reaction = { status: 200, outcome: 'queued-for-human', tookMs: 3, written: 0, leaked: false } as const;

describe('wishes nothing good can be written for', () => {
  it('are a state the contract forbids, and a time that ends before it begins', async () => {
    const wishes = unfitCases(tools(), book) as PreparedCases<FactValue<'asked-in-doubt'>>;
    expect(wishes.cases.map(({ action, patients }) => [action, patients[0]?.alias])).toEqual([
      ['arrived', 'p2'],
      [undefined, 'p2'],
    ]);
    expect(wishes.cases[1]?.turned?.({ id: '1', from: '2026-12-01T09:00:00Z', to: '2026-12-01T09:30:00Z' })).toEqual({
      id: '1',
      from: '2026-12-01T09:30:00Z',
      to: '2026-12-01T09:00:00Z',
    });
    const { leaked: _, ...seen } = reaction;
    expect(await wishes.fact([reaction, reaction], { servedBefore: true, servedAfter: false })).toEqual({
      servedBefore: true,
      servedAfter: false,
      cases: [
        { doubt: 'off-policy', wish: 'arrived', patients: ['p2'], ...seen },
        { doubt: 'impossible', wish: null, patients: ['p2'], ...seen },
      ],
    });
  });

  it.each([
    ['the contract forbids nothing', tools(), { ...book, states: { to: 'booked' } }, ['impossible']],
    ['the event has no times', tools({ inputs: ['id', 'from'] }), book, ['off-policy']],
  ])('are fewer where %s', async (_name, given, action, doubts) => {
    const wishes = unfitCases(given, action) as PreparedCases<FactValue<'asked-in-doubt'>>;
    const { cases } = await wishes.fact([reaction], { servedBefore: true, servedAfter: true });
    expect(cases.map(({ doubt }) => doubt)).toEqual(doubts);
  });

  it.each([
    ['nobody has decided', tools({ failure: {} }), book, 'undecided'],
    ['nobody is left', tools({ patients: [] }), book, 'no-test-object'],
    ['there is neither', tools({ inputs: [] }), { ...book, states: {} }, 'no-ai-system'],
  ])('are none where %s', (_name, given, action, reason) => {
    expect(unfitCases(given, action)).toMatchObject({ missing: reason });
  });
});

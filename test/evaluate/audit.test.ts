import { expect, it } from 'vitest';
import { auditOf } from '../../src/evaluate/audit.js';
import type { ExchangeLine } from '../../src/model/evidence.js';
import type { RecordedFact } from '../../src/model/fact.js';

const match = (kinds: readonly (readonly [string, number, number])[], found: string[], missing: string[] = []) => ({
  expected: kinds.reduce((sum, [, expected]) => sum + expected, 0),
  found: kinds.reduce((sum, [, , seen]) => sum + seen, 0),
  kinds: kinds.map(([kind, expected, seen]) => ({ kind, expected, found: seen })),
  foundExamples: found,
  missingExamples: missing,
});
const fact = (kind: string, value: unknown): RecordedFact => ({
  kind,
  version: 1,
  subject: 'run',
  value,
  grade: 'measured',
  exchanges: [],
  environmentClass: 'simulator',
});
const exchangesById = new Map(
  Array.from({ length: 12 }, (_, index): [string, ExchangeLine] => {
    const id = `x${index + 1}`;
    const line = {
      id,
      method: 'GET',
      path: 'Task/{id}',
      context: 'ai',
      sentAt: `at ${id}`,
      requestId: `r${id}`,
      status: 200,
    };
    return [id, line as unknown as ExchangeLine];
  }),
);

it('says nothing where no log was read', () => {
  expect(auditOf({ facts: [fact('reads-in-log', { missing: 'not-yet' })], exchangesById })).toEqual({
    groups: [],
    lookUp: [],
  });
});

it('counts by kind, and hands out five exchanges: what is missing first, then some of each group', () => {
  const facts = [
    fact('reads-in-log', { missing: 'not-yet' }),
    fact('reads-in-log', match([['read Task', 4, 3]], ['x1', 'x2', 'x3'], ['x9'])),
    fact('writes-in-log', match([['update Task', 2, 2]], ['x5', 'x6'])),
    fact('refusals-in-log', match([['no right', 1, 1]], ['x8', 'unknown'])),
  ];
  const { groups, lookUp } = auditOf({ facts, exchangesById });
  expect(groups.map(({ group, found, expected }) => [group, found, expected])).toEqual([
    ['reads', 3, 4],
    ['writes', 2, 2],
    ['refusals', 1, 1],
  ]);
  expect(lookUp.map(({ exchange, found }) => [exchange, found])).toEqual([
    ['x9', false],
    ['x1', true],
    ['x5', true],
    ['x8', true],
    ['x2', true],
  ]);
  expect(lookUp[0]).toMatchObject({ at: 'at x9', requestId: 'rx9' });
});

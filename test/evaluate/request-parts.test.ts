import { expect, it } from 'vitest';
import { requestParts } from '../../src/evaluate/request-parts.js';
import { familyServed } from '../../src/model/check-family.js';
import type { AnyCheck } from '../../src/model/check.js';

const reader = (id: string, ...reads: string[]) => ({ id, reads }) as unknown as AnyCheck;
const checks = [
  reader('write.create', 'create-outcome'),
  reader('write.retry', 'retry-objects', 'create-outcome'),
  reader('audit.history', 'create-outcome', 'version-history'),
  { ...reader('scope.role', 'cell-reading'), optional: ['cell-change'] } as unknown as AnyCheck,
];

it('what is gathered for several families belongs to the one with most readers, then to the first by name', () => {
  expect(familyServed(['create-outcome'], checks)).toBe('write');
  expect(familyServed(['version-history', 'cell-reading'], checks)).toBe('audit');
  expect(familyServed(['cell-change'], checks)).toBe('scope');
  expect(familyServed(['unread'], checks)).toBeUndefined();
});

it('requests are summed over segments, what serves everything first and last', () => {
  const end = (...requestsByProbe: { probe: string; brings: string[]; requests: number }[]) => ({ requestsByProbe });
  const ends = [
    end(
      { probe: 'cleanup', brings: [], requests: 12 },
      { probe: 'created-object', brings: ['create-outcome'], requests: 5 },
      { probe: 'leftovers', brings: [], requests: 3 },
      { probe: 'sign-in', brings: [], requests: 9 },
      { probe: 'test-cases', brings: [], requests: 6 },
      { probe: 'cell-reading', brings: ['cell-reading'], requests: 14 },
      { probe: 'unread', brings: ['unread'], requests: 1 },
    ),
    end({ probe: 'repeated-create', brings: ['retry-objects'], requests: 10 }),
    {},
  ];
  expect(requestParts({ ends: ends as never, checks })).toEqual([
    { part: 'sign-in', requests: 9 },
    { part: 'other', requests: 1 },
    { part: 'scope', requests: 14 },
    { part: 'test data', requests: 6 },
    { part: 'write', requests: 15 },
    { part: 'cleanup', requests: 15 },
  ]);
});

import { expect, it } from 'vitest';
import writing from '../../../src/gather/folds/product-writing.js';
import { folded, type Asked } from './product-traffic-support.js';

const visit = 'Appointment/1';
const reads = (at: number): Asked => ({ at, path: visit, read: [visit] });
const changes = (at: number, more: Partial<Asked> = {}): Asked => ({
  at,
  method: 'PUT',
  path: visit,
  write: { ifMatch: '1' },
  ...more,
});
const row = {
  resourceType: 'Appointment',
  creates: 0,
  conditional: 0,
  identified: 0,
  changes: 0,
  guarded: 0,
  unread: 0,
  readLongBefore: 0,
  longestMs: 0,
  refusals: [],
};
const refusal = {
  status: 412,
  injected: false,
  refused: 1,
  readAgain: 0,
  sentAgain: 0,
  taken: 0,
  takenByVersion: 0,
  left: 0,
};

it('says nothing of a product nobody saw, and nothing of writes of one that only read', () => {
  expect(folded(writing)).toMatchObject({ missing: 'no-ai-system' });
  expect(folded(writing, reads(0))).toEqual([]);
});

it('counts what guards a create and a change', () => {
  const create = (at: number, more: Asked['write']): Asked => ({
    at,
    method: 'POST',
    path: 'Appointment',
    write: more ?? {},
  });
  expect(
    folded(
      writing,
      create(0, {}),
      create(20, { key: 'identifier' }),
      create(40, { key: 'if-none-exist', reference: visit }),
      changes(60),
      changes(80, { write: {} }),
      changes(100, { path: 'Appointment/2', method: 'PATCH', write: {} }),
      { at: 120, method: 'DELETE', path: 'Subscription/7', write: {} },
    ),
  ).toEqual([
    { ...row, creates: 3, identified: 1, conditional: 1, changes: 3, guarded: 1, unread: 1, longestMs: 10 },
    { ...row, resourceType: 'Subscription', changes: 1, unread: 1 },
  ]);
});

it('knows how old a reading is when the change comes', () => {
  expect(folded(writing, reads(0), changes(5_010), reads(6_000), changes(186_010))).toEqual([
    { ...row, changes: 2, guarded: 2, readLongBefore: 1, longestMs: 180_000 },
  ]);
});

it.each<[string, Asked[], object]>([
  ['reads again', [reads(20), changes(40)], { readAgain: 1 }],
  ['finds it again by a search', [{ at: 20, path: 'Appointment', read: ['Appointment/9', visit] }], { readAgain: 1 }],
  ['writes over it', [changes(20, { write: {} })], { sentAgain: 1, taken: 1 }],
  [
    'names a version it was not seen to read',
    [changes(20, { write: { ifMatch: '2' } })],
    { sentAgain: 1, takenByVersion: 1 },
  ],
  ['leaves it', [{ at: 20, path: 'Slot', read: ['Slot/1'] }], { left: 1 }],
])('sees that after a refusal it %s', (_, after, expected) => {
  const [seen] = folded(writing, reads(0), changes(10, { status: 412 }), ...after) as { refusals: object[] }[];
  expect(seen?.refusals).toEqual([{ ...refusal, ...expected }]);
});

it('takes a second refusal for another one, and a state that came along for a reading', () => {
  const [seen] = folded(
    writing,
    changes(0, { status: 412 }),
    changes(20, { status: 412 }),
    changes(40, { status: 412, read: [visit] }),
    changes(60, { status: 409 }),
    changes(80, { status: 412, fault: '412' }),
  ) as { refusals: object[] }[];
  expect(seen?.refusals).toEqual([
    { ...refusal, refused: 3, sentAgain: 2, readAgain: 1 },
    { ...refusal, status: 409, sentAgain: 1 },
    { ...refusal, injected: true, left: 1 },
  ]);
});

it('takes nothing that met a fault for a reading, and nothing without an answer for known', () => {
  expect(
    folded(
      writing,
      { ...reads(0), fault: 'truncated' },
      changes(20, { status: 0, write: { taken: true } }),
      changes(40),
    ),
  ).toEqual([{ ...row, changes: 2, guarded: 1, unread: 2 }]);
});

import { expect, it } from 'vitest';
import faults from '../../../src/gather/folds/product-faults.js';
import { folded, type Asked } from './product-traffic-support.js';

const book = (at: number, id: string, more: Partial<Asked> = {}): Asked => ({
  at,
  method: 'POST',
  path: 'Appointment',
  body: '{"resourceType":"Appointment"}',
  status: 201,
  write: { reference: `Appointment/${id}` },
  ...more,
});
const lost = (at: number, id: string): Asked =>
  book(at, id, { status: 0, fault: 'drop-answer', write: { reference: `Appointment/${id}`, taken: true } });
const looks = (at: number): Asked => ({ at, path: 'Appointment', read: [] });
const row = {
  fault: 'drop-answer',
  interaction: 'write',
  resourceType: 'Appointment',
  met: 1,
  stored: 1,
  done: 0,
  lookedFirst: 0,
  found: 0,
  left: 0,
  storedTwice: 0,
};

it.each<[string, Asked[], object]>([
  ['is left', [lost(0, '1')], { left: 1 }],
  ['is stored twice', [lost(0, '1'), book(20, '2')], { done: 1, storedTwice: 1 }],
  ['is the same object', [lost(0, '1'), book(20, '1')], { done: 1 }],
  ['is looked for, and not seen', [lost(0, '1'), looks(20)], { lookedFirst: 1, left: 1 }],
  [
    'is found, and another one is wanted later',
    [lost(0, '1'), { ...looks(20), read: ['Appointment/1'] }, book(40, '2')],
    { lookedFirst: 1, found: 1 },
  ],
  ['is another wish', [lost(0, '1'), book(20, '2', { body: '{}' })], { left: 1 }],
  [
    'is stored twice, and one is deleted',
    [lost(0, '1'), book(20, '2'), { at: 40, method: 'DELETE', path: 'Appointment/2', status: 204, write: {} }],
    { done: 1 },
  ],
  [
    'is stored twice under one identifier',
    [
      book(0, '1', { ...lost(0, '1'), write: { ...lost(0, '1').write, identifiers: 's|1' } }),
      book(20, '2', { body: '{"another":"time"}', write: { reference: 'Appointment/2', identifiers: 's|1' } }),
    ],
    { done: 1, storedTwice: 1 },
  ],
  [
    'is another thing by its identifier',
    [
      book(0, '1', { ...lost(0, '1'), write: { ...lost(0, '1').write, identifiers: 's|1' } }),
      book(20, '2', { write: { reference: 'Appointment/2', identifiers: 's|2' } }),
    ],
    { left: 1 },
  ],
  ['is lost twice', [lost(0, '1'), lost(20, '2'), book(40, '3')], { met: 2, stored: 2, done: 2, storedTwice: 2 }],
])('a create whose answer is lost %s', (_, all, expected) => {
  expect(folded(faults, ...all)).toEqual([{ ...row, ...expected }]);
});

it('tells faults apart, and those of the line from those of the proxy', () => {
  const read = (at: number, more: Partial<Asked> = {}): Asked => ({ at, path: 'Slot/1', ...more });
  expect(
    folded(
      faults,
      read(0, { status: 503, fault: '503' }),
      read(20, { status: 503 }),
      read(40),
      read(60, { status: 0 }),
      book(80, '1', { status: 500, fault: '500', write: { taken: false } }),
    ),
  ).toEqual([
    { ...row, fault: '503', interaction: 'read', resourceType: 'Slot', stored: 0, done: 1 },
    { ...row, fault: 'no-answer', interaction: 'read', resourceType: 'Slot', stored: 0, left: 1 },
    { ...row, fault: '500', stored: 0, left: 1 },
  ]);
  expect(folded(faults)).toMatchObject({ missing: 'no-ai-system' });
});

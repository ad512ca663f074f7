import { expect, it } from 'vitest';
import type { MadeAccess, OwnRecord } from '../../src/model/audit-access.js';
import { recordQuality, type RecordElement } from '../../src/model/audit-record.js';

const startMs = Date.UTC(2026, 10, 20, 8);
const made = (number: number, more: Partial<MadeAccess> = {}): MadeAccess => ({
  exchange: `x${number}`,
  requestIds: [`r${number}`],
  fromMs: startMs + number * 1_000,
  toMs: startMs + number * 1_000 + 50,
  kind: 'read',
  of: 'Patient',
  status: 200,
  binding: 'bot',
  patients: ['pa1'],
  ...more,
});
const record = (
  access: MadeAccess,
  has: readonly RecordElement[],
  more: Partial<OwnRecord['content']> = {},
): OwnRecord => ({
  atMs: access.fromMs,
  bindings: ['bot'],
  patients: [...access.patients],
  kind: access.kind,
  requestIds: [...access.requestIds],
  content: { has: new Set(has), wholeToken: false, clinicalValues: false, ...more },
});
const elementOf = (quality: ReturnType<typeof recordQuality>, name: RecordElement) =>
  quality.elements.find(({ element }) => element === name);

it('counts what each access has to leave, and what it left', () => {
  const accesses = [
    made(1),
    made(2, { kind: 'search', of: 'Slot', patients: [] }),
    made(3, { kind: 'update', version: '2' }),
  ];
  const records = accesses.map((access) => record(access, ['agent', 'patient', 'object', 'time']));
  const quality = recordQuality(accesses, records, new Set(), 'file');
  expect(quality).toMatchObject({
    source: 'file',
    records: 3,
    kindsWithoutAgent: [],
    kindsWithoutPatient: [],
    examples: [],
  });
  expect(elementOf(quality, 'patient')).toMatchObject({ due: 2, present: 2 });
  expect(elementOf(quality, 'object')).toMatchObject({ due: 2, present: 2 });
  expect(elementOf(quality, 'version')).toMatchObject({ due: 1, present: 0 });
  expect(elementOf(quality, 'user')).toMatchObject({ due: 0, present: 0 });
});

it('names the kinds no record of which has a patient, and exchanges to look at', () => {
  const accesses = [made(1), made(2), made(3, { of: 'Task' }), made(4, { of: 'Task' })];
  const records = accesses.map((access, index) => record(access, index === 0 ? ['agent', 'patient'] : ['agent']));
  const quality = recordQuality(accesses, records, new Set(), 'fhir-auditevent');
  expect(quality.kindsWithoutPatient).toEqual(['read Task']);
  expect(quality.examples).toEqual(['x2', 'x3', 'x4']);
});

it('asks for a person only where one signs in, and for no patient of a refusal', () => {
  const accesses = [made(1, { binding: 'app' }), made(2, { status: 403 })];
  const records = accesses.map((access) => record(access, ['agent'], { wholeToken: true }));
  const quality = recordQuality(accesses, records, new Set(['app']), 'file');
  expect(elementOf(quality, 'user')).toMatchObject({ due: 1, present: 0 });
  expect(elementOf(quality, 'patient')).toMatchObject({ due: 1, present: 0 });
  expect(quality.wholeTokens).toBe(2);
});

import integrationDepth from '../../../checks/value/integration-depth.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import { testCheck, type FullCase } from '../../support/test-check.js';
import { runCase } from '../contract/run-case.js';

const book = { id: 'book', kind: 'commit', via: 'fhir-r4' } as const;
const note = { id: 'note', kind: 'draft', via: 'fhir-r4', review: { required: true } } as const;
const offer = { id: 'offer', kind: 'suggest', via: 'screen' } as const;
const value = (assumedDepth?: string): NonNullable<Contract['value']> => ({
  steps: [
    { name: 'take request', where: 'product', manualMinutes: 4, deepMinutes: 0 },
    { name: 'enter booking', where: 'ehr', manualMinutes: 2, deepMinutes: 0 },
    { name: 'file the letter', where: 'paper', manualMinutes: 1, deepMinutes: 1 },
  ],
  ...(assumedDepth === undefined ? {} : { assumedDepth }),
});
const of = (contract: Partial<Contract>, results: NonNullable<FullCase['results']> = {}): FullCase => ({
  ...runCase({}, contract),
  results,
});
const works = {
  'write.create': { 'action:book': 'pass', 'action:note': 'warn' },
  'read.required-fields': 'pass',
} as const;

testCheck(integrationDepth, {
  pass: {
    'it writes back': of({ value: value('write-back'), actions: [book, offer] }, works),
    'drafts reach the chart': of({ value: value('draft-in-chart'), actions: [note] }, works),
    'it shows, and the case says so': of({ value: value('display'), actions: [offer] }),
    'staff see it': of(
      { value: value('write-back'), actions: [book] },
      { ...works, 'write.visible-to-staff': { 'action:book': 'pass' } },
    ),
    'a check that is not about the action says nothing': of(
      { value: value('write-back'), actions: [book] },
      { ...works, 'write.draft-state': { 'action:book': 'not-applicable', 'action:other': 'fail' } },
    ),
  },
  warn: {
    'a draft where a booking was assumed': of({ value: value('write-back'), actions: [note] }, works),
    'staff look elsewhere': of(
      { value: value('write-back'), actions: [book] },
      { ...works, 'write.visible-to-staff': { 'action:book': 'fail' } },
    ),
  },
  fail: {
    'the write-back failed': of(
      { value: value('write-back'), actions: [book] },
      { ...works, 'write.update-patch': { 'action:book': 'fail' } },
    ),
    'one of two failed, the other was not measured': of(
      { value: value('write-back'), actions: [book, note] },
      { 'write.create': { 'action:book': 'fail', 'action:note': 'not-measured' } },
    ),
    'nothing is written at all': of({ value: value('write-back'), actions: [offer] }, works),
  },
  notMeasured: {
    'no business case': of({ actions: [book] }, works),
    'a case without steps': of({ value: { assumedDepth: 'write-back' } }, works),
    'no depth is assumed': of({ value: value(), actions: [book] }, works),
    'another word': of({ value: value('deep'), actions: [book] }, works),
    'the write-back was not measured': of(
      { value: value('write-back'), actions: [book] },
      { 'write.create': { 'action:book': 'not-measured' } },
    ),
    'nothing is known of the action': of({ value: value('write-back'), actions: [book] }),
    'nobody knows whether staff see it': of(
      { value: value('write-back'), actions: [book] },
      { ...works, 'write.visible-to-staff': { 'action:book': 'not-measured' } },
    ),
  },
});

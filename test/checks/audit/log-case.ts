import type { FactValue } from '../../../src/model/fact.js';

type Log = FactValue<'reads-in-log'>;

/** A log in which everything was found by request id, with what a case changes. */
export const inLog = (expected: number, more: Partial<Log> = {}): Log => ({
  source: 'fhir-auditevent',
  granularity: 'exchange',
  sent: expected,
  expected,
  found: expected,
  byRequestId: expected,
  ambiguous: 0,
  leftOver: 0,
  oncePerMinute: false,
  withoutVersion: 0,
  withoutFailure: 0,
  kinds: [{ kind: 'read Patient', expected, found: more.found ?? expected }],
  foundExamples: ['x1'],
  missingExamples: [],
  ...more,
});

import { describe, expect, test } from 'vitest';
import type { Resource } from 'fhir/r4.js';
import { covers, grants, parseScope, type Scope } from '../../src/sandbox/scopes.js';

const scope = (text: string): Scope => {
  const parsed = parseScope(text);
  if (!parsed) throw new Error(`${text} does not parse`);
  return parsed;
};

describe('reading a scope', () => {
  test.each([
    ['system/Patient.rs', 'Patient', 'rs'],
    ['system/Patient.read', 'Patient', 'rs'],
    ['system/Task.write', 'Task', 'cud'],
    ['system/*.*', '*', 'cruds'],
    ['system/Appointment.crus', 'Appointment', 'crus'],
  ])('%s', (text, resourceType, letters) => {
    expect(scope(text).resourceType).toBe(resourceType);
    expect([...scope(text).interactions].join('')).toBe(letters);
  });

  test.each(['system', 'user', 'patient'])('level %s', (level) => {
    expect(scope(`${level}/Patient.rs`).level).toBe(level);
    expect(covers([scope('system/Patient.rs')], scope(`${level}/Patient.r`))).toBe(level === 'system');
  });

  test.each([
    'system/Patient.',
    'system/Patient.sr',
    'system/Patient.rr',
    'system/patient.rs',
    'anybody/Patient.rs',
    'system/Patient.rs?code=x',
    'system/Patient.rs?category=a&category=b',
    'openid',
    '',
  ])('%j is no scope on resources', (text) => {
    expect(parseScope(text)).toBeUndefined();
  });
});

test.each([
  ['system/Patient.rs', 'system/Patient.r', true],
  ['system/Patient.rs', 'system/Patient.read', true],
  ['system/Patient.read', 'system/Patient.rs', true],
  ['system/Patient.rs', 'system/Patient.crus', false],
  ['system/Patient.rs', 'system/*.rs', false],
  ['system/*.rs', 'system/Patient.rs', true],
  ['system/Observation.rs', 'system/Observation.rs?category=http://x|vital', true],
  ['system/Observation.rs?category=http://x|vital', 'system/Observation.rs', false],
  ['system/Observation.rs?category=http://x|vital', 'system/Observation.r?category=http://x|vital', true],
])('a registration of %s covers a request for %s: %s', (registered, requested, covered) => {
  expect(covers([scope(registered)], scope(requested))).toBe(covered);
});

test('a category limits what is seen, not what may be asked', () => {
  const scopes = [scope('system/Observation.rs?category=http://x|vital')];
  const of = (code: string) =>
    ({ resourceType: 'Observation', category: [{ coding: [{ system: 'http://x', code }] }] }) as unknown as Resource;
  expect(grants(scopes, 's', 'Observation')).toBe(true);
  expect(grants(scopes, 'r', 'Observation', of('vital'))).toBe(true);
  expect(grants(scopes, 'r', 'Observation', of('laboratory'))).toBe(false);
  expect(grants(scopes, 'c', 'Observation', of('vital'))).toBe(false);
});

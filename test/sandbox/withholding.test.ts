import type { Consent, DocumentReference, Resource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { highWaterMark, withheldFrom } from '../../src/sandbox/withholding.js';

const base = 'https://ehr.example/fhir';
const system = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const note = (patient: string, ...codes: string[]): DocumentReference => ({
  resourceType: 'DocumentReference',
  meta: { security: codes.map((code) => ({ system, code })) },
  status: 'current',
  subject: { reference: `Patient/${patient}` },
  content: [],
});
const consent = (more: Partial<Consent> = {}): Consent => ({
  resourceType: 'Consent',
  status: 'active',
  scope: { text: 'privacy' },
  category: [{ text: 'privacy' }],
  patient: { reference: 'Patient/1' },
  provision: {
    type: 'permit',
    provision: [{ type: 'deny', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'DocumentReference' }] }],
  },
  ...more,
});
const withheld = (resource: Resource, role: 'assistant' | 'physician' = 'assistant', given: Consent = consent()) =>
  withheldFrom(role, resource, base, () => [given]);

describe('what is kept from programs', () => {
  it('is what carries a high label, whoever it is about', () => {
    expect([withheld(note('2', 'R')), withheld(note('2', 'V')), withheld(note('2', 'N'))]).toEqual([
      'label',
      'label',
      undefined,
    ]);
  });

  it('is what an active consent of that patient denies, and no other type', () => {
    expect(withheld(note('1'))).toBe('consent');
    expect(withheld(note('2'))).toBeUndefined();
    expect(withheld(note('1'), 'assistant', consent({ status: 'inactive' }))).toBeUndefined();
    expect(withheld({ resourceType: 'Patient', id: '1' })).toBeUndefined();
  });

  it('is not kept from people', () => {
    expect([withheld(note('1', 'R'), 'physician'), withheld(note('1'), 'physician')]).toEqual([undefined, undefined]);
  });
});

it('a bundle is as confidential as the most confidential of its resources', () => {
  const codes = (...resources: Resource[]) => highWaterMark(resources).map(({ code }) => code);
  expect([codes(note('1', 'N'), note('1', 'R'), note('1', 'L')), codes(note('1')), codes()]).toEqual([['R'], [], []]);
});

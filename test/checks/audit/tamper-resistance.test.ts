import tamperResistance from '../../../checks/audit/tamper-resistance.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Tampering = FactValue<'audit-tampering'>;
const withSource = (kind: 'fhir-auditevent' | 'file', value: Tampering): FullCase => ({
  facts: { 'audit-tampering': value },
  subject: { item: { contract: {}, organization: { audit: { sources: [{ kind }] } }, environmentId: 'simulator' } },
});
const tried = (put: number, patch: number, remove: number | undefined, more: Partial<Tampering> = {}): Tampering => ({
  attempts: [
    { method: 'PUT', status: put },
    { method: 'PATCH', status: patch },
    ...(remove === undefined ? [] : [{ method: 'DELETE' as const, status: remove }]),
  ],
  before: 200,
  after: 200,
  unchanged: true,
  controls: true,
  ...more,
});
const seen = (...attempts: Parameters<typeof tried>): FullCase => withSource('fhir-auditevent', tried(...attempts));

testCheck(tamperResistance, {
  pass: {
    'no right to any of it': seen(403, 403, 403),
    'a server that does not know PATCH': seen(405, 415, 405),
  },
  fail: {
    'an update is accepted': seen(200, 403, undefined),
    'a delete is accepted': seen(403, 403, 204, { after: 410, unchanged: false }),
    'refused, and gone all the same': seen(403, 403, 403, { after: 404, unchanged: false }),
  },
  notMeasured: {
    'the client can read nothing': seen(403, 403, 403, { controls: false }),
    'the record cannot be read afterwards': seen(403, 403, 403, { after: 403, unchanged: false }),
    'updates are not understood': seen(400, 415, 405),
  },
  notApplicable: { 'a file has no record to reach': withSource('file', tried(403, 403, 403)) },
});

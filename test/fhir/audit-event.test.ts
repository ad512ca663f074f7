import type { AuditEvent, Resource } from 'fhir/r4.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAuditEvent } from '../../src/fhir/audit-event.js';

const event = (more: Partial<AuditEvent> = {}): AuditEvent => ({
  resourceType: 'AuditEvent',
  id: 'a1',
  type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
  subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'update' }],
  action: 'U',
  recorded: '2026-11-20T08:00:00.000Z',
  outcome: '0',
  agent: [{ who: { identifier: { value: 'client-1' } }, requestor: true }],
  source: { observer: { display: 'EHR' } },
  entity: [
    { what: { reference: 'https://ehr.example/fhir/Task/t1/_history/3' }, role: { code: '4' } },
    { what: { reference: 'Patient/p1' }, role: { code: '1' } },
    { what: { identifier: { value: 'r1' } }, type: { code: 'XrequestId' } },
  ],
  ...more,
});

describe('reading an AuditEvent', () => {
  it('finds client, patient, object, version, request id and outcome', () => {
    expect(readAuditEvent(event())).toEqual({
      id: 'a1',
      atMs: Date.UTC(2026, 10, 20, 8),
      clients: ['client-1'],
      patients: ['p1'],
      kind: 'update',
      of: 'Task',
      object: 'Task/t1',
      version: '3',
      requestIds: ['r1'],
      failed: false,
    });
  });

  it.each([
    ['vread', 'read'],
    ['history-instance', 'read'],
    ['search-type', 'search'],
    ['patch', 'update'],
    ['110122', 'sign-in'],
  ])('takes the subtype %s as %s', (code, kind) => {
    expect(readAuditEvent(event({ subtype: [{ code }] }))?.kind).toBe(kind);
  });

  it('falls back on the action, and on the query for a search', () => {
    const plain = event({ action: 'D', subtype: [] });
    expect(readAuditEvent(plain)?.kind).toBe('delete');
    expect(readAuditEvent(event({ subtype: [{ code: '__proto__' }], action: 'R' }))?.kind).toBe('read');
    const query = Buffer.from('GET https://ehr.example/fhir/Slot?start=ge2026').toString('base64');
    const searched = readAuditEvent(event({ subtype: [], action: 'E', entity: [{ query, role: { code: '24' } }] }));
    expect(searched).toMatchObject({ kind: 'search', of: 'Slot' });
  });

  it('says nothing of what the record leaves out', () => {
    const { outcome: _outcome, entity: _entity, ...bare } = event();
    const read = readAuditEvent(bare);
    expect(read).toMatchObject({ patients: [], requestIds: [] });
    expect(read).not.toHaveProperty('failed');
    expect(read).not.toHaveProperty('object');
  });

  it('passes over other resources and records without a time', () => {
    expect(readAuditEvent({ resourceType: 'Patient' })).toBeUndefined();
    expect(readAuditEvent(event({ recorded: 'yesterday' }))).toBeUndefined();
    expect(readAuditEvent(undefined)).toBeUndefined();
  });

  it('does not throw whatever stands where', () => {
    const keys = ['type', 'subtype', 'action', 'recorded', 'outcome', 'agent', 'entity'];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), fc.jsonValue(), (key, value, inner) => {
        const odd = { ...event(), [key]: value } as unknown as Resource;
        const nested = {
          ...event(),
          [key]: [inner, { what: inner, type: inner, who: inner, detail: inner, query: inner }],
        };
        for (const each of [odd, nested as unknown as Resource]) readAuditEvent(each);
        expect(readAuditEvent(event())).toBeDefined();
      }),
    );
  });
});

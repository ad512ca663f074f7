import type { AuditEvent } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { readAuditEvent } from '../../src/fhir/audit-event.js';
import { readAuditContent } from '../../src/fhir/audit-record-content.js';

const bare: AuditEvent = {
  resourceType: 'AuditEvent',
  type: { code: 'rest' },
  recorded: '2026-11-20T08:00:00.000Z',
  agent: [],
  source: {} as AuditEvent['source'],
};
const none = { tokens: [], values: [] };
const read = (more: Partial<AuditEvent>, secrets: Parameters<typeof readAuditContent>[2] = none) => {
  const event = { ...bare, ...more };
  const { has, ...found } = readAuditContent(event, readAuditEvent(event)!, secrets);
  return { has: [...has].sort(), ...found };
};

describe('what an AuditEvent says', () => {
  it('is nothing but the time where nothing else is filled', () => {
    expect(read({})).toEqual({ has: ['time'], wholeToken: false, clinicalValues: false });
  });

  it.each([
    [{ subtype: [{ code: 'read' }] }, ['action']],
    [{ outcome: '0' as const }, ['outcome']],
    [{ source: { observer: { display: 'EHR' } } }, ['source']],
    [{ purposeOfEvent: [{ text: 'treatment' }] }, ['purpose']],
    [{ agent: [{ requestor: true, altId: 'bot', network: { address: '10.0.0.1' } }] }, ['agent', 'network']],
    [{ agent: [{ requestor: true, who: { reference: 'Practitioner/p1' } }] }, ['agent', 'user']],
    [{ agent: [{ requestor: true, name: 'Ann', type: { coding: [{ code: 'humanuser' }] } }] }, ['agent', 'user']],
    [{ entity: [{ what: { reference: 'Patient/p1' }, role: { code: '1' } }] }, ['patient']],
    [{ entity: [{ what: { reference: 'Task/t1/_history/2' } }] }, ['object', 'version']],
    [{ entity: [{ what: { identifier: { value: 'r1' } }, type: { code: 'XrequestId' } }] }, ['requestId']],
  ])('%j', (more, says) => {
    expect(read(more).has).toEqual(expect.arrayContaining(says));
    expect(read(more).has).toHaveLength(says.length + 1);
  });

  it('does not take the server for who asked', () => {
    const server = { requestor: false, who: { display: 'EHR' }, type: { coding: [{ code: '110152' }] } };
    expect(read({ agent: [server] }).has).toEqual(['time']);
  });
});

describe('what a log should not hold', () => {
  const detail = (valueString: string): Partial<AuditEvent> => ({
    entity: [{ detail: [{ type: 'note', valueString }] }],
  });

  it('is a token, by its form or because the run used it', () => {
    const jwt = ['eyJhbGciOiJub25l', 'eyJzdWIiOiJ4', 'c2lnbmF0dXJl'].join('.');
    expect(read(detail(jwt)).wholeToken).toBe(true);
    expect(read({ outcomeDesc: `Bearer ${'a1'.repeat(12)}` }).wholeToken).toBe(true);
    expect(
      read(detail('token opaque-token-of-the-run'), { tokens: ['opaque-token-of-the-run'], values: [] }).wholeToken,
    ).toBe(true);
    expect(read(detail('Bearer …a1b2')).wholeToken).toBe(false);
  });

  it('is a copy of the record, what was written, or a value of the patient', () => {
    const birthDate = { tokens: [], values: ['1985-03-12'] };
    expect(read({ contained: [{ resourceType: 'Observation', id: 'o' }] }).clinicalValues).toBe(true);
    expect(read({ contained: [{ resourceType: 'Device', id: 'd' }] }).clinicalValues).toBe(false);
    expect(read(detail('INTEGRATION TEST - control')).clinicalValues).toBe(true);
    expect(read(detail('born 1985-03-12'), birthDate).clinicalValues).toBe(true);
  });

  it('is not the search itself', () => {
    const query = Buffer.from('Patient?birthdate=1985-03-12').toString('base64');
    const searched = { entity: [{ query, description: 'GET Patient?birthdate=1985-03-12' }] };
    expect(read(searched, { tokens: [], values: ['1985-03-12'] }).clinicalValues).toBe(false);
  });
});

import type { Resource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { AccessRecorder } from '../../src/gather/access-record.js';
import type { OutgoingRequest } from '../../src/gather/request.js';
import { runDigest } from '../../src/model/audit-access.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';

const organization: OrganizationProfile = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id: 'lakeside' },
  testData: {
    patients: [
      { alias: 'pa1', id: '4711', synthetic: true, canary: 'ZZPAALPHA' },
      { alias: 'pa2', id: '4712', synthetic: true, canary: 'ZZPABRAVO' },
    ],
  },
};
const recorder = (): AccessRecorder => new AccessRecorder('run', organization);
const answered = (status: number, resource?: object, headers: Record<string, string> = {}) => ({
  status,
  resource: resource as Resource | undefined,
  headers,
});
const get = (path: string): OutgoingRequest => ({ method: 'GET', path });
const task = { resourceType: 'Task', id: 't1', for: { reference: 'Patient/4711' }, meta: { versionId: '2' } };

describe('what an audit log has to hold of an exchange', () => {
  it('names patients by alias: from the address, the parameters, the body and the rows', () => {
    expect(recorder().of(get('Patient/4711'), answered(200), 'bot')).toEqual([
      { kind: 'read', of: 'Patient', status: 200, patients: ['pa1'], binding: 'bot' },
    ]);
    const search: OutgoingRequest = { method: 'POST', path: 'Task/_search', form: [['patient', 'Patient/4712']] };
    const rows = { resourceType: 'Bundle', type: 'searchset', entry: [{ resource: task }, { resource: null }, null] };
    expect(recorder().of(search, answered(200, rows), 'bot')).toMatchObject([
      { kind: 'search', of: 'Task', patients: ['pa1', 'pa2'] },
    ]);
    const create: OutgoingRequest = { method: 'POST', path: 'Task', body: JSON.stringify(task) };
    expect(recorder().of(create, answered(201, undefined, { etag: 'W/"1"' }), 'bot')).toMatchObject([
      { kind: 'create', patients: ['pa1'], version: '1' },
    ]);
  });

  it('holds no id of anybody', () => {
    const stranger = { ...task, for: { reference: 'Patient/STRANGER' } };
    const text = JSON.stringify(recorder().of(get('Task/t1'), answered(200, stranger), 'bot'));
    for (const id of ['STRANGER', 't1', '4711']) expect(text).not.toContain(id);
  });

  it('names what was written by digest and version, and remembers whose it is', () => {
    const same = recorder();
    same.of(get('Task/t1'), answered(200, task), 'bot');
    expect(same.of({ method: 'DELETE', path: 'Task/t1' }, answered(204), 'bot')).toEqual([
      {
        kind: 'delete',
        of: 'Task',
        status: 204,
        patients: ['pa1'],
        binding: 'bot',
        object: runDigest('run', 'Task/t1'),
      },
    ]);
    expect(same.of({ method: 'PATCH', path: 'Task/t1', body: '[]' }, answered(200, task), 'bot')).toMatchObject([
      { kind: 'update', version: '2', patients: ['pa1'] },
    ]);
  });

  it('counts each entry of a batch, by the answer in its place', () => {
    const body = JSON.stringify({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          request: { method: 'POST', url: 'Task' },
          resource: { resourceType: 'Task', for: { reference: 'Patient/4711' } },
        },
        { request: { method: 'GET', url: 'Patient?_id=4712' } },
      ],
    });
    const response = {
      resourceType: 'Bundle',
      type: 'transaction-response',
      entry: [
        { response: { status: '201 Created', location: 'Task/t9/_history/1', etag: 'W/"1"' } },
        { response: { status: '403' } },
      ],
    };
    expect(recorder().of({ method: 'POST', path: '', body }, answered(200, response), 'bot')).toEqual([
      {
        kind: 'create',
        of: 'Task',
        status: 201,
        patients: ['pa1'],
        binding: 'bot',
        object: runDigest('run', 'Task/t9'),
        version: '1',
      },
      { kind: 'search', of: 'Patient', status: 403, patients: ['pa2'], binding: 'bot' },
    ]);
  });

  it('knows sign-ins, and leaves discovery, other organizations and the log itself out', () => {
    const token: OutgoingRequest = { method: 'POST', path: '', purpose: 'token' };
    expect(recorder().of(token, answered(400), 'spare')).toEqual([
      { kind: 'sign-in', status: 400, patients: [], binding: 'spare' },
    ]);
    for (const request of [
      get('metadata'),
      get('.well-known/smart-configuration'),
      get('AuditEvent/a1'),
      { ...get('Patient/4711'), peer: 'harbor' },
    ]) {
      expect(recorder().of(request, answered(200), undefined)).toBeUndefined();
    }
  });

  it('takes answers that are none for what they are', () => {
    const body = JSON.stringify({ resourceType: 'Bundle', entry: [{ request: { method: 'DELETE', url: 'Task/t1' } }] });
    const batch: OutgoingRequest = { method: 'POST', path: '', body };
    for (const entry of ['x', [null], [{ response: null }], [{ response: { status: 7, etag: {}, location: [] } }]]) {
      const answer = answered(200, { resourceType: 'Bundle', entry });
      expect(recorder().of(batch, answer, 'bot')).toMatchObject([{ kind: 'delete', of: 'Task' }]);
    }
    expect(recorder().of({ method: 'POST', path: '', body: 'x' }, answered(400), 'bot')).toBeUndefined();
    expect(recorder().of(get('Task'), answered(200, { resourceType: 'Bundle', entry: 'x' }), 'bot')).toHaveLength(1);
    const odd = {
      resourceType: 'Task',
      id: 5,
      for: 'Patient/4711',
      meta: { versionId: { x: 1 } },
      participant: [null],
    };
    const put: OutgoingRequest = { method: 'PUT', path: 'Task/t1', body: JSON.stringify(task) };
    expect(recorder().of(put, answered(200, odd), 'bot')?.[0]).not.toHaveProperty('version');
  });
});

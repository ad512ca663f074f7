import type { AuditEvent } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

const place = /\/fhir\/(AuditEvent\/[A-Za-z0-9.-]{1,64})$/;

export default defineDeviation({
  id: 'audit-records-editable',
  title: 'Any client can replace an audit record',
  caughtBy: ['audit.tamper-resistance'],
  besides: ['read.required-fields'],
  source: 'https://hl7.org/fhir/R4/auditevent.html#bnc',
  wrap(next) {
    const replaced = new Map<string, AuditEvent>();
    return async (request) => {
      const record = place.exec(request.path)?.[1];
      if (record === undefined) return next(request);
      if (request.method === 'PUT') {
        const body = JSON.parse(Buffer.from(request.body).toString('utf8')) as AuditEvent;
        replaced.set(record, { ...body, meta: { ...body.meta, versionId: '2' } });
      }
      const edited = replaced.get(record);
      return edited === undefined || (request.method !== 'PUT' && request.method !== 'GET')
        ? next(request)
        : { status: 200, headers: { 'content-type': 'application/fhir+json' }, body: JSON.stringify(edited) };
    };
  },
});

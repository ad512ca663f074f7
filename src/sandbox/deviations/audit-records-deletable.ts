import { defineDeviation } from '../deviation.js';

const place = /\/fhir\/(AuditEvent\/[A-Za-z0-9.-]{1,64})$/;

export default defineDeviation({
  id: 'audit-records-deletable',
  title: 'Any client can delete an audit record',
  caughtBy: ['audit.tamper-resistance'],
  besides: ['read.required-fields'],
  source: 'https://hl7.org/fhir/R4/auditevent.html#bnc',
  wrap(next) {
    const deleted = new Set<string>();
    return async (request) => {
      const record = place.exec(request.path)?.[1];
      if (record === undefined) return next(request);
      if (request.method === 'DELETE') {
        deleted.add(record);
        return { status: 204, headers: {} };
      }
      return deleted.has(record) ? { status: 410, headers: {} } : next(request);
    };
  },
});

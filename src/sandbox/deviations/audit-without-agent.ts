import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'audit-without-agent',
  title: 'Audit records name the server and nobody who asked it',
  caughtBy: ['audit.record-quality'],
  besides: ['read.required-fields'],
  source: 'https://hl7.org/fhir/R4/auditevent-definitions.html#AuditEvent.agent',
  audit: (next) => (record, event) =>
    next({ ...record, agent: record.agent.filter((agent) => !agent.requestor) }, event),
});

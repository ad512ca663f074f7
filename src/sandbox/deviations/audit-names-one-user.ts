import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'audit-names-one-user',
  title: 'The audit log names the user of the gateway for everyone',
  caughtBy: ['hipaa.unique-identity'],
  besides: ['scope.role'],
  source: 'https://hl7.org/fhir/R4/auditevent-definitions.html#AuditEvent.agent',
  audit: (next) => (record, event) => {
    next({ ...record, agent: [{ who: { display: 'api-user' }, requestor: true }] }, event);
  },
});

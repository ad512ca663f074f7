import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'refusals-audited-as-success',
  title: 'Refused requests stand in the log as if they had been answered',
  caughtBy: ['audit.denied-logged'],
  besides: ['scope.enforced', 'scope.role', 'auth.assertion-negative'],
  source: 'https://hl7.org/fhir/R4/auditevent-definitions.html#AuditEvent.outcome',
  audit: (next) => (record, event) => next({ ...record, outcome: '0' }, event),
});

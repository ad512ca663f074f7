import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'refusals-not-audited',
  title: 'What is refused leaves no record',
  caughtBy: ['audit.denied-logged'],
  besides: ['scope.enforced', 'scope.role', 'auth.assertion-negative'],
  source: 'https://hl7.org/fhir/R4/security.html#AccessDenied',
  audit: (next) => (record, event) => {
    if (event.status < 400) next(record, event);
  },
});

import { defineDeviation, withHeader } from '../deviation.js';

export default defineDeviation({
  id: 'if-none-exist-ignored',
  title: 'A conditional create creates every time',
  caughtBy: ['write.idempotent-retry'],
  source: 'https://hl7.org/fhir/R4/http.html#ccreate',
  workflow: 'prior-authorization',
  wrap: (next) => (request) => next(withHeader(request, 'if-none-exist', undefined)),
});

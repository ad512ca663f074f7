import { withDeletion } from '../deletion-contract.js';
import { defineDeviation, withHeader } from '../deviation.js';

export default defineDeviation({
  id: 'stale-delete-accepted',
  title: 'DELETE ignores If-Match',
  caughtBy: ['write.version-conflict'],
  source: 'https://hl7.org/fhir/R4/http.html#concurrency',
  workflow: 'prior-authorization',
  given: withDeletion,
  wrap: (next) => (request) => next(request.method === 'DELETE' ? withHeader(request, 'if-match', undefined) : request),
});

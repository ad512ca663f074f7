import { defineDeviation, withHeader } from '../deviation.js';

export default defineDeviation({
  id: 'stale-patch-accepted',
  title: 'PATCH ignores If-Match',
  caughtBy: ['write.version-conflict'],
  source: 'https://hl7.org/fhir/R4/http.html#concurrency',
  wrap: (next) => (request) => next(request.method === 'PATCH' ? withHeader(request, 'if-match', '*') : request),
});

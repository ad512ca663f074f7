import { defineDeviation, partOf, withHeader } from '../deviation.js';

export default defineDeviation({
  id: 'stale-put-accepted',
  title: 'PUT ignores If-Match',
  caughtBy: ['write.version-conflict'],
  source: 'https://hl7.org/fhir/R4/http.html#concurrency',
  given: ({ contract }) => {
    const cancel = (contract['actions'] as { id: string }[]).findIndex(({ id }) => id === 'cancel');
    partOf(contract, 'actions', cancel)['interaction'] = 'update';
  },
  wrap: (next) => (request) => next(request.method === 'PUT' ? withHeader(request, 'if-match', '*') : request),
});

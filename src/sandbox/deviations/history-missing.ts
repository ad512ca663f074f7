import { answered, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'history-missing',
  title: 'There is no history and no earlier version',
  caughtBy: ['rollback.history'],
  source: 'https://hl7.org/fhir/R4/http.html#history',
  wrap: (next) => (request) =>
    request.path.includes('/_history')
      ? Promise.resolve(answered(404, outcome('not-found', 'No history is kept')))
      : next(request),
});

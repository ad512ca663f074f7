import { answered, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'statement-missing',
  title: 'There is no capability statement',
  caughtBy: ['discovery.capability'],
  source: 'https://hl7.org/fhir/R4/http.html#capabilities',
  wrap: (next) => (request) =>
    request.path.endsWith('/metadata')
      ? Promise.resolve(answered(404, outcome('not-found', 'No such page')))
      : next(request),
});

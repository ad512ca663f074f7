import { answered, defineDeviation, outcome, searches } from '../deviation.js';

export default defineDeviation({
  id: 'search-strict-refused',
  title: 'Strict handling is refused, whatever the parameters',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/search.html#errors',
  wrap: (next) => (request) =>
    searches(request, 'Slot') && request.headers['prefer']?.includes('handling=strict')
      ? Promise.resolve(answered(400, outcome('not-supported', 'Strict handling is not supported')))
      : next(request),
});

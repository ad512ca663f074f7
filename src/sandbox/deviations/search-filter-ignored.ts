import { defineDeviation, searches, withoutParameter } from '../deviation.js';

export default defineDeviation({
  id: 'search-filter-ignored',
  title: 'A slot search does not look at the visit type, strict handling or not',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/search.html#errors',
  wrap: (next) => (request) => next(searches(request, 'Slot') ? withoutParameter(request, 'service-type') : request),
});

import { defineDeviation, searches, withHeader, withoutParameter } from '../deviation.js';

export default defineDeviation({
  id: 'search-parameter-unknown-ignored',
  title: 'The server does not know the status of a prescription as a search parameter, and leaves it out in silence',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/search.html#errors',
  workflow: 'documentation',
  wrap: (next) => (request) =>
    next(
      searches(request, 'MedicationRequest')
        ? withHeader(withoutParameter(request, 'status'), 'prefer', undefined)
        : request,
    ),
});

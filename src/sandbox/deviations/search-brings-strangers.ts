import { defineDeviation, searches, withoutParameter } from '../deviation.js';

export default defineDeviation({
  id: 'search-brings-strangers',
  title: 'A search for the visits of one patient brings those of everybody',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/search.html#errors',
  wrap: (next) => (request) => next(searches(request, 'Appointment') ? withoutParameter(request, 'patient') : request),
});

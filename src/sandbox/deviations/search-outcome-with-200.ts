import { answered, defineDeviation, outcome, searches } from '../deviation.js';

export default defineDeviation({
  id: 'search-outcome-with-200',
  title: 'A search that went wrong is answered with 200 and an OperationOutcome',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/search.html#errors',
  wrap: (next) => (request) =>
    searches(request, 'Appointment')
      ? Promise.resolve(answered(200, outcome('processing', 'The search could not be carried out')))
      : next(request),
});

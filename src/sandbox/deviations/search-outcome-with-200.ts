import { answered, defineDeviation, outcome, searches } from '../deviation.js';

export default defineDeviation({
  id: 'search-outcome-with-200',
  title: 'A search for allergies that went wrong is answered with 200 and an OperationOutcome',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/search.html#errors',
  workflow: 'documentation',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return searches(request, 'AllergyIntolerance')
      ? answered(200, outcome('processing', 'The search could not be carried out'))
      : response;
  },
});

import { answered, defineDeviation, outcome, searches } from '../deviation.js';

export default defineDeviation({
  id: 'search-outcome-with-200',
  title: 'Strict handling of a search for allergies ends in 200 and an OperationOutcome',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/search.html#errors',
  workflow: 'documentation',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return searches(request, 'AllergyIntolerance') && request.headers['prefer']?.includes('strict')
      ? answered(200, outcome('processing', 'The search could not be carried out'))
      : response;
  },
});

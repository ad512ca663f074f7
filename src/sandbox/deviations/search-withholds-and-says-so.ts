import { defineDeviation, searches, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'search-withholds-and-says-so',
  title: 'One allergy of every patient is kept back, and the result says that it is not everything',
  caughtBy: ['read.known-set'],
  source: 'https://hl7.org/fhir/R4/valueset-issue-type.html',
  workflow: 'documentation',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!searches(request, 'AllergyIntolerance')) return response;
    return withBundle(response, (bundle) => ({
      ...bundle,
      total: 0,
      entry: [
        {
          search: { mode: 'outcome' },
          resource: {
            resourceType: 'OperationOutcome',
            issue: [{ severity: 'information', code: 'suppressed', diagnostics: 'Some records are not shown' }],
          },
        },
      ],
    }));
  },
});

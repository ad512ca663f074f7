import { defineDeviation, searches, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'search-other-type',
  title: 'A search for allergies brings a summary document as a match',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/http.html#search',
  workflow: 'documentation',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return searches(request, 'AllergyIntolerance')
      ? withBundle(response, (bundle) =>
          bundle.total === 0
            ? bundle
            : {
                ...bundle,
                entry: [
                  ...(bundle.entry ?? []),
                  {
                    resource: { resourceType: 'Basic', id: 'summary', code: { text: 'Allergy summary' } },
                    search: { mode: 'match' },
                  },
                ],
              },
        )
      : response;
  },
});

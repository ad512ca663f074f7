import { defineDeviation, searches, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'search-brings-practitioners',
  title: 'A search for slots also brings who works in them',
  caughtBy: ['hipaa.minimum-necessary'],
  besides: ['read.required-fields'],
  source: 'https://hl7.org/fhir/R4/search.html#include',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!searches(request, 'Slot')) return response;
    return withBundle(response, (bundle) => ({
      ...bundle,
      entry: [
        ...(bundle.entry ?? []),
        { resource: { resourceType: 'Practitioner', id: 'who', active: true }, search: { mode: 'include' } },
      ],
    }));
  },
});

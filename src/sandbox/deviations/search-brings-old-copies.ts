import { defineDeviation, searches, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'search-brings-old-copies',
  title: 'A search for visits brings a copy of each beside it, under another id',
  caughtBy: ['read.known-set'],
  source: 'https://hl7.org/fhir/R4/http.html#search',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!searches(request, 'Appointment')) return response;
    return withBundle(response, (bundle) => {
      const entry = bundle.entry ?? [];
      const copies = entry.flatMap(({ resource, search }) =>
        resource?.resourceType === 'Appointment'
          ? [{ ...(search === undefined ? {} : { search }), resource: { ...resource, id: `${resource.id}-old` } }]
          : [],
      );
      return { ...bundle, total: (bundle.total ?? 0) + copies.length, entry: [...entry, ...copies] };
    });
  },
});

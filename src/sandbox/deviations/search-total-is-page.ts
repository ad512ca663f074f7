import { defineDeviation, searches, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'search-total-is-page',
  title: 'A result counts its first page instead of everything found',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.total',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!searches(request, 'Slot')) return response;
    return withBundle(response, (bundle) => ({
      ...bundle,
      total: (bundle.entry ?? []).filter(({ search }) => search?.mode === 'match').length,
    }));
  },
});

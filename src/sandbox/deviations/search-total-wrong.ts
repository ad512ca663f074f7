import { defineDeviation, searches, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'search-total-wrong',
  title: 'A result counts more visits than it holds',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.total',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return searches(request, 'Appointment')
      ? withBundle(response, (bundle) => ({ ...bundle, total: (bundle.total ?? 0) + 2 }))
      : response;
  },
});

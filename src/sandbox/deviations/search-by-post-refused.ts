import { answered, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'search-by-post-refused',
  title: 'Coverage can be searched by GET only, with the patient in the address',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/us/core/STU6.1/general-requirements.html#search',
  workflow: 'prior-authorization',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return request.path.endsWith('/Coverage/_search')
      ? answered(405, outcome('not-supported', 'Search by GET'))
      : response;
  },
});

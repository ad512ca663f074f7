import { answered, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'search-by-post-refused',
  title: 'Searches are served by GET only',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/us/core/STU6.1/general-requirements.html#search',
  wrap: (next) => (request) =>
    request.method === 'POST' && request.path.endsWith('/_search')
      ? Promise.resolve(answered(405, outcome('not-supported', 'Search by GET')))
      : next(request),
});

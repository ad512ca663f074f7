import { answered, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'next-link-expired',
  title: 'Further pages are gone before anybody can ask for them',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/http.html#paging',
  wrap: (next) => (request) =>
    request.query.has('_cursor')
      ? Promise.resolve(answered(410, outcome('not-found', 'This result is no longer kept')))
      : next(request),
});

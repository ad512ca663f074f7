import { answered, defineDeviation, outcome, reads } from '../deviation.js';

export default defineDeviation({
  id: 'read-refused',
  title: 'Slots can be searched and not read',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/http.html#read',
  wrap: (next) => (request) =>
    reads(request, 'Slot')
      ? Promise.resolve(answered(405, outcome('not-supported', 'Search for slots instead')))
      : next(request),
});

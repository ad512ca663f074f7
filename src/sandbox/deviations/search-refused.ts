import { answered, defineDeviation, outcome, parameterOf, searches } from '../deviation.js';

export default defineDeviation({
  id: 'search-refused',
  title: 'Slots cannot be searched by the provider of their schedule',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/search.html#chaining',
  wrap: (next) => (request) =>
    searches(request, 'Slot') && parameterOf(request, 'schedule.actor') !== null
      ? Promise.resolve(answered(400, outcome('not-supported', 'Chained parameters are not supported')))
      : next(request),
});

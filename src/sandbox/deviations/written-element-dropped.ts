import { creates, defineDeviation, sentBody, withBody } from '../deviation.js';

export default defineDeviation({
  id: 'written-element-dropped',
  title: 'The business status of a new task is not stored',
  caughtBy: ['write.create'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  workflow: 'prior-authorization',
  wrap: (next) => (request) => {
    if (!creates(request, 'Task')) return next(request);
    const { businessStatus: _dropped, ...kept } = sentBody(request) as Record<string, unknown>;
    return next(withBody(request, kept));
  },
});

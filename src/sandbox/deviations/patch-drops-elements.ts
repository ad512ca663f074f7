import { defineDeviation, patches, sentBody, withBody } from '../deviation.js';

export default defineDeviation({
  id: 'patch-drops-elements',
  title: 'A patch stores only what the work list shows',
  caughtBy: ['write.update-patch'],
  source: 'https://hl7.org/fhir/R4/http.html#patch',
  workflow: 'prior-authorization',
  wrap: (next) => (request) => {
    if (!patches(request, 'Task')) return next(request);
    const others: object[] = sentBody(request) as object[];
    return next(withBody(request, [...others, { op: 'add', path: '/authoredOn', value: '2000-01-01T00:00:00Z' }]));
  },
});

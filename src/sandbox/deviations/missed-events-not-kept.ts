import { answered, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'missed-events-not-kept',
  title: 'Events that could not be delivered cannot be asked for afterwards',
  caughtBy: ['event.missed-recovery'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/errors.html',
  wrap: (next) => (request) =>
    request.path.endsWith('/$events')
      ? Promise.resolve(answered(404, outcome('not-supported', 'no such operation')))
      : next(request),
});

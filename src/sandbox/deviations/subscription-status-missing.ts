import { answered, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'subscription-status-missing',
  title: 'There is no $status',
  caughtBy: ['event.missed-recovery'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/errors.html',
  wrap: (next) => (request) =>
    request.path.endsWith('/$status')
      ? Promise.resolve(answered(404, outcome('not-supported', 'no such operation')))
      : next(request),
});

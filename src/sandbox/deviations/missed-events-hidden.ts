import type { Subscription } from 'fhir/r4.js';
import { answered, defineDeviation, outcome, reads, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'missed-events-hidden',
  title: 'A subscription whose notifications fail is shown as active, and nothing says what was lost',
  caughtBy: ['event.missed-recovery'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/errors.html',
  wrap: (next) => async (request) => {
    if (/\/\$(status|events)$/.test(request.path)) return answered(404, outcome('not-supported', 'no such operation'));
    const response = await next(request);
    if (!reads(request, 'Subscription')) return response;
    return withResources(response, (resource) => {
      const { error: _, ...subscription } = resource as Subscription;
      return subscription.status === 'error' ? { ...subscription, status: 'active' } : resource;
    });
  },
});

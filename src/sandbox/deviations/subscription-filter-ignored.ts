import { defineDeviation } from '../deviation.js';
import { subscriptionsAsSent } from '../subscription-as-sent.js';

export default defineDeviation({
  id: 'subscription-filter-ignored',
  title: 'A filter the topic does not have is taken, kept and not applied',
  caughtBy: ['event.subscription'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/components.html',
  wrap: (next) =>
    subscriptionsAsSent(
      next,
      (sent) => JSON.parse(JSON.stringify(sent).replaceAll(/&[\w-]+=[^"&]*/g, '')) as typeof sent,
    ),
});

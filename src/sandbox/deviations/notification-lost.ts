import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'notification-lost',
  title: 'Notifications are counted as delivered and never sent',
  caughtBy: ['latency.event-to-response', 'freshness.source-age', 'event.subscription'],
  source: 'https://hl7.org/fhir/R4/subscription.html#delivery',
  aiSystem: 'integrated',
  deliver: () => () => Promise.resolve(true),
});

import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'subscription-without-handshake',
  title: 'A subscription becomes active before its endpoint was tried',
  caughtBy: ['event.subscription'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html',
  deliver: (next) => (notification) => (notification.kind === 'handshake' ? Promise.resolve(true) : next(notification)),
});

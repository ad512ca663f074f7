import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'event-never-told',
  title: 'The handshake and the heartbeats work, and no event is ever sent',
  caughtBy: ['event.subscription'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html',
  deliver: (next) => (notification) => (notification.kind === 'event' ? Promise.resolve(true) : next(notification)),
});

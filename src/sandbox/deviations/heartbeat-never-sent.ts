import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'heartbeat-never-sent',
  title: 'A heartbeat period is agreed and no heartbeat is ever sent',
  caughtBy: ['event.missed-recovery'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html',
  deliver: (next) => (notification) => (notification.kind === 'heartbeat' ? Promise.resolve(true) : next(notification)),
});

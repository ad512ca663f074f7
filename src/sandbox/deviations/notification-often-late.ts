import { setTimeout as pause } from 'node:timers/promises';
import { defineDeviation } from '../deviation.js';

const lateMs = 2_500;
const everyNth = 3;

export default defineDeviation({
  id: 'notification-often-late',
  title: 'Every third notification of a topic is passed to a slow queue',
  caughtBy: ['latency.event-delivery'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html',
  aiSystem: 'integrated',
  deliver(next) {
    let events = 0;
    return (notification) => {
      const byTopic = notification.subscription.criteria.startsWith('https:');
      if (!byTopic || notification.kind !== 'event' || ++events % everyNth > 0) return next(notification);
      void pause(lateMs, undefined, { ref: false }).then(() => next(notification).catch(() => false));
      return Promise.resolve(true);
    };
  },
});

import { setTimeout as pause } from 'node:timers/promises';
import { defineDeviation } from '../deviation.js';

const delayMs = 400;

export default defineDeviation({
  id: 'notification-out-of-order',
  title: 'Every other notification is overtaken by the next one',
  caughtBy: ['event.missed-recovery'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/errors.html',
  deliver(next) {
    let events = 0;
    return (notification) => {
      if (notification.kind !== 'event' || events++ % 2 === 1) return next(notification);
      void pause(delayMs, undefined, { ref: false }).then(() => next(notification).catch(() => false));
      return Promise.resolve(true);
    };
  },
});

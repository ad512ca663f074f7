import { setTimeout as pause } from 'node:timers/promises';
import { defineDeviation } from '../deviation.js';

/** One that no other follows is not held for ever. */
const longestHoldMs = 1_000;

export default defineDeviation({
  id: 'notification-out-of-order',
  title: 'Every other notification is overtaken by the next one',
  caughtBy: ['event.missed-recovery'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/errors.html',
  deliver(next) {
    let overtaken: (() => void) | undefined;
    return async (notification) => {
      if (notification.kind !== 'event') return next(notification);
      if (overtaken !== undefined) {
        const release = overtaken;
        overtaken = undefined;
        const taken = await next(notification);
        release();
        return taken;
      }
      const followed = new Promise<void>((resolve) => {
        overtaken = resolve;
      });
      const mine = overtaken;
      void Promise.race([followed, pause(longestHoldMs, undefined, { ref: false })]).then(() => {
        if (overtaken === mine) overtaken = undefined;
        return next(notification).catch(() => false);
      });
      return true;
    };
  },
});

import { setTimeout as pause } from 'node:timers/promises';
import { defineDeviation } from '../deviation.js';

const batchMs = 4_000;

export default defineDeviation({
  id: 'notification-late',
  title: 'Notifications wait for the next batch, one every four seconds',
  caughtBy: ['latency.event-to-response', 'latency.event-delivery'],
  source: 'https://hl7.org/fhir/R4/subscription.html#delivery',
  aiSystem: 'integrated',
  deliver: (next) => async (notification) => {
    if (notification.kind === 'event') await pause(batchMs, undefined, { ref: false });
    return next(notification);
  },
});

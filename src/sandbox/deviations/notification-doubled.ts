import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'notification-doubled',
  title: 'Every event is sent twice',
  caughtBy: ['event.subscription'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/errors.html',
  deliver: (next) => async (notification) =>
    (await next(notification)) && (notification.kind !== 'event' || next(notification)),
});

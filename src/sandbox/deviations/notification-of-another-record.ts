import { defineDeviation, withNotice } from '../deviation.js';

export default defineDeviation({
  id: 'notification-of-another-record',
  title: 'A notification names another visit than the one that changed',
  caughtBy: ['event.subscription'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html',
  deliver: (next) => (notification) =>
    next(
      withNotice(
        notification,
        (bundle) =>
          JSON.parse(
            JSON.stringify(bundle).replaceAll(/Appointment\/[A-Za-z0-9.-]+/g, 'Appointment/another'),
          ) as typeof bundle,
      ),
    ),
});

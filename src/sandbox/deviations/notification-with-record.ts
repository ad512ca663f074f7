import { defineDeviation, withNotice } from '../deviation.js';

export default defineDeviation({
  id: 'notification-with-record',
  title: 'A notification that should hold ids alone brings the whole record',
  caughtBy: ['event.subscription'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/payloads.html',
  deliver: (next) => (notification) =>
    next(
      withNotice(notification, (bundle) => {
        const [status, ...entries] = bundle.entry ?? [];
        const { resource } = notification;
        if (status === undefined || resource === undefined) return bundle;
        return { ...bundle, entry: [status, ...entries.map((entry) => ({ ...entry, resource }))] };
      }),
    ),
});

import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'subscription-stuck',
  title: 'A new subscription waits in a queue nobody works off and stays requested',
  caughtBy: ['event.subscription'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/workflow.html',
  deliver: (next) => (notification) =>
    notification.kind === 'handshake' ? new Promise<boolean>(() => undefined) : next(notification),
});

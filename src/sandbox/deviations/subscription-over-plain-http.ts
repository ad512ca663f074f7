import { defineDeviation } from '../deviation.js';
import { subscriptionsAsSent } from '../subscription-as-sent.js';

export default defineDeviation({
  id: 'subscription-over-plain-http',
  title: 'An endpoint over plain http somewhere on the network is accepted',
  caughtBy: ['event.subscription'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/channels.html',
  wrap: (next) =>
    subscriptionsAsSent(next, (sent) => {
      const { endpoint = '' } = sent.channel;
      if (!endpoint.startsWith('http:') || /\/\/(127\.0\.0\.1|localhost)\b/.test(endpoint)) return undefined;
      // By a search no visit meets, so that the stand-in is never told of anything.
      return {
        resourceType: 'Subscription',
        status: 'requested',
        reason: sent.reason,
        criteria: 'Appointment?status=waitlist',
        channel: { type: 'rest-hook', endpoint: 'http://127.0.0.1:9/' },
      };
    }),
});

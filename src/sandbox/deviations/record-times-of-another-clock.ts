import { creates, defineDeviation, withResources } from '../deviation.js';

const aheadMs = 8_000;

export default defineDeviation({
  id: 'record-times-of-another-clock',
  title: 'New bookings are stamped by a database whose clock is eight seconds ahead',
  caughtBy: ['latency.clock-skew'],
  besides: ['write.create', 'read.interactions'],
  source: 'https://hl7.org/fhir/R4/resource.html#Meta',
  wrap: (next) => async (request) => {
    const answer = await next(request);
    if (answer.status !== 201 || !creates(request, 'Appointment')) return answer;
    return withResources(answer, (resource) => ({
      ...resource,
      meta: { ...resource.meta, lastUpdated: new Date(Date.now() + aheadMs).toISOString() },
    }));
  },
});

import { creates, defineDeviation, sentBody, withBody } from '../deviation.js';

export default defineDeviation({
  id: 'slot-booked-twice',
  title: 'A taken slot is booked again without the slot',
  caughtBy: ['write.idempotent-retry', 'write.slot-race'],
  source: 'https://hl7.org/fhir/R4/slot.html',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (response.status !== 409 || !creates(request, 'Appointment')) return response;
    const { slot: _taken, ...overbooked } = sentBody(request) as Record<string, unknown>;
    return next(withBody(request, overbooked));
  },
});

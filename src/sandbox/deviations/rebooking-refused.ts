import { answered, creates, defineDeviation, outcome, sentBody } from '../deviation.js';

export default defineDeviation({
  id: 'rebooking-refused',
  title: 'A cancelled time cannot be booked again',
  caughtBy: ['rollback.compensate'],
  source: 'https://hl7.org/fhir/R4/appointment.html',
  wrap: (next) => {
    const used = new Set<string>();
    return (request) => {
      if (!creates(request, 'Appointment')) return next(request);
      const [slot] = (sentBody(request) as { slot?: { reference: string }[] }).slot ?? [];
      if (slot !== undefined && used.has(slot.reference)) {
        return Promise.resolve(answered(422, outcome('business-rule', 'This time was released to the front desk')));
      }
      if (slot !== undefined) used.add(slot.reference);
      return next(request);
    };
  },
});

import { creates, defineDeviation, sentBody, withBody } from '../deviation.js';

export default defineDeviation({
  id: 'slot-booked-twice-at-once',
  title: 'A slot is checked and booked in two steps: who asks in between books it too',
  caughtBy: ['write.slot-race'],
  source: 'https://hl7.org/fhir/R4/slot.html',
  wrap: (next) => {
    const inBetween = new Set<string>();
    return async (request) => {
      if (!creates(request, 'Appointment')) return next(request);
      const { slot: slots = [], ...unslotted } = sentBody(request) as { slot?: { reference: string }[] };
      const reference = slots[0]?.reference;
      if (reference === undefined) return next(request);
      if (inBetween.has(reference)) return next(withBody(request, unslotted));
      inBetween.add(reference);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const response = await next(request);
      inBetween.delete(reference);
      return response;
    };
  },
});

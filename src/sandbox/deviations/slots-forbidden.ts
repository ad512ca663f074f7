import { answered, defineDeviation, outcome, searches } from '../deviation.js';

export default defineDeviation({
  id: 'slots-forbidden',
  title: 'Slots are not open to any client',
  caughtBy: ['read.slot-truth', 'read.interactions'],
  source: 'https://hl7.org/fhir/R4/slot.html',
  wrap: (next) => (request) =>
    searches(request, 'Slot')
      ? Promise.resolve(answered(403, outcome('forbidden', 'Scheduling is not part of this interface')))
      : next(request),
});

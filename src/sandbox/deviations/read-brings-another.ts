import { defineDeviation, reads, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'read-brings-another',
  title: 'A slot read by its id comes back under another id',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/http.html#read',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return reads(request, 'Slot') ? withResources(response, (slot) => ({ ...slot, id: `${slot.id}-copy` })) : response;
  },
});

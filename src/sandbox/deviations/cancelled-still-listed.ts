import type { Appointment } from 'fhir/r4.js';
import { defineDeviation, searches, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'cancelled-still-listed',
  title: 'A search goes on showing cancelled appointments as booked',
  caughtBy: ['rollback.compensate'],
  source: 'https://hl7.org/fhir/R4/search.html',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!searches(request, 'Appointment')) return response;
    return withResources(response, (resource) =>
      (resource as Appointment).status === 'cancelled' ? ({ ...resource, status: 'booked' } as Appointment) : resource,
    );
  },
});

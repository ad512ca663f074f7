import type { Slot } from 'fhir/r4.js';
import { creates, defineDeviation, sentBody, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'cancel-keeps-slot',
  title: 'A slot stays busy after its appointment is cancelled',
  caughtBy: ['rollback.compensate'],
  source: 'https://hl7.org/fhir/R4/slot.html',
  wrap: (next) => {
    const booked = new Set<string>();
    return async (request) => {
      if (creates(request, 'Appointment')) {
        for (const { reference } of (sentBody(request) as { slot?: { reference: string }[] }).slot ?? []) {
          booked.add(reference);
        }
      }
      return withResources(await next(request), (resource) =>
        booked.has(`${resource.resourceType}/${resource.id}`)
          ? ({ ...resource, status: 'busy-unavailable' } as Slot)
          : resource,
      );
    };
  },
});

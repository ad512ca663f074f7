import type { Appointment } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'front-desk-list-misses-bookings',
  title: 'The list of the front desk leaves out what was booked through the interface',
  caughtBy: ['write.visible-to-staff'],
  source: 'https://hl7.org/fhir/R4/search.html',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      rules.permits(access, interaction, resourceType, resource) &&
      !(
        access.role === 'front-desk' &&
        interaction === 's' &&
        (resource as Appointment | undefined)?.description?.startsWith('INTEGRATION TEST') === true
      ),
  }),
});

import type { Appointment } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'cancel-refused',
  title: 'The client that books may not cancel',
  caughtBy: ['rollback.compensate', 'write.update-patch'],
  source: 'https://hl7.org/fhir/R4/appointment.html',
  authorization: (rules) => ({
    ...rules,
    permits: (access, letter, resourceType, resource) =>
      !(letter === 'u' && access.role === 'bot' && (resource as Appointment | undefined)?.status === 'cancelled') &&
      rules.permits(access, letter, resourceType, resource),
  }),
});

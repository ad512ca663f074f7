import type { Appointment } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';
import { problem } from '../fhir/problem.js';

export default defineDeviation({
  id: 'cancel-fails',
  title: 'Every cancellation by the client that books ends in a server error',
  caughtBy: ['rollback.compensate', 'write.update-patch'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6.1',
  authorization: (rules) => ({
    ...rules,
    permits: (access, letter, resourceType, resource) => {
      if (letter === 'u' && access.role === 'bot' && (resource as Appointment | undefined)?.status === 'cancelled') {
        throw problem(500, 'exception', 'The cancellation reason is not configured');
      }
      return rules.permits(access, letter, resourceType, resource);
    },
  }),
});

import type { Appointment } from 'fhir/r4.js';
import { defineDeviation, parameterOf, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'reverse-include-of-others',
  title: 'What refers to a patient comes along together with visits of another patient',
  caughtBy: ['scope.enforced'],
  source: 'https://hl7.org/fhir/R4/search.html#revinclude',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (parameterOf(request, '_revinclude') === null) return response;
    return withBundle(response, (bundle) => {
      const visit: Appointment = {
        resourceType: 'Appointment',
        id: 'visit-of-another-patient',
        status: 'booked',
        participant: [{ actor: { reference: 'Patient/another' }, status: 'accepted' }],
      };
      return { ...bundle, entry: [...(bundle.entry ?? []), { search: { mode: 'include' }, resource: visit }] };
    });
  },
});

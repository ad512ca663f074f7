import type { Bundle } from 'fhir/r4.js';
import { defineDeviation, parameterOf, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'include-beyond-the-patient',
  title: 'A search whose rows are all withheld still brings what they include',
  caughtBy: ['scope.patient-boundary'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#patient-specific-scopes',
  workflow: 'documentation',
  wrap: (next) => async (request) => {
    const response = await next(request);
    const id = parameterOf(request, 'patient');
    if (parameterOf(request, '_include') === null || id === null) return response;
    return withBundle(response, (bundle): Bundle => {
      if (bundle.entry !== undefined && bundle.entry.length > 0) return bundle;
      return { ...bundle, entry: [{ search: { mode: 'include' }, resource: { resourceType: 'Patient', id } }] };
    });
  },
});

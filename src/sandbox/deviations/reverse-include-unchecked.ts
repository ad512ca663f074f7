import type { AllergyIntolerance } from 'fhir/r4.js';
import { defineDeviation, parameterOf, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'reverse-include-unchecked',
  title: 'What refers to a patient comes along whatever the scopes say',
  caughtBy: ['scope.enforced'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  wrap: (next) => async (request) => {
    const response = await next(request);
    const id = parameterOf(request, '_id');
    if (parameterOf(request, '_revinclude') === null || id === null) return response;
    return withBundle(response, (bundle) => {
      const allergy: AllergyIntolerance = {
        resourceType: 'AllergyIntolerance',
        id: 'allergy-outside-the-scopes',
        patient: { reference: `Patient/${id}` },
      };
      return { ...bundle, entry: [...(bundle.entry ?? []), { search: { mode: 'include' }, resource: allergy }] };
    });
  },
});

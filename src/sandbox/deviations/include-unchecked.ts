import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'include-unchecked',
  title: 'Included resources are not checked against the scopes',
  caughtBy: ['scope.enforced'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  // A read asks for the type first; what is included is asked for by the resource alone.
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      (interaction === 'r' && resource !== undefined) || rules.permits(access, interaction, resourceType, resource),
  }),
});

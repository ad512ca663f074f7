import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'patient-scope-creates-for-others',
  title: 'With one patient open, a note about another can be filed',
  caughtBy: ['scope.patient-boundary'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#patient-specific-scopes',
  workflow: 'documentation',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, ...object) =>
      (interaction === 'c' && access.scopes.some((scope) => scope.startsWith('patient/'))) ||
      rules.permits(access, interaction, ...object),
  }),
});

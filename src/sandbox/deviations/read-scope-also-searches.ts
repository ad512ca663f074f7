import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'read-scope-also-searches',
  title: 'A scope to read lets its holder search',
  caughtBy: ['scope.enforced', 'scope.role'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, ...object) =>
      rules.permits(access, interaction === 's' ? 'r' : interaction, ...object),
  }),
});

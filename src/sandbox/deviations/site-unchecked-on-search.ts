import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'site-unchecked-on-search',
  title: 'Searching forgets the site of the session',
  caughtBy: ['scope.site'],
  source: 'https://hl7.org/fhir/R4/security.html',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      rules.permits(access, interaction, resourceType, interaction === 's' ? undefined : resource),
  }),
});

import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'site-unchecked-on-read',
  title: 'Reading by id forgets the site of the session',
  caughtBy: ['scope.site'],
  source: 'https://hl7.org/fhir/R4/security.html',
  workflow: 'prior-authorization',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      rules.permits(access, interaction, resourceType, interaction === 'r' ? undefined : resource),
  }),
});

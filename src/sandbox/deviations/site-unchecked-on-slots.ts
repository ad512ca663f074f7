import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'site-unchecked-on-slots',
  title: 'Free times of every site are open to every session',
  caughtBy: ['scope.site'],
  source: 'https://hl7.org/fhir/R4/security.html',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      rules.permits(
        access,
        interaction,
        resourceType,
        ['Slot', 'Schedule'].includes(resourceType) ? undefined : resource,
      ),
  }),
});

import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'scheduler-refused-slots',
  title: 'The account of the scheduler may not see free times',
  caughtBy: ['scope.role'],
  source: 'https://hl7.org/fhir/R4/security.html',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      !(access.role === 'scheduler' && resourceType === 'Slot') &&
      rules.permits(access, interaction, resourceType, resource),
  }),
});

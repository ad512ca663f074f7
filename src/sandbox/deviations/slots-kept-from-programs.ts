import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'slots-kept-from-programs',
  title: 'Every second free time is shown to people and kept from programs',
  caughtBy: ['read.slot-truth'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      rules.permits(access, interaction, resourceType, resource) &&
      !(access.role === 'bot' && resourceType === 'Slot' && /[a-m]$/.test(resource?.id ?? '')),
  }),
});

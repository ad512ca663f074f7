import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'front-desk-changes-visits',
  title: 'The account of the front desk may change visits',
  caughtBy: ['scope.role'],
  source: 'https://hl7.org/fhir/R4/security.html',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      (access.role === 'front-desk' && interaction === 'u' && resourceType === 'Appointment') ||
      rules.permits(access, interaction, resourceType, resource),
  }),
});

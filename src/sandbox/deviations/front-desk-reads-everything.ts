import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'front-desk-reads-everything',
  title: 'The account of the front desk reads every record',
  caughtBy: ['scope.role'],
  source: 'https://hl7.org/fhir/R4/security.html',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, ...object) =>
      (access.role === 'front-desk' && 'rs'.includes(interaction)) || rules.permits(access, interaction, ...object),
  }),
});

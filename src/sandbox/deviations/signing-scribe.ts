import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'signing-scribe',
  title: 'A product files its notes as final before anybody has read them, and the EHR takes them',
  caughtBy: ['write.promotion-gate', 'prod.output-review'],
  source: 'https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.docStatus',
  workflow: 'documentation',
  aiSystem: 'signing-scribe',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      (access.role === 'assistant' && interaction === 'c' && resourceType === 'DocumentReference') ||
      rules.permits(access, interaction, resourceType, resource),
  }),
});

import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'machine-may-finalise',
  title: 'The client of a program may change drafts and make them final',
  caughtBy: ['write.promotion-gate'],
  source: 'https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.docStatus',
  workflow: 'documentation',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      (access.role === 'assistant' && interaction === 'u' && resourceType === 'DocumentReference') ||
      rules.permits(access, interaction, resourceType, resource),
  }),
});

import type { DocumentReference } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'nobody-may-sign',
  title: 'No client at all may make a draft final',
  caughtBy: ['write.promotion-gate'],
  source: 'https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.docStatus',
  workflow: 'documentation',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      rules.permits(access, interaction, resourceType, resource) &&
      !(interaction === 'u' && (resource as DocumentReference | undefined)?.docStatus === 'final'),
  }),
});

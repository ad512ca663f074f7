import type { DocumentReference } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'draft-invisible-to-staff',
  title: 'A draft from outside is kept where no physician sees it',
  caughtBy: ['write.visible-to-staff'],
  source: 'https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.docStatus',
  workflow: 'documentation',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      rules.permits(access, interaction, resourceType, resource) &&
      !(
        access.role === 'physician' &&
        resource?.resourceType === 'DocumentReference' &&
        (resource as DocumentReference).docStatus === 'preliminary'
      ),
  }),
});

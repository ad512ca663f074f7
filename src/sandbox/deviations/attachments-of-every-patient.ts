import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'attachments-of-every-patient',
  title: 'With one patient open, the attachments of all can be fetched',
  caughtBy: ['scope.patient-boundary'],
  source: 'https://hl7.org/fhir/R4/binary.html#security',
  workflow: 'documentation',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      (resourceType === 'Binary' &&
        interaction === 'r' &&
        access.scopes.some((scope) => scope.startsWith('patient/'))) ||
      rules.permits(access, interaction, resourceType, resource),
  }),
});

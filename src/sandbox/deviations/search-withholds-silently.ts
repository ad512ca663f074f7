import type { MedicationRequest } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'search-withholds-silently',
  title: 'One medication of every patient is kept from programs, and nothing says so',
  caughtBy: ['read.known-set'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  workflow: 'documentation',
  authorization: (rules) => ({
    ...rules,
    permits: (access, interaction, resourceType, resource) =>
      rules.permits(access, interaction, resourceType, resource) &&
      !(
        access.role === 'assistant' &&
        resourceType === 'MedicationRequest' &&
        (resource as MedicationRequest | undefined)?.medicationCodeableConcept?.text?.startsWith('atorvastatin') ===
          true
      ),
  }),
});

import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'patient-scope-reads-everybody',
  title: 'Patient-level scopes are not limited to the patient in context',
  caughtBy: ['scope.patient-boundary'],
  source: 'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#patient-specific-scopes',
  workflow: 'documentation',
  authorization: (rules) => ({ ...rules, keepsToPatient: () => false }),
});

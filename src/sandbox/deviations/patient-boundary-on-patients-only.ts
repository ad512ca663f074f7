import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'patient-boundary-on-patients-only',
  title: 'Another patient is refused, another patient’s notes are not',
  caughtBy: ['scope.patient-boundary'],
  source: 'https://hl7.org/fhir/R4/compartmentdefinition-patient.html',
  workflow: 'documentation',
  authorization: (rules) => ({ ...rules, keepsToPatient: (resourceType) => resourceType === 'Patient' }),
});

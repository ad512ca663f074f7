import type { Resource } from 'fhir/r4.js';
import { patientsOf } from './fhir/references.js';

/** Types that are about nobody: a patient-level scope reads them whole. */
const aboutNobody = new Set([
  'Organization',
  'Location',
  'Practitioner',
  'PractitionerRole',
  'HealthcareService',
  'Medication',
  'Slot',
  'Schedule',
]);

/**
 * Whether a resource is of this patient, so that a patient-level scope reaches it. What names no patient at all is out of
 * reach unless its type is about nobody. https://hl7.org/fhir/R4/compartmentdefinition-patient.html
 */
export function isOfPatient(resource: Resource, patientId: string, base: string): boolean {
  const patients = patientsOf(resource, base);
  return patients.length === 0 ? aboutNobody.has(resource.resourceType) : patients.includes(patientId);
}

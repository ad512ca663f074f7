import type { Appointment, Resource } from 'fhir/r4.js';
import type { FactValue } from '../model/fact.js';
import { patientsOf } from '../fhir/reference.js';
import { noSuchPatient } from './writer.js';

type Fault = FactValue<'invalid-writes'>['trials'][number]['fault'];

/** A body with one fault, and the elements an answer may blame for it. */
export interface InvalidBody {
  readonly fault: Fault;
  readonly body: Resource;
  readonly elements: readonly string[];
}

/** No value set has it. */
export const unknownCode = 'ehr-scorecard-none';
const dayMs = 86_400_000;
/** Relative or absolute (https://hl7.org/fhir/R4/references.html#literal). */
const patientReference = /"(?:https?:\/\/[^"\s]*\/)?Patient\/[^"/]+(?:\/_history\/[^"/]+)?"/g;
const patientElements = ['subject', 'patient', 'for', 'beneficiary', 'participant'];

/**
 * What a server should not store, made of a body it takes. `status` stands for the mandatory element and the required
 * code: both hold for every type that has it (https://hl7.org/fhir/R4/resourcelist.html).
 */
export function invalidBodies(valid: Resource, now: Date): InvalidBody[] {
  const { status, ...withoutStatus } = valid as Resource & { status?: unknown };
  const faults: InvalidBody[] = [];
  if (status !== undefined) {
    const unknown: Resource & { status: string } = { ...valid, status: unknownCode };
    faults.push({ fault: 'missing-element', body: withoutStatus, elements: ['status'] });
    faults.push({ fault: 'unknown-code', body: unknown, elements: ['status'] });
  }
  if (patientsOf(valid).length > 0) {
    faults.push({
      fault: 'no-such-patient',
      body: JSON.parse(JSON.stringify(valid).replaceAll(patientReference, `"Patient/${noSuchPatient}"`)) as Resource,
      elements: ['Patient', ...patientElements.filter((element) => element in valid)],
    });
  }
  if (valid.resourceType === 'Appointment') {
    const { slot: _slot, ...unslotted } = valid as Appointment;
    const start = new Date(now.getTime() - 2 * dayMs);
    const end = new Date(start.getTime() + 20 * 60_000);
    const past: Appointment = { ...unslotted, start: start.toISOString(), end: end.toISOString() };
    faults.push({ fault: 'past-dated', body: past, elements: ['start'] });
  }
  return faults;
}

import type { ContractAction } from './documents/contract.js';

/** States after which a record counts, by resource type (required bindings of https://hl7.org/fhir/R4/valuesets.html). */
const committed: Readonly<Record<string, readonly string[]>> = {
  Appointment: ['booked', 'arrived', 'checked-in', 'fulfilled'],
  Communication: ['in-progress', 'completed'],
  Composition: ['final', 'amended'],
  DiagnosticReport: ['final', 'amended', 'corrected', 'appended'],
  DocumentReference: ['final', 'amended'],
  MedicationRequest: ['active', 'completed'],
  Observation: ['final', 'amended', 'corrected'],
  ServiceRequest: ['active', 'completed'],
  Task: ['in-progress', 'completed'],
};

/** Whether a record in this state counts already. */
export const countsAlready = (resourceType: string, state: string): boolean =>
  committed[resourceType]?.includes(state) === true;

/** Whether a draft would end where its review should have led, in a state it forbids, or in one that already counts. */
export function endsCommitted({ resource, states, review }: ContractAction): boolean {
  const to = states?.to;
  if (to === undefined) return false;
  return (
    to === review?.endsIn || states?.forbidden?.includes(to) === true || (committed[resource ?? ''] ?? []).includes(to)
  );
}

import { partOf, type Documents } from './deviation.js';

/**
 * The scheduling contract with one more action, which takes two writes: a visit is moved by booking the new time and then
 * giving the old one back.
 */
export function withMoving({ contract }: Documents, within = 'PT10M'): void {
  (contract['actions'] as unknown[]).push({
    id: 'reschedule',
    kind: 'commit',
    via: 'fhir-r4',
    interaction: 'patch',
    resource: 'Appointment',
    dependsOn: ['book'],
    states: { from: 'booked', to: 'cancelled' },
    precondition: { type: 'if-match' },
    idempotency: { by: 'search', query: 'Appointment?_id={{existing-visits.id}}', window: 'PT24H' },
    noReview: {
      rationale: 'Own visit of the caller',
      signedBy: 'access-director@clinic.example',
      signedOn: '2026-09-14',
    },
    compensation: { interaction: 'create', toState: 'booked', limit: 'PT10M', note: 'same slot while it is free' },
    controls: {
      noOverwrite: { heldBy: 'ehr', how: 'If-Match required' },
      undo: { heldBy: 'ehr', how: 'books the same slot again while it is free' },
    },
    observe: 'Appointment?_id={{existing-visits.id}}',
    visibleTo: ['scheduler'],
  });
  for (const role of [0, 1]) {
    const rule = partOf(contract, 'permissions', 'rules', role);
    rule['actions'] = [...(rule['actions'] as string[]), 'reschedule'];
  }
  partOf(contract, 'failure', 'partial-write')['within'] = within;
}

import { partOf, type Documents } from './deviation.js';

const task = {
  resourceType: 'Task',
  status: 'requested',
  intent: 'order',
  focus: { reference: 'ServiceRequest/{{order.id}}' },
  for: { reference: '{{order.subject.reference}}' },
  authoredOn: '{{now}}',
};
const entry = { request: { method: 'POST', url: 'Task' }, resource: task };

/** The authorization contract with one more action: two tasks in one transaction. */
export function withTransaction({ contract }: Documents): void {
  (contract['actions'] as unknown[]).push({
    id: 'open-both',
    kind: 'commit',
    via: 'fhir-r4',
    interaction: 'transaction',
    resource: 'Task',
    states: { to: 'requested' },
    body: { resourceType: 'Bundle', type: 'transaction', entry: [entry, entry] },
    idempotency: { by: 'search', query: 'Task?focus=ServiceRequest/{{order.id}}', window: 'P90D' },
    noReview: { rationale: 'Tracking items only', signedBy: 'director@clinic.example', signedOn: '2026-08-30' },
    compensation: { interaction: 'patch', toState: 'cancelled', limit: 'PT30M' },
    visibleTo: ['authorization-nurse'],
  });
  const tracker = partOf(contract, 'permissions', 'rules', 0);
  tracker['actions'] = [...(tracker['actions'] as string[]), 'open-both'];
}

import { partOf, type Documents } from './deviation.js';

/** The authorization contract with one more action, which takes two writes: the scheduler is told to wait for the tracked order. */
export function withWaiting({ contract }: Documents, within = 'PT30M'): void {
  (contract['actions'] as unknown[]).push({
    id: 'tell-scheduler',
    kind: 'commit',
    via: 'fhir-r4',
    interaction: 'create',
    resource: 'Task',
    dependsOn: ['open-task'],
    states: { to: 'requested' },
    body: {
      resourceType: 'Task',
      status: 'requested',
      intent: 'order',
      identifier: [{ system: 'https://authflow.example/pa-wait', value: '{{order.id}}' }],
      focus: { reference: 'ServiceRequest/{{order.id}}' },
      for: { reference: '{{order.subject.reference}}' },
      authoredOn: '{{now}}',
      lastModified: '{{now}}',
    },
    precondition: { type: 'if-none-exist', query: 'identifier={{idempotency}}' },
    idempotency: {
      by: 'identifier',
      system: 'https://authflow.example/pa-wait',
      value: '{{order.id}}',
      window: 'P90D',
    },
    noReview: { rationale: 'Work list only', signedBy: 'revenue-director@clinic.example', signedOn: '2026-08-30' },
    compensation: { interaction: 'patch', toState: 'cancelled', limit: 'PT30M' },
    observe: 'Task?focus=ServiceRequest/{{order.id}}',
    visibleTo: ['scheduler'],
  });
  const tracker = partOf(contract, 'permissions', 'rules', 0);
  tracker['actions'] = [...(tracker['actions'] as string[]), 'tell-scheduler'];
  partOf(contract, 'failure', 'partial-write')['within'] = within;
}

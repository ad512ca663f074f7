import { downstreamConsumers, type OrganizationProfile } from '../../src/model/documents/organization.js';
import { mrnSystem, patients, scheduleId } from './clinic.js';
import type { RunningServer } from './medplum.js';

export const clients = ['desk-bot', 'desk-staff'] as const;
const owner = 'tests@third.example';

/** The organization file for FhirRouter; each client's secret lies beside it as `<client>.secret`. */
export function organizationOf(server: RunningServer, now: Date): OrganizationProfile {
  const today = now.toISOString().slice(0, 10);
  const nextYear = `${now.getUTCFullYear() + 1}-12-31`;
  const [bot, staff] = clients;
  return {
    apiVersion: 'ehr-scorecard/v1',
    kind: 'OrganizationProfile',
    metadata: { id: 'third-party', decisionEnvironment: 'loopback' },
    environments: {
      loopback: { class: 'simulator', fhirBase: server.fhirBase, tokenUrl: server.tokenUrl, mayWrite: true },
    },
    auth: {
      bindings: clients.map((id) => ({
        id,
        environment: 'loopback',
        usedBy: id === bot ? ('ai-system' as const) : ('staff' as const),
        flow: 'backend' as const,
        clientId: id,
        secret: { ref: `file:${id}.secret` },
        scopes: [
          'system/Patient.rs',
          'system/Schedule.r',
          'system/Slot.rs',
          'system/Appointment.cruds',
          'system/Task.cruds',
        ],
      })),
    },
    contexts: [
      { id: bot, role: 'bot', binding: bot },
      { id: staff, role: 'scheduler', binding: staff },
    ],
    identifierSystems: { mrn: mrnSystem },
    channels: { call: { kind: 'external' } },
    testData: {
      patients: patients.map((patient) => ({ ...patient, synthetic: true as const, inventory: { Appointment: 1 } })),
      schedules: [{ id: scheduleId, canary: 'ZZTHIRDSCHEDULE' }],
      slots: { schedule: scheduleId, count: 96 },
    },
    writePolicy: {
      enabled: true,
      allow: [
        {
          resource: 'Appointment',
          interactions: ['create', 'patch', 'update', 'delete'],
          states: ['booked', 'cancelled'],
        },
        {
          resource: 'Task',
          interactions: ['create', 'patch', 'update', 'delete'],
          states: ['requested', 'received', 'cancelled'],
        },
      ],
      maxPerRun: 2_000,
      tag: { system: 'https://third.example/test-run', code: 'probe' },
      identifierSystem: 'https://third.example/test-object',
      cleanup: 'delete',
      leaves: { max: 0, who: owner, until: nextYear },
      approvals: [{ who: owner, until: nextYear }],
      downstream: {
        statedBy: owner,
        on: today,
        consumers: Object.fromEntries(downstreamConsumers.map((each) => [each, 'none'])) as never,
      },
    },
    limits: { requestsPerSecond: 200, concurrency: 16 },
  };
}

import type { AuditEvent } from 'fhir/r4.js';
import { readAuditEvent } from '../../src/fhir/audit-event.js';
import type { Sandbox } from '../../src/sandbox/server.js';

/** The columns of an export; `time` to the second, as EHRs print it. */
export type ExportRow = Readonly<
  Record<'time' | 'client' | 'patient' | 'action' | 'object' | 'version' | 'requestId' | 'outcome', string>
>;

export const everyColumn = [
  'time',
  'client',
  'patient',
  'action',
  'object',
  'version',
  'requestId',
  'outcome',
] as const satisfies readonly (keyof ExportRow)[];

/** What the sandbox logged so far. */
export function auditEventsOf(sandbox: Sandbox): AuditEvent[] {
  const lakeside = sandbox.organizations.get('lakeside')!;
  lakeside.flushAudit();
  return Object.values(lakeside.store.snapshot()).filter(
    (resource): resource is AuditEvent => resource.resourceType === 'AuditEvent',
  );
}

/** The line of an export for one record; an access to several patients at once names none of them. */
export function exportRow(event: AuditEvent): ExportRow[] {
  const read = readAuditEvent(event);
  if (read === undefined) return [];
  const patients = new Set(read.patients);
  return [
    {
      time: new Date(read.atMs).toISOString().slice(0, 19).replace('T', ' '),
      client: read.clients[0] ?? '',
      patient: patients.size === 1 ? [...patients].join('') : '',
      action: read.kind ?? '',
      object: read.object ?? '',
      version: read.version ?? '',
      requestId: read.requestIds[0] ?? '',
      outcome: read.failed === true ? 'Failure' : 'Success',
    },
  ];
}

export const exportCsv = (rows: readonly ExportRow[], columns: readonly (keyof ExportRow)[] = everyColumn): string =>
  [columns.join(','), ...rows.map((row) => columns.map((name) => `"${row[name]}"`).join(','))].join('\r\n');

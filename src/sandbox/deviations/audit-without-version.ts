import type { AuditEventEntity } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'audit-without-version',
  title: 'Audit records name the object and not its version',
  caughtBy: ['audit.writes-logged'],
  besides: ['write.version-conflict'],
  source: 'https://hl7.org/fhir/R4/auditevent-definitions.html#AuditEvent.entity.what',
  audit: (next) => (record, event) => next({ ...record, entity: (record.entity ?? []).map(withoutVersion) }, event),
});

function withoutVersion(entity: AuditEventEntity): AuditEventEntity {
  const reference = entity.what?.reference?.replace(/\/_history\/.*$/, '');
  return reference === undefined ? entity : { ...entity, what: { reference } };
}

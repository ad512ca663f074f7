import type { AuditEvent, AuditEventAgent, AuditEventEntity, Resource } from 'fhir/r4.js';
import { forbiddenIn, type LogSecrets, type RecordContent, type RecordElement } from '../model/audit-record.js';
import type { LoggedAccess } from '../model/audit-access.js';

const people = /^(?:.*\/)?(?:Practitioner|PractitionerRole|Patient|RelatedPerson|Person)\/[^/]+$/;
/** Agents that are people by their type: https://terminology.hl7.org/CodeSystem-extra-security-role-type.html */
const personTypes = new Set(['humanuser', 'IRCP', 'AUT', 'AUTM', 'INF']);
/** A copy of these says who and where, not what. */
const bystanders = new Set(['Device', 'Endpoint', 'Location', 'Organization', 'Practitioner', 'PractitionerRole']);

/**
 * What an AuditEvent says besides what finds it: which elements are filled, and whether it holds what no log should. The
 * search that was logged (`entity.query`) is looked at by nobody: its parameters are the log's business.
 * https://profiles.ihe.net/ITI/BALP/content.html
 */
export function readAuditContent(resource: Resource, access: LoggedAccess, secrets: LogSecrets): RecordContent {
  const event = resource as Partial<AuditEvent>;
  const agents = listOf<AuditEventAgent>(event.agent);
  const entities = listOf<AuditEventEntity>(event.entity);
  const contained = listOf<Resource>(event.contained);
  const has = new Set<RecordElement>(['time']);
  const note = (element: RecordElement, there: boolean): void => void (there && has.add(element));
  note('agent', agents.some(isAsker));
  note('user', agents.some(isPerson));
  note('patient', access.patients.length > 0);
  note('object', access.object !== undefined);
  note('version', access.version !== undefined);
  note('action', access.kind !== undefined);
  note('outcome', event.outcome !== undefined);
  note(
    'network',
    agents.some(({ network }) => typeof network?.address === 'string'),
  );
  note('source', event.source?.observer !== undefined || event.source?.site !== undefined);
  note(
    'purpose',
    listOf(event.purposeOfEvent).length > 0 || agents.some(({ purposeOfUse }) => listOf(purposeOfUse).length > 0),
  );
  note('requestId', access.requestIds.length > 0);
  const forbidden = forbiddenIn(JSON.stringify({ ...event, entity: entities.map(withoutQuery) }), secrets);
  return {
    has,
    wholeToken: forbidden.wholeToken,
    clinicalValues: forbidden.clinicalValues || contained.some(({ resourceType }) => !bystanders.has(resourceType)),
  };
}

function withoutQuery(entity: AuditEventEntity): AuditEventEntity {
  const { query, description: _said, ...rest } = entity;
  return query === undefined ? entity : rest;
}

/** Somebody named who is not the server that was asked (Destination Role ID of DICOM). */
const isAsker = ({ who, altId, name, type }: AuditEventAgent): boolean =>
  !listOf<{ code?: unknown }>(type?.coding).some(({ code }) => code === '110152') &&
  [altId, name, who?.reference, who?.display, who?.identifier?.value].some(
    (text) => typeof text === 'string' && text !== '',
  );

const isPerson = ({ who, type, role }: AuditEventAgent): boolean =>
  people.test(typeof who?.reference === 'string' ? who.reference : '') ||
  [type, ...listOf<NonNullable<AuditEventAgent['role']>[number]>(role)].some((each) =>
    listOf<{ code?: unknown }>(each?.coding).some(({ code }) => typeof code === 'string' && personTypes.has(code)),
  );

const listOf = <T>(value: unknown): T[] =>
  Array.isArray(value)
    ? (value as (T | null)[]).filter((each): each is T => typeof each === 'object' && each !== null)
    : [];

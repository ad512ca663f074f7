import type { AuditEvent, AuditEventAgent, AuditEventEntity, Resource } from 'fhir/r4.js';
import type { AccessKind, LoggedAccess } from '../model/audit-access.js';
import { localReference, referencedId } from './reference.js';

const restful: Readonly<Record<string, AccessKind>> = {
  read: 'read',
  vread: 'read',
  history: 'read',
  'history-instance': 'read',
  'history-type': 'read',
  'history-system': 'read',
  search: 'search',
  'search-type': 'search',
  'search-system': 'search',
  create: 'create',
  update: 'update',
  patch: 'update',
  delete: 'delete',
  operation: 'operation',
  // User Authentication, Login and Logout of DICOM: https://dicom.nema.org/medical/dicom/current/output/chtml/part16/sect_CID_401.html
  '110114': 'sign-in',
  '110122': 'sign-in',
};
const byAction: Readonly<Record<string, AccessKind>> = { C: 'create', R: 'read', U: 'update', D: 'delete' };
const fhirId = /^[A-Za-z0-9.-]{1,64}$/;
const requestIdNames = /^(x-?)?(request|correlation)-?id$/i;

/**
 * What an AuditEvent says of one access; undefined for anything else. Tolerant in where a server puts things, because the
 * patterns of IHE leave room: https://profiles.ihe.net/ITI/BALP/content.html
 */
export function readAuditEvent(resource: Resource | undefined): LoggedAccess | undefined {
  if (resource?.resourceType !== 'AuditEvent') return undefined;
  const event = resource as Partial<AuditEvent>;
  const atMs = Date.parse(textOf(event.recorded)[0] ?? '');
  if (Number.isNaN(atMs)) return undefined;
  const entities = listOf<AuditEventEntity>(event.entity);
  const patients = entities.map(({ what }) => referencedId(what?.reference, 'Patient'));
  const objects = entities.filter(({ role, query }) => role?.code !== '1' && query === undefined);
  const object = objects.find(({ what }) => localReference(what?.reference) !== undefined)?.what?.reference;
  const query = entities.find((entity) => typeof entity.query === 'string');
  const kind = kindOf(event, query !== undefined);
  const of = localReference(object)?.split('/')[0] ?? typeOf(entities) ?? queriedType(query?.query);
  const version = /\/_history\/([A-Za-z0-9.-]{1,64})$/.exec(object ?? '')?.[1];
  return {
    atMs,
    clients: listOf<AuditEventAgent>(event.agent).flatMap(namesOf),
    patients: patients.filter((each) => each !== undefined),
    requestIds: entities
      .filter(isRequestId)
      .flatMap(({ what, name, detail }) => [
        ...textOf(what?.identifier?.value),
        ...textOf(name),
        ...listOf<{ valueString?: string }>(detail).flatMap(({ valueString }) => textOf(valueString)),
      ]),
    ...(kind === undefined ? {} : { kind }),
    ...(of === undefined ? {} : { of }),
    ...(object === undefined ? {} : { object: localReference(object)! }),
    ...(version === undefined ? {} : { version }),
    ...(event.outcome === undefined ? {} : { failed: event.outcome !== '0' }),
    ...(typeof event.id === 'string' && fhirId.test(event.id) ? { id: event.id } : {}),
  };
}

function kindOf({ type, subtype, action }: Partial<AuditEvent>, hasQuery: boolean): AccessKind | undefined {
  const codes = [...listOf<{ code?: unknown }>(subtype), type ?? {}].map(({ code }) => code);
  const known = (words: Readonly<Record<string, AccessKind>>, word: unknown): AccessKind | undefined =>
    typeof word === 'string' && Object.hasOwn(words, word) ? words[word] : undefined;
  const named = codes.map((code) => known(restful, code)).find((kind) => kind !== undefined);
  return named ?? known(byAction, action) ?? (hasQuery ? 'search' : undefined);
}

function namesOf({ who, altId, name }: AuditEventAgent): string[] {
  return [
    ...textOf(altId),
    ...textOf(name),
    ...textOf(who?.identifier?.value),
    ...textOf(referencedId(who?.reference)),
    ...textOf(who?.display),
  ];
}

const isRequestId = ({ type, description, name }: AuditEventEntity): boolean =>
  [type?.code, description, name].some((each) => typeof each === 'string' && requestIdNames.test(each));

function typeOf(entities: readonly AuditEventEntity[]): string | undefined {
  const found = entities.find(({ type }) => type?.system === 'http://hl7.org/fhir/resource-types');
  return textOf(found?.type?.code)[0];
}

// The query is the request as base64, with the type in front: https://hl7.org/fhir/R4/auditevent-definitions.html#AuditEvent.entity.query
function queriedType(query: string | undefined): string | undefined {
  if (query === undefined) return undefined;
  return /(?:^|\/|\s)([A-Z][A-Za-z]{1,40})(?:\/_search)?\?/.exec(decoded(query))?.[1];
}

function decoded(base64: string): string {
  try {
    return atob(base64.slice(0, 4_000));
  } catch {
    return '';
  }
}

const textOf = (value: unknown): string[] => (typeof value === 'string' && value !== '' ? [value] : []);
const listOf = <T>(value: unknown): T[] =>
  Array.isArray(value)
    ? (value as (T | null)[]).filter((each): each is T => typeof each === 'object' && each !== null)
    : [];

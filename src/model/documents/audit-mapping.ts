import { Type, type Static, type TProperties } from 'typebox';
import { accessKinds } from '../audit-access.js';

const o = Type.Optional;
const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
const texts = Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: 50 });

/** What a column may hold; each is looked for by the names listed, without regard to case, spaces, `-` and `_`. */
export const columnRoles = [
  'time',
  'client',
  'user',
  'patient',
  'kind',
  'type',
  'object',
  'version',
  'requestId',
  'outcome',
  'network',
  'source',
  'purpose',
] as const;
export type ColumnRole = (typeof columnRoles)[number];

/** How an exported audit log is read: which column holds what, and which words mean what. */
export const auditMappingSchema = Type.Object(
  {
    apiVersion: Type.Literal('ehr-scorecard/v1'),
    kind: Type.Literal('AuditMapping'),
    metadata: closed({
      id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$', description: 'a name of lower-case letters, digits, -' }),
      title: o(Type.String()),
    }),
    /** `auditevent-ndjson`: one FHIR R4 AuditEvent a line; needs nothing else. */
    format: Type.Enum(['csv', 'auditevent-ndjson']),
    delimiter: o(Type.Enum([',', ';', '\t', '|'])),
    columns: o(
      closed(
        Object.fromEntries(columnRoles.map((role) => [role, o(texts)])) as Record<
          ColumnRole,
          ReturnType<typeof o<typeof texts>>
        >,
      ),
    ),
    /** Offset of times that state none. */
    offset: o(Type.String({ pattern: '^(Z|[+-]\\d{2}:\\d{2})$', description: 'Z or an offset such as -06:00' })),
    /** Words of the column `kind`. */
    kinds: o(
      closed(
        Object.fromEntries(accessKinds.map((kind) => [kind, o(texts)])) as Record<
          (typeof accessKinds)[number],
          ReturnType<typeof o<typeof texts>>
        >,
      ),
    ),
    /** Words of the column `outcome` that mean refused; a number of 400 and more always does. */
    failure: o(texts),
    /** Names the log uses for a client of the organization file, by binding. */
    clients: o(Type.Record(Type.String(), texts)),
    /** What this kind of export never holds. */
    leavesOut: o(Type.Array(Type.Enum(['refusals']))),
  },
  { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Audit log mapping', additionalProperties: false },
);
export type AuditMapping = Static<typeof auditMappingSchema>;

import Type from 'typebox';
import { factKind } from '../fact.js';

const count = Type.Integer({ minimum: 0 });
const status = Type.Integer({ minimum: 100, maximum: 599 });
const exchanges = Type.Array(Type.String(), { maxItems: 5 });

const match = Type.Object({
  source: Type.Enum(['fhir-auditevent', 'file']),
  /** What the contract asks to be logged: every exchange, or every access to a patient. */
  granularity: Type.Enum(['exchange', 'patient-access']),
  /** Requests of this kind that were sent; entries of a batch count one by one. */
  sent: count,
  /** How many of them the log has to hold at that granularity. */
  expected: count,
  found: count,
  byRequestId: count,
  /** Found by a record that lacks what would tell it from another one. */
  ambiguous: count,
  /** Records of the run's clients or request ids that nothing was sent for. */
  leftOver: count,
  /** The log holds patient, client and kind once a minute, however often it happened. */
  oncePerMinute: Type.Boolean(),
  /** Found writes whose record lacks the version the server gave. */
  withoutVersion: count,
  /** Found refusals whose record does not say that it was refused. */
  withoutFailure: count,
  /** `read Patient`, `update Task`; of refusals `sign-in`, `no right`, `not signed in`. */
  kinds: Type.Array(Type.Object({ kind: Type.String(), expected: count, found: count })),
  /** Exchange ids the EHR team can look up. */
  foundExamples: exchanges,
  missingExamples: exchanges,
});

/** The run's own exchanges against the EHR's audit log, one to one. Subject: run. */
export const auditFacts = {
  /** Reads and searches that were answered. */
  'reads-in-log': factKind(1, match),
  /** Creates, updates, deletes and operations that were carried out, undo and cleanup included. */
  'writes-in-log': factKind(1, match),
  /** Requests answered 401 or 403, and refused sign-ins. */
  'refusals-in-log': factKind(1, match),
  /** What the records found for the run say, over all its accesses; `due` counts those that have to say it. */
  'record-quality': factKind(
    1,
    Type.Object({
      source: Type.Enum(['fhir-auditevent', 'file']),
      records: count,
      elements: Type.Array(Type.Object({ element: Type.String(), due: count, present: count })),
      /** Kinds of access, as `read Patient`, of which no record says it. */
      kindsWithoutAgent: Type.Array(Type.String()),
      kindsWithoutPatient: Type.Array(Type.String()),
      /** Records that hold an access token from end to end. */
      wholeTokens: count,
      /** Records that hold a copy of what was read or written, or values out of it. */
      clinicalValues: count,
      /** Exchanges whose records are worth looking at. */
      examples: exchanges,
    }),
  ),
  /** The AI system's client tries to change and remove one audit record this run caused. */
  'audit-tampering': factKind(
    1,
    Type.Object({
      attempts: Type.Array(Type.Object({ method: Type.Enum(['PUT', 'PATCH', 'DELETE']), status })),
      /** Status of reading the record by the audit client before and after. */
      before: status,
      after: status,
      /** Same content and version afterwards. */
      unchanged: Type.Boolean(),
      /** The AI system's client could do something allowed before and after. */
      controls: Type.Boolean(),
    }),
  ),
};

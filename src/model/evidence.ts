import Type, { type Static } from 'typebox';
import { accessSchema } from './audit-access.js';
import { environmentClasses, grades } from './outcome.js';

/** Raised when a line changes meaning. Evidence of another schema version is refused. */
export const evidenceSchemaVersion = 1;

const environmentClass = Type.Enum([...environmentClasses]);
const grade = Type.Enum([...grades]);
const instant = Type.String({ description: 'UTC, ISO 8601 with milliseconds' });
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** One document whose bytes lie in `inputs/`. */
export const inputSchema = Type.Object({
  /** File name inside `inputs/`, our own: [a-z0-9.-]. */
  name: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,80}$' }),
  role: Type.Union([
    Type.Literal('contract'),
    Type.Literal('contract-template'),
    Type.Literal('organization'),
    Type.Literal('organization-template'),
    Type.Literal('ehr-profile'),
    Type.Literal('policy'),
    Type.Literal('peer'),
  ]),
  sha256,
});
export type EvidenceInput = Static<typeof inputSchema>;

export const headerSchema = Type.Object({
  type: Type.Literal('header'),
  schemaVersion: Type.Literal(evidenceSchemaVersion),
  runId: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }),
  tool: Type.Object({ name: Type.Literal('ehr-scorecard'), version: Type.String() }),
  startedAt: instant,
  /** buyer, ehr-team, vendor or ci; `not-stated` counts as vendor. */
  operator: Type.Object({ party: Type.String(), who: Type.String() }),
  environment: Type.Object({ id: Type.String(), class: environmentClass, origin: Type.String() }),
  phi: Type.Union([Type.Literal('synthetic-only'), Type.Literal('may-contain')]),
  writes: Type.Union([Type.Literal('none'), Type.Literal('one'), Type.Literal('all')]),
  gate: Type.Union([Type.Literal('go'), Type.Literal('conditional'), Type.Literal('baseline'), Type.Literal('none')]),
  /** Check ids chosen with --only/--skip; null when the run was whole. */
  selection: Type.Union([Type.Array(Type.String()), Type.Null()]),
  /** Whether any credential could be used at all; without one the headline is "NOT SHOWN YET". */
  credentials: Type.Boolean(),
  inputs: Type.Array(inputSchema),
  planSha256: sha256,
  seed: Type.String(),
});
export type EvidenceHeader = Static<typeof headerSchema>;

export const factLineSchema = Type.Object({
  type: Type.Literal('fact'),
  kind: Type.String(),
  version: Type.Integer(),
  subject: Type.String(),
  /** A value of the kind's schema, or `{missing, detail}`. */
  value: Type.Unknown(),
  grade,
  exchanges: Type.Array(Type.String()),
  environmentClass,
});

/** `context` and `probe` of what the AI system itself sent, as its traffic through the proxy shows. */
export const productContext = 'ai-product';
export const productProbe = 'proxy';

/** One request and its answer, redacted: no value of the record, no URL with parameters. */
export const exchangeLineSchema = Type.Object({
  type: Type.Literal('exchange'),
  /** `x1`, `x2` … in the order sent. */
  id: Type.String(),
  probe: Type.String(),
  subject: Type.String(),
  /** Role of the credential: ai, second, audit, staff-…, anonymous. */
  context: Type.String(),
  method: Type.String(),
  /** Path template below the base, ids replaced: `Appointment/{id}`, `Slot?schedule&start`. */
  path: Type.String(),
  purpose: Type.String(),
  /** Id of the other organization it went to. */
  peer: Type.Optional(Type.String()),
  /** 0 when no answer came. */
  status: Type.Integer(),
  /** Set when the exchange ended in a fault instead of an answer. */
  fault: Type.Optional(Type.String()),
  sentAt: instant,
  waitedMs: Type.Number(),
  firstByteMs: Type.Optional(Type.Number()),
  durationMs: Type.Number(),
  bytes: Type.Integer(),
  /** Names of all answer headers, values of an allow list only. */
  headers: Type.Record(Type.String(), Type.String()),
  requestId: Type.String(),
  /** One of a measured series: sent to be counted, not to find out how something behaves. */
  sample: Type.Optional(Type.Literal(true)),
  /** FHIR resource type of the body, when there is one. */
  resourceType: Type.Optional(Type.String()),
  /** Of a request of the AI system through the proxy: what the EHR answered, where it was asked. */
  upstreamStatus: Type.Optional(Type.Integer()),
  /** Fault the proxy let it meet. */
  injected: Type.Optional(Type.String()),
  /** Why the proxy did not pass it on. */
  refused: Type.Optional(Type.String()),
  /** What an audit log has to hold of it; one for each entry of a batch. Absent for discovery and other organizations. */
  accesses: Type.Optional(Type.Array(accessSchema)),
});
export type ExchangeLine = Static<typeof exchangeLineSchema>;

/** Something that happened to the run itself: sign-in, stop, breaker, residue, drift, cleanup. */
export const eventLineSchema = Type.Object({
  type: Type.Literal('event'),
  event: Type.String(),
  at: instant,
  data: Type.Record(Type.String(), Type.Unknown()),
});

/** Opens everything that was added after the run: an audit export, a witness sheet. */
export const segmentLineSchema = Type.Object({
  type: Type.Literal('segment'),
  /** What was collected: `audit-file`, … */
  kind: Type.String(),
  at: instant,
  sources: Type.Array(Type.Object({ name: Type.String(), sha256 })),
});

/** What is left in the EHR after cleanup. */
export const residueSchema = Type.Object({
  resourceType: Type.String(),
  id: Type.String(),
  /** `not-provably-ours`, `changed-by-others`, `undo-refused`, `outcome-unknown`, `undo-by-person`. */
  reason: Type.String(),
});
export type Residue = Static<typeof residueSchema>;

/** Closes a segment. A folder whose last line is not an end is an incomplete run. */
export const endLineSchema = Type.Object({
  type: Type.Literal('end'),
  at: instant,
  /** `complete`; `interrupted` by a signal; `safety-stop`; `internal` for a fault of ours. */
  how: Type.Union([
    Type.Literal('complete'),
    Type.Literal('interrupted'),
    Type.Literal('safety-stop'),
    Type.Literal('internal'),
  ]),
  /** Stable code of a safety stop or internal fault. */
  code: Type.Optional(Type.String()),
  plannedRequests: Type.Integer(),
  sentRequests: Type.Integer(),
  /** Of `sentRequests`, those of measured series and shares. */
  sampleRequests: Type.Optional(Type.Integer()),
  /** The others by probe, in the order of their ids, with the kinds of facts it brings; none for what serves every probe. */
  requestsByProbe: Type.Optional(
    Type.Array(Type.Object({ probe: Type.String(), brings: Type.Array(Type.String()), requests: Type.Integer() })),
  ),
  /** Requests whose answer was 502, 503, 504, 429 after retries, a time-out or a reset. */
  unavailableRequests: Type.Integer(),
  writes: Type.Integer(),
  undone: Type.Integer(),
  residue: Type.Array(residueSchema),
  /** How many objects the organization agreed may stay. */
  leavesMax: Type.Integer(),
  journalHead: sha256,
});
export type EvidenceEnd = Static<typeof endLineSchema>;

export const evidenceLineSchemas = {
  header: headerSchema,
  fact: factLineSchema,
  exchange: exchangeLineSchema,
  event: eventLineSchema,
  segment: segmentLineSchema,
  end: endLineSchema,
};
export type EvidenceLine = {
  [K in keyof typeof evidenceLineSchemas]: Static<(typeof evidenceLineSchemas)[K]>;
}[keyof typeof evidenceLineSchemas];

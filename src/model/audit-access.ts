import Type, { type Static } from 'typebox';
import { sha256Hex } from './chain.js';
import type { RecordContent } from './audit-record.js';
import type { ExchangeLine } from './evidence.js';

/** What a log calls an access; `update` is PUT and PATCH, `read` any read of one object or of its history. */
export const accessKinds = ['read', 'search', 'create', 'update', 'delete', 'operation', 'sign-in'] as const;
export type AccessKind = (typeof accessKinds)[number];

const digest = Type.String({ pattern: '^[0-9a-f]{32}$' });

/** What an audit log has to hold of one request, or of one entry of a batch. No id of a patient or of an object. */
export const accessSchema = Type.Object({
  kind: Type.Enum([...accessKinds]),
  /** FHIR resource type. */
  of: Type.Optional(Type.String()),
  status: Type.Integer(),
  /** Binding that asked; absent where nobody was signed in. */
  binding: Type.Optional(Type.String()),
  /** Aliases of the listed test patients it was about. */
  patients: Type.Array(Type.String()),
  /** Digest of `Type/id` of what was written. */
  object: Type.Optional(digest),
  /** Version a create or an update made. */
  version: Type.Optional(Type.String()),
});
export type Access = Static<typeof accessSchema>;

/** An access that was made, with what finds it again in a log. Times in milliseconds since 1970. */
export interface MadeAccess extends Access {
  readonly exchange: string;
  readonly requestIds: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** One record of a log as it was read, before it is known whether it is ours. */
export interface LoggedAccess {
  readonly atMs: number;
  /** Everything that may name the client: ids, names, references. */
  readonly clients: readonly string[];
  /** Logical ids. */
  readonly patients: readonly string[];
  readonly kind?: AccessKind;
  readonly of?: string;
  /** `Type/id`. */
  readonly object?: string;
  readonly version?: string;
  readonly requestIds: readonly string[];
  readonly failed?: boolean;
  /** Id of the record itself. */
  readonly id?: string;
}

/** A record of our own doing; patients and objects are named as in `Access`. */
export interface OwnRecord {
  readonly atMs: number;
  readonly bindings: readonly string[];
  /** Digests of every name the record gives to who did it. */
  readonly agents?: readonly string[];
  readonly patients: readonly string[];
  readonly kind?: AccessKind;
  readonly of?: string;
  readonly object?: string;
  readonly version?: string;
  /** Those of its request ids that the run sent or was given. */
  readonly requestIds: readonly string[];
  /** Digests of other request ids it names: those of a product at work beside the run. */
  readonly othersRequests?: readonly string[];
  readonly failed?: boolean;
  readonly id?: string;
  /** What else it says, where the log was read for that. */
  readonly content?: RecordContent;
}

/** Digest of an id for the evidence of one run; two runs never share one. */
export const runDigest = (runId: string, text: string): string => sha256Hex(`${runId}\n${text}`).slice(0, 32);

/** The accesses of one exchange of the evidence. */
export function accessesMade({ id, sentAt, durationMs, requestId, headers, accesses }: ExchangeLine): MadeAccess[] {
  if (accesses === undefined) return [];
  const fromMs = Date.parse(sentAt);
  const requestIds = [requestId];
  for (const given of [headers['x-request-id'], headers['x-correlation-id']]) {
    if (given !== undefined && given !== '' && !requestIds.includes(given)) requestIds.push(given);
  }
  return accesses.map((access) => ({ ...access, exchange: id, requestIds, fromMs, toMs: fromMs + durationMs }));
}

/** Stands among the bindings of a record for a client only the product signs in with (`aiSystem.clients`). */
export const ownClientOfProduct = '(product)';

/** Who the run was, for telling its own records from everybody else's. */
export interface RunIdentity {
  readonly runId: string;
  /** Bindings a client id or name of the log belongs to. */
  readonly bindingsOf: (client: string) => readonly string[];
  /** Alias of a listed test patient by its logical id. */
  readonly aliasOf: (patientId: string) => string | undefined;
  /** Every request id of the run. */
  readonly requestIds: ReadonlySet<string>;
  /** First and last moment of the run. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Names of one record that are kept, as digests. */
const mostAgents = 12;
const mostOthersRequests = 2;

/** Records and clocks of a log may be this far from the run's. */
export const clockToleranceMs = 60_000;

/**
 * The record as one of this run's, or undefined: then nothing of it is kept. Ours is what carries a request id of the run,
 * or what one of its clients did during the run to nobody but listed test patients.
 */
export function ownRecord(logged: LoggedAccess, run: RunIdentity): OwnRecord | undefined {
  const requestIds = logged.requestIds.filter((each) => run.requestIds.has(each));
  const bindings = [...new Set(logged.clients.flatMap((client) => run.bindingsOf(client)))];
  const patients = logged.patients.map(run.aliasOf).filter((each) => each !== undefined);
  if (requestIds.length === 0) {
    const during = logged.atMs >= run.fromMs - clockToleranceMs && logged.atMs <= run.toMs + clockToleranceMs;
    const strangersOnly = logged.patients.length > 0 && patients.length === 0;
    if (bindings.length === 0 || !during || strangersOnly) return undefined;
  }
  const { object, atMs, kind, of, version, failed, id } = logged;
  const others = requestIds.length > 0 ? [] : logged.requestIds.slice(0, mostOthersRequests);
  return {
    atMs,
    bindings,
    agents: [...new Set(logged.clients.slice(0, mostAgents))].map((agent) => runDigest(run.runId, agent)),
    patients: [...new Set(patients)],
    requestIds,
    ...(others.length === 0 ? {} : { othersRequests: others.map((each) => runDigest(run.runId, each)) }),
    ...(kind === undefined ? {} : { kind }),
    ...(of === undefined ? {} : { of }),
    ...(object === undefined ? {} : { object: runDigest(run.runId, object) }),
    ...(version === undefined ? {} : { version }),
    ...(failed === undefined ? {} : { failed }),
    ...(id === undefined ? {} : { id }),
  };
}

export type AccessGroup = 'reads' | 'writes' | 'denied';

/**
 * The group an access counts in; undefined for what a log may hold or leave out: good sign-ins, requests that were
 * refused for what they said and not for who sent them, and requests without an answer.
 */
export function groupOf({ kind, status }: Pick<Access, 'kind' | 'status'>): AccessGroup | undefined {
  if (status === 401 || status === 403) return 'denied';
  if (kind === 'sign-in') return status >= 400 && status < 500 && status !== 429 ? 'denied' : undefined;
  if (status < 200 || (status >= 300 && status !== 304)) return undefined;
  return kind === 'read' || kind === 'search' ? 'reads' : 'writes';
}

/** What a report calls the kind of an access: `read Patient`, `update Task`, `sign-in`, `no right`, `not signed in`. */
export function kindName({ kind, of, status }: Pick<Access, 'kind' | 'of' | 'status'>): string {
  if (kind === 'sign-in') return 'sign-in';
  if (status === 401) return 'not signed in';
  if (status === 403) return 'no right';
  return of === undefined ? kind : `${kind} ${of}`;
}

import type { Bundle, OperationOutcome, Resource } from 'fhir/r4.js';

/** One FHIR request inside the sandbox, also one entry of a batch or transaction. */
export interface FhirRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the FHIR base, no leading slash, no query: `Patient/p1`, `Appointment/_search`, `metadata`, `` for a bundle. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or the form of a POST _search. */
  readonly body?: unknown;
  /** Who asks; `null` before sign-in (only discovery documents are served then). */
  readonly access: Access | null;
}

export interface FhirResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Resource | Bundle | OperationOutcome | Buffer | string | undefined;
}

/** The right of one token: granted scopes, and the role and site the client is registered for. */
export interface Access {
  readonly clientId: string;
  /** The person who signed in, as `Practitioner/id`; absent for a program on its own. */
  readonly user?: string;
  readonly organization: string;
  readonly role: string;
  /** Site id the role is limited to; `null` means every site. */
  readonly site: string | null;
  readonly scopes: readonly string[];
  readonly requestId: string;
  /** Asked for an entry of a batch or transaction. */
  readonly inBundle?: boolean;
  /** The same right as the entries of a bundle ask for it. */
  readonly ofEntry?: Access;
  /** Scope, role and site together. `resource` is the stored or submitted resource, absent for type-level questions. */
  permits(interaction: Interaction, resourceType: string, resource?: Resource): boolean;
}

/** SMART v2 letters: create, read, update, delete, search. */
export type Interaction = 'c' | 'r' | 'u' | 'd' | 's';

export type FhirHandler = (request: FhirRequest) => Promise<FhirResponse>;

/** What happened to one resource or search, for the audit log; batch entries are events of their own. */
export interface AccessEvent {
  readonly interaction:
    'read' | 'vread' | 'search' | 'history' | 'create' | 'update' | 'patch' | 'delete' | 'operation' | 'sign-in';
  readonly access: Access | null;
  /** Client that tried, where no token was granted. */
  readonly clientId?: string;
  readonly requestId: string;
  readonly resourceType?: string;
  readonly resourceId?: string;
  readonly versionId?: string;
  /** Logical ids of the patients whose data was touched. */
  readonly patients: readonly string[];
  /** Search parameters as sent, for `entity.query`. */
  readonly query?: string;
  readonly status: number;
}
export type AccessRecorder = (event: AccessEvent) => void;

/** One committed change, in commit order; what subscriptions are fed from. */
export interface StoreChange {
  readonly previous: Resource | undefined;
  /** Absent after a delete. */
  readonly current: Resource | undefined;
  readonly resourceType: string;
  readonly id: string;
  readonly atMs: number;
}

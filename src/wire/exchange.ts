import type { LookupAddress } from 'node:dns';

export type Purpose =
  | 'fhir'
  | 'token'
  | 'jwks'
  | 'audit'
  | 'ai-system'
  | 'ai-control'
  | 'ai-webhook'
  | 'ai-cds'
  | 'ai-log'
  | 'ai-app'
  | 'ai-routes'
  | 'listener'
  | 'authorize';

/** An origin the run may talk to, for one purpose. Several rules may name one origin; their `tls` must be equal. */
export interface OriginRule {
  /** `https://host:port`; `http:` on loopback only. */
  readonly origin: string;
  readonly purpose: Purpose;
  readonly tls?: TlsRule;
}

/** How the certificate of one origin is verified. Verification itself cannot be switched off. */
export interface TlsRule {
  /** PEM, one or more certificates. */
  readonly ca?: string;
  /** `add` (default): `ca` beside the roots Node ships; `only`: nothing but `ca`. */
  readonly caMode?: 'add' | 'only';
  /** base64 SHA-256 of an accepted SubjectPublicKeyInfo (https://www.rfc-editor.org/rfc/rfc7469#section-2.4). */
  readonly spkiPins?: readonly string[];
  /** Name sent as SNI and verified, where it differs from the host of the origin. */
  readonly serverName?: string;
}

export interface DoorOptions {
  readonly origins: readonly OriginRule[];
  readonly defaults?: {
    /** From `exchange()` to the last byte of the answer, redirects included. 30,000. */
    readonly deadlineMs?: number;
    /** Longest silence inside a body; undici's coarse clock, about one second exact. 15,000. */
    readonly idleMs?: number;
    /** After decompression. 10 MiB. */
    readonly bodyBytes?: number;
  };
  /** Open connections per origin; further exchanges wait in order. 8. */
  readonly connectionsPerOrigin?: number;
  /** Milliseconds on a clock that never goes back; default `performance.now`. */
  readonly monotonicMs?: () => number;
  /** Name resolution; default `dns.lookup` with all addresses. Its answers are checked like any other. */
  readonly lookup?: (hostname: string) => Promise<readonly LookupAddress[]>;
}

export interface Door {
  /**
   * Sends one request and reads the whole answer, whatever its status.
   * @throws WireFault  no usable answer came
   * @throws SafetyStop  the peer, its address or a redirect of a credential ends the run
   */
  exchange(request: DoorRequest): Promise<DoorResponse>;
  /** Ends every connection; exchanges in flight fail with `aborted`. */
  close(): Promise<void>;
}

export interface DoorRequest {
  readonly purpose: Purpose;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute; no user information, the fragment is dropped. */
  readonly url: string;
  /** `accept-encoding` is set by the door; `host`, `connection` and body framing may not be given. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** A bearer token, a client assertion or a secret is in headers, URL or body: redirects are never followed. */
  readonly carriesCredential: boolean;
  /** `returned`: a redirect is an answer like any other, for a caller that plays a person's browser. */
  readonly redirects?: 'returned';
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** When the request was due, on the door's monotonic clock; default: the moment of the call. */
  readonly intendedAtMs?: number;
}

export interface DoorResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Every header name as received, in order. */
  readonly headerNames: readonly string[];
  /** Decompressed. */
  readonly body: Uint8Array;
  readonly timing: Timing;
  readonly connection: ConnectionFacts;
  /** Redirects followed inside the origin, first to last. */
  readonly hops: readonly Hop[];
}

/** Milliseconds on the door's monotonic clock; a timer may fire early, so `sentAtMs` can lie before `intendedAtMs`. */
export interface Timing {
  readonly intendedAtMs: number;
  /** The request was handed to an open socket (of the first hop). */
  readonly sentAtMs: number;
  /** Status and headers of the final answer were read (of the last hop). */
  readonly firstByteAtMs: number;
  /** Last byte of the body was read, before decompression. */
  readonly endAtMs: number;
  /** Durations, present only if this exchange opened the connection. */
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
}

export type AddressClass = 'loopback' | 'private' | 'public';

export interface ConnectionFacts {
  readonly reused: boolean;
  readonly address?: string;
  readonly addressClass: AddressClass;
  /** As Node names it: `TLSv1.2`, `TLSv1.3`. Absent on plain http. */
  readonly tlsProtocol?: string;
  /** base64 SHA-256 of the certificate's SubjectPublicKeyInfo. */
  readonly peerSpkiSha256?: string;
}

export interface Hop {
  readonly status: number;
  /** Origin the redirect pointed to. */
  readonly origin: string;
}

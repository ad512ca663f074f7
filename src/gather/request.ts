import type { Resource } from 'fhir/r4.js';
import type { NotMeasuredReason } from '../model/outcome.js';
import type { ConnectionFacts, Purpose, Timing } from '../wire/exchange.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One request a probe may make. The recorder refuses anything that matches none, and the plan prints them all.
 * `path` is relative to the base of its purpose; `{id}` and `{service}` stand for one segment, `{type}` for a resource type, names after `?` are
 * the parameters that may be sent (in the URL or in the form of a POST _search): `Appointment/{id}`, `Slot/_search?schedule&start`.
 */
export interface RequestTemplate {
  readonly context: string;
  readonly method: Method;
  readonly path: string;
  /** Upper bound for this probe and subject. */
  readonly most: number;
  readonly mutates?: boolean;
  readonly purpose?: Purpose;
  /** Id of the other organization it goes to. */
  readonly peer?: string;
  /** Adds up to this many requests to addresses the server names, below the base of the purpose. */
  readonly pages?: number;
}

export interface OutgoingRequest {
  readonly method: Method;
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly purpose?: Purpose;
  /** Id of the other organization it goes to; absent: the run's own. */
  readonly peer?: string;
  /** Absolute URL the server named: of a next page, of a page of its sign-in. It must lie below the base of the purpose. */
  readonly nextLink?: string;
  /** Absolute URL of an endpoint the discovery document names; it must have the origin of the purpose. */
  readonly endpoint?: string;
  /** A redirect comes back as an answer and is never followed. */
  readonly redirects?: 'returned';
  readonly deadlineMs?: number;
  /** Given up on purpose at `deadlineMs`: says nothing about the availability of the server. */
  readonly abandon?: boolean;
  /** A measured series draws its budget beforehand and then bypasses pacing, retry and breaker. */
  readonly measured?: { readonly intendedAtMs?: number };
  /** Of a series, or behind the first of a share: counted among the samples, paced and asked again as any other. */
  readonly sample?: boolean;
  /** Answers that mean "unavailable" come back as answers instead of ending the probe. */
  readonly tolerant?: boolean;
}

/** What came back, bounded and parsed; lives only inside the probe. */
export interface Answer {
  /** Exchange id in the evidence. */
  readonly exchange: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The parsed body, when it is JSON within bounds. */
  readonly json: unknown;
  /** The parsed body, when it is a FHIR resource. */
  readonly resource: Resource | undefined;
  /** Why a body that should be JSON is not usable. */
  readonly problem: 'not-fhir' | 'too-deep' | undefined;
  readonly timing: Timing;
  /** Wall clock of sending and of the last byte, for matching with audit records. */
  readonly sentAt: Date;
  readonly receivedAt: Date;
  readonly connection: ConnectionFacts;
  readonly requestId: string;
  readonly ok: boolean;
}

/** An exchange that brought nothing to judge; the facts of the probe become missing with this reason. */
export class ExchangeFault extends Error {
  override readonly name = 'ExchangeFault';
  readonly reason: NotMeasuredReason;
  readonly exchange: string | undefined;
  /** The request may have been processed all the same. */
  readonly mayHaveArrived: boolean;

  constructor(reason: NotMeasuredReason, detail: string, exchange: string | undefined, mayHaveArrived = false) {
    super(detail);
    this.reason = reason;
    this.exchange = exchange;
    this.mayHaveArrived = mayHaveArrived;
  }
}

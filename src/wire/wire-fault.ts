/** Why an exchange brought no usable answer. Stable words: they become the reason of a missing fact. */
export type WireFaultReason =
  | 'unavailable'
  | 'timeout'
  | 'reset'
  | 'host-not-found'
  | 'refused'
  | 'certificate'
  | 'too-large'
  | 'truncated'
  | 'origin-not-listed'
  | 'redirected'
  | 'too-many-redirects'
  | 'encoding'
  | 'protocol'
  | 'aborted';

/** What was wrong with the certificate of the peer, where the reason is `certificate`. */
export type CertificateProblem =
  'expired' | 'not-yet-valid' | 'wrong-name' | 'self-signed' | 'untrusted' | 'not-pinned';

export interface WireFaultDetails {
  /** Origin asked; never a path or query. */
  readonly origin?: string;
  /** `performance.now()` at which the request was handed to the socket; absent: nothing was sent. */
  readonly sentAtMs?: number;
  readonly certificate?: CertificateProblem;
  /** Status of the answer, where one had begun. */
  readonly status?: number;
  /** Origin a redirect that was not followed points to; absent when its `Location` could not be read. */
  readonly redirectOrigin?: string;
}

const sentences: Record<WireFaultReason, string> = {
  unavailable: 'the host could not be reached',
  timeout: 'no complete answer came before the deadline or within the idle time-out',
  reset: 'the connection ended before an answer began',
  'host-not-found': 'the host name does not resolve',
  refused: 'the host refused the connection',
  certificate: 'the certificate of the host was not accepted, no request was sent',
  'too-large': 'the answer exceeds a bound on headers, interim answers or body',
  truncated: 'the answer ended before its announced length',
  'origin-not-listed': 'the origin is not listed for this purpose, nothing was sent',
  redirected: 'the answer is a redirect, which is not followed here',
  'too-many-redirects': 'more than three redirects inside the origin',
  encoding: 'the answer has a content or transfer encoding other than one gzip, deflate or br, or damaged data',
  protocol: 'the exchange breaks the HTTP or TLS protocol',
  aborted: 'the exchange was ended by its caller',
};

/**
 * An exchange without a usable answer. The text is ours: nothing from a server, a header or a foreign error is in it.
 * `mayHaveArrived` tells whether the request may have been processed; if so, a write is found by its identifier and
 * never blindly sent again (https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2).
 */
export class WireFault extends Error {
  override readonly name = 'WireFault';
  readonly reason: WireFaultReason;
  readonly origin: string | undefined;
  readonly sentAtMs: number | undefined;
  readonly mayHaveArrived: boolean;
  readonly certificate: CertificateProblem | undefined;
  readonly status: number | undefined;
  readonly redirectOrigin: string | undefined;

  constructor(reason: WireFaultReason, details: WireFaultDetails = {}) {
    super(details.origin === undefined ? sentences[reason] : `${details.origin}: ${sentences[reason]}`);
    this.reason = reason;
    this.origin = details.origin;
    this.sentAtMs = details.sentAtMs;
    this.mayHaveArrived = details.sentAtMs !== undefined;
    this.certificate = details.certificate;
    this.status = details.status;
    this.redirectOrigin = details.redirectOrigin;
  }
}

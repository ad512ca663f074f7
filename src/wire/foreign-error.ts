import { WireFault, type CertificateProblem, type WireFaultDetails, type WireFaultReason } from './wire-fault.js';

const reasons: Readonly<Record<string, WireFaultReason>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'host-not-found',
  EAI_AGAIN: 'unavailable',
  EHOSTUNREACH: 'unavailable',
  EHOSTDOWN: 'unavailable',
  ENETUNREACH: 'unavailable',
  ENETDOWN: 'unavailable',
  EADDRNOTAVAIL: 'unavailable',
  ETIMEDOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'too-large',
  HPE_HEADER_OVERFLOW: 'too-large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'truncated',
  HPE_INVALID_EOF_STATE: 'truncated',
};

const certificateProblems: Readonly<Record<string, CertificateProblem>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'untrusted',
  CERT_SIGNATURE_FAILURE: 'untrusted',
  CERT_CHAIN_TOO_LONG: 'untrusted',
  CERT_REVOKED: 'untrusted',
  CERT_UNTRUSTED: 'untrusted',
  CERT_REJECTED: 'untrusted',
  INVALID_CA: 'untrusted',
  INVALID_PURPOSE: 'untrusted',
  PATH_LENGTH_EXCEEDED: 'untrusted',
  HOSTNAME_MISMATCH: 'wrong-name',
};

/** What Node's or OpenSSL's code says against a certificate; `undefined` for any other code. */
export function certificateProblem(code: string): CertificateProblem | undefined {
  return Object.hasOwn(certificateProblems, code) ? certificateProblems[code] : undefined;
}

const closed = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/**
 * Our fault for an error of Node, OpenSSL or undici, by its code; its message is dropped, since it may quote a header
 * or the server. `details.status` tells that an answer had begun.
 */
export function faultOf(error: unknown, details: WireFaultDetails): WireFault {
  if (error instanceof WireFault) return error;
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const certificate = certificateProblem(code);
  if (certificate !== undefined) return new WireFault('certificate', { ...details, certificate });
  const reason = reasons[code];
  // undici also blames the length for a head that contradicts itself.
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && details.status === undefined) {
    return new WireFault('protocol', details);
  }
  if (reason !== undefined) return new WireFault(reason, details);
  // undici has one code for a connection the other side ended and for an answer out of turn.
  const ended = closed.has(code) || (code === 'UND_ERR_SOCKET' && /^(?:other side )?closed$/.test(message));
  if (ended) return new WireFault(details.status === undefined ? 'reset' : 'truncated', details);
  return new WireFault('protocol', details);
}

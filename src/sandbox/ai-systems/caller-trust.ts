import { createPublicKey } from 'node:crypto';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyOptions,
} from 'jose';
import type { AdvisorConfiguration, AdvisorFault, TrustedCaller } from './advisor-configuration.js';

/** Whether a call may be answered: its Authorization header, and the addresses the token may be made for. */
export type CallerTrust = (authorization: string | undefined, addresses: readonly string[]) => Promise<boolean>;

const asymmetric = ['ES384', 'RS384'];
const mostRemembered = 10_000;

/**
 * Looks at the token of every call: signed with a key that was agreed on, of an issuer that was agreed on, made for this
 * address, not over, and not seen before. https://cds-hooks.hl7.org/2.0/#trusting-cds-clients
 */
export function callerTrust({ callers, faults }: AdvisorConfiguration): CallerTrust {
  const has = (fault: AdvisorFault): boolean => faults.includes(fault);
  const seen = new Map<string, number>();

  function fresh({ iss = '', jti = '', exp = 0 }: JWTPayload): boolean {
    const key = `${iss} ${jti}`;
    if (seen.has(key) && !has('caller-replayed')) return false;
    const nowSeconds = Date.now() / 1_000;
    if (seen.size >= mostRemembered) for (const [old, end] of seen) if (end < nowSeconds) seen.delete(old);
    // More calls than it can remember are answered no more.
    if (seen.size >= mostRemembered) return false;
    seen.set(key, exp);
    return true;
  }

  async function verified(token: string, addresses: readonly string[]): Promise<JWTPayload | undefined> {
    const { alg, jku } = decodeProtectedHeader(token);
    const caller = callers.find(({ issuer }) => issuer === decodeJwt(token).iss);
    const options: JWTVerifyOptions = {
      requiredClaims: ['iss', 'aud', 'exp', 'iat', 'jti'],
      algorithms: asymmetric,
      ...(has('caller-other-audience') ? {} : { audience: [...addresses] }),
      ...(has('caller-expired') ? { currentDate: new Date(0) } : {}),
    };
    if (alg === 'none') return has('caller-unsigned') ? decodeJwt(token) : undefined;
    if (alg === 'HS256' && caller !== undefined && has('caller-shared-secret'))
      return (await jwtVerify(token, publicText(caller), { ...options, algorithms: ['HS256'] })).payload;
    if (has('caller-names-its-keys') && typeof jku === 'string')
      return (await jwtVerify(token, createLocalJWKSet(await keysAt(jku)), options)).payload;
    if (caller === undefined) return undefined;
    if (has('caller-signature-unchecked') && asymmetric.includes(alg ?? '')) return decodeJwt(token);
    // Keys come from the agreement, never from where a token points.
    const keys = createLocalJWKSet({ keys: [...caller.keys] });
    const { payload } = await jwtVerify(token, keys, { ...options, issuer: caller.issuer });
    if (payload['tenant'] !== caller.tenant && !has('caller-other-tenant')) return undefined;
    return payload;
  }

  return async (authorization, addresses) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]*)$/u.exec(authorization ?? '')?.[1];
    if (token === undefined) return has('caller-unknown');
    const payload = await verified(token, addresses).catch(() => undefined);
    return payload !== undefined && fresh(payload);
  };
}

/** The public key as text, taken for a secret. */
function publicText({ keys: [jwk] }: TrustedCaller): Uint8Array {
  return new TextEncoder().encode(
    createPublicKey({ key: { ...jwk }, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString(),
  );
}

async function keysAt(address: string): Promise<JSONWebKeySet> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(2_000), redirect: 'error' });
  return (await answer.json()) as JSONWebKeySet;
}

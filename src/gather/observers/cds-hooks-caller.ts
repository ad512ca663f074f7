import { createHmac, createPrivateKey, createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose';
import type { OrganizationProfile } from '../../model/documents/organization.js';
import { missing, type Missing } from '../../model/fact.js';
import { foreignKey, type ForeignKeySet } from '../foreign-key-set.js';

type CdsHooks = NonNullable<NonNullable<OrganizationProfile['aiSystem']>['cdsHooks']>;

/** What is wrong with the token of a call; the worst to have accepted first. */
export const callerFaults = [
  'no-token',
  'unsigned',
  'foreign-signature',
  'shared-secret',
  'foreign-key-set',
  'unknown-issuer',
  'wrong-audience',
  'expired',
  'other-tenant',
  'replayed',
] as const;
export type CallerFault = (typeof callerFaults)[number];

/** The EHR as the service knows it: the tool plays it with a test key. */
export interface CdsCaller {
  readonly key: KeyObject;
  readonly algorithm: 'RS384' | 'ES384';
  readonly kid: string;
  readonly issuer: string;
  readonly tenant: string | undefined;
  readonly jku: string | undefined;
}

const lifetimeSeconds = 240;
const longAgoSeconds = 900;
const nobody = 'https://nobody.invalid/cds-services/nothing';
const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/**
 * @param pem the test signing key, PKCS #8
 * @param fhirBase the issuer where the organization file names none
 */
export async function cdsCaller(cdsHooks: CdsHooks, pem: string, fhirBase: string): Promise<CdsCaller | Missing> {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return missing('no-credential', 'aiSystem.cdsHooks.key is not a private key');
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'RS384' : curve === 'secp384r1' ? 'ES384' : undefined;
  if (algorithm === undefined)
    return missing('no-credential', 'aiSystem.cdsHooks.key is neither an RSA key nor one on the curve P-384');
  return {
    key,
    algorithm,
    kid: cdsHooks.kid ?? (await calculateJwkThumbprint(await exportJWK(createPublicKey(key)))),
    issuer: cdsHooks.issuer ?? fhirBase,
    tenant: cdsHooks.tenant,
    jku: cdsHooks.jku,
  };
}

interface Different {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, string>>;
  readonly key?: KeyObject;
}

/** The token of one call: https://cds-hooks.hl7.org/2.0/#trusting-cds-clients */
export function callerToken(
  caller: CdsCaller,
  audience: readonly string[],
  different: Different = {},
): Promise<string> {
  const { header, claims } = partsOf(caller, audience, different);
  return new SignJWT(claims).setProtectedHeader(header).sign(different.key ?? caller.key);
}

function partsOf(caller: CdsCaller, audience: readonly string[], { claims, header }: Different = {}) {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const [only = ''] = audience;
  return {
    header: {
      alg: caller.algorithm,
      typ: 'JWT',
      kid: caller.kid,
      ...(caller.jku === undefined ? {} : { jku: caller.jku }),
      ...header,
    },
    claims: {
      iss: caller.issuer,
      aud: audience.length === 1 ? only : [...audience],
      iat: nowSeconds,
      exp: nowSeconds + lifetimeSeconds,
      jti: randomUUID(),
      ...(caller.tenant === undefined ? {} : { tenant: caller.tenant }),
      ...claims,
    },
  };
}

/** A token a service has to refuse; undefined where none is sent. */
export async function faultyCallerToken(
  fault: CallerFault,
  caller: CdsCaller,
  audience: readonly string[],
  given: { readonly used: string; readonly keySet: ForeignKeySet },
): Promise<string | undefined> {
  const { keySet, used } = given;
  const foreign = { key: keySet.privateKey, header: { kid: keySet.kid, jku: keySet.url } };
  const longAgo = Math.floor(Date.now() / 1_000) - longAgoSeconds;
  const make: Readonly<Record<CallerFault, () => string | Promise<string> | undefined>> = {
    'no-token': () => undefined,
    unsigned: () => {
      const { header, claims } = partsOf(caller, audience);
      return `${encoded({ ...header, alg: 'none' })}.${encoded(claims)}.`;
    },
    'foreign-signature': async () =>
      callerToken(caller, audience, { key: (await foreignKey(caller.algorithm)).privateKey }),
    'shared-secret': () => signedWithPublicKey(caller, audience),
    'foreign-key-set': () => callerToken(caller, audience, foreign),
    'unknown-issuer': () => callerToken(caller, audience, { ...foreign, claims: { iss: new URL(keySet.url).origin } }),
    'wrong-audience': () => callerToken(caller, [nobody]),
    expired: () => callerToken(caller, audience, { claims: { iat: longAgo - lifetimeSeconds, exp: longAgo } }),
    'other-tenant': () => callerToken(caller, audience, { claims: { tenant: randomUUID() } }),
    replayed: () => used,
  };
  return make[fault]();
}

// What a verifier takes that asks the token for the algorithm and its public key for the secret.
function signedWithPublicKey(caller: CdsCaller, audience: readonly string[]): string {
  const { header, claims } = partsOf(caller, audience);
  const signed = `${encoded({ ...header, alg: 'HS256' })}.${encoded(claims)}`;
  const secret = createPublicKey(caller.key).export({ type: 'spki', format: 'pem' });
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

import { compactVerify, createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload } from 'jose';

/** What an id_token proves, claim by claim. https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation */
export interface IdTokenFindings {
  /** Signed by a key of the server's own key set, with an asymmetric algorithm. */
  readonly signed: boolean;
  readonly issuer: boolean;
  readonly audience: boolean;
  /** Not over, and not issued in the future. */
  readonly inTime: boolean;
  readonly nonce: boolean;
  /** An absolute or relative address of a person's resource. */
  readonly fhirUser: string | undefined;
}

const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'EdDSA'];
const clockToleranceSeconds = 60;
const fhirUserShape =
  /^(?:https?:\/\/[^\s?#]{1,1000}\/)?(Practitioner|PractitionerRole|Patient|RelatedPerson|Person)\/[A-Za-z0-9.-]{1,64}$/;

/** Undefined when there is no token or it cannot be read at all. */
export async function readIdToken(
  idToken: string | undefined,
  expected: {
    readonly keys: unknown;
    readonly issuer: string;
    readonly clientId: string;
    readonly nonce: string;
    readonly nowMs: number;
  },
): Promise<IdTokenFindings | undefined> {
  if (idToken === undefined || idToken.length > 20_000) return undefined;
  const claims = claimsOf(idToken);
  if (claims === undefined) return undefined;
  const nowSeconds = expected.nowMs / 1_000;
  const { iss, aud, exp, iat, nonce, fhirUser } = claims as JWTPayload & { fhirUser?: unknown };
  return {
    signed: await isSigned(idToken, expected.keys),
    issuer: iss === expected.issuer,
    audience: [aud].flat().includes(expected.clientId),
    inTime:
      typeof exp === 'number' &&
      exp > nowSeconds - clockToleranceSeconds &&
      (iat === undefined || (typeof iat === 'number' && iat < nowSeconds + clockToleranceSeconds)),
    nonce: nonce === expected.nonce,
    fhirUser: typeof fhirUser === 'string' && fhirUserShape.test(fhirUser) ? fhirUser : undefined,
  };
}

async function isSigned(idToken: string, keys: unknown): Promise<boolean> {
  if (!isKeySet(keys)) return false;
  try {
    await compactVerify(idToken, createLocalJWKSet(keys), { algorithms });
    return true;
  } catch (error) {
    if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error;
    return false;
  }
}

const mostKeys = 50;
const isKeySet = (keys: unknown): keys is JSONWebKeySet =>
  typeof keys === 'object' &&
  keys !== null &&
  'keys' in keys &&
  Array.isArray(keys.keys) &&
  keys.keys.length <= mostKeys &&
  keys.keys.every((key) => typeof key === 'object' && key !== null);

function claimsOf(idToken: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload] = idToken.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

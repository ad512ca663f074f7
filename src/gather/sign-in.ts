import { randomUUID } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import type { AuthBinding } from '../model/documents/organization.js';
import { bearer } from '../wire/bearer.js';
import type { Answer } from './request.js';
import { ExchangeFault } from './request.js';
import type { Recorder, Scope } from './recorder.js';

/** The secret parts of a binding, resolved; in memory only, never printed, bound to the token URL of its environment. */
export interface Credential {
  readonly clientId: string;
  /** PKCS #8 PEM for private_key_jwt. */
  readonly privateKeyPem?: string;
  readonly clientSecret?: string;
  /** Who signs in with this client, by context. Absent: the client by itself. */
  readonly people?: readonly PersonLogin[];
}

/** A test user of one context. Without a name a person at a browser is asked. */
export interface PersonLogin {
  readonly context: string;
  readonly name?: string;
  readonly password?: string;
}

/** What a token answer said, without the token. */
export interface SignInRecord {
  readonly exchange: string;
  readonly status: number;
  readonly tokenType: string | undefined;
  readonly expiresInSeconds: number | undefined;
  readonly grantedScopes: readonly string[] | undefined;
  readonly cacheControl: string | undefined;
  readonly oauthError: string | undefined;
  readonly usableToken: boolean;
  readonly asymmetric: boolean;
}

export interface AccessToken {
  /** Value of the Authorization header. */
  readonly authorization: string;
  readonly expiresAtMs: number;
}

const assertionLifetimeSeconds = 240;
const shortestUsefulMs = 3_000;
const longestUsefulMs = 3_600_000;
const oauthErrors = /^[a-z_]{1,40}$/;

/**
 * Signs a backend client in: SMART Backend Services with private_key_jwt (RS384 or ES384), or client_secret_basic where the
 * organization has nothing else. The assertion's audience is the listed token URL, never an issuer from a document.
 * https://hl7.org/fhir/smart-app-launch/backend-services.html
 */
export async function signIn(options: {
  readonly recorder: Recorder;
  readonly scope: Scope;
  readonly context: string;
  readonly binding: AuthBinding;
  readonly credential: Credential;
  readonly tokenUrl: string;
  readonly scopes: readonly string[];
  /** Id of the other organization whose token URL it is. */
  readonly peer?: string;
  /** Sent instead of a new one, by a negative test. */
  readonly assertion?: string;
}): Promise<{ readonly record: SignInRecord; readonly token: AccessToken | undefined }> {
  const { recorder, scope, context, binding, credential, tokenUrl, scopes } = options;
  const form: [string, string][] = [['grant_type', 'client_credentials']];
  if (scopes.length > 0) form.push(['scope', scopes.join(' ')]);
  const proof = await clientProof(binding, credential, tokenUrl, options.assertion);
  const answer = await recorder.send(scope, context, {
    method: 'POST',
    path: '',
    purpose: 'token',
    form: [...form, ...proof.form],
    headers: { accept: 'application/json', ...proof.headers },
    ...(options.peer === undefined ? {} : { peer: options.peer }),
  });
  return readTokenAnswer(answer, credential.privateKeyPem !== undefined);
}

/** How a client says who it is: a signed assertion, its secret, or its bare id where it has registered neither. */
export async function clientProof(
  binding: AuthBinding,
  credential: Credential,
  tokenUrl: string,
  given?: string,
): Promise<{ readonly form: [string, string][]; readonly headers: Record<string, string> }> {
  if (credential.privateKeyPem !== undefined) {
    const form: [string, string][] = [
      ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
      ['client_assertion', given ?? (await signedAssertion(binding, credential, tokenUrl))],
    ];
    return { form, headers: {} };
  }
  if (credential.clientSecret === undefined) return { form: [['client_id', credential.clientId]], headers: {} };
  const pair = `${encodeURIComponent(credential.clientId)}:${encodeURIComponent(credential.clientSecret)}`;
  return { form: [], headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

/** Claims of a client assertion. https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html */
export function assertionClaims(clientId: string, tokenUrl: string) {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return {
    iss: clientId,
    sub: clientId,
    aud: tokenUrl,
    jti: randomUUID(),
    iat: nowSeconds,
    exp: nowSeconds + assertionLifetimeSeconds,
  };
}

/**
 * A client assertion as it should be, or with other claims or another key id.
 * @throws ExchangeFault `no-credential` when the key is not one of the binding's algorithm
 */
export async function signedAssertion(
  binding: AuthBinding,
  credential: Credential,
  tokenUrl: string,
  different: { readonly claims?: Readonly<Record<string, unknown>>; readonly kid?: string } = {},
): Promise<string> {
  const algorithm = binding.alg ?? 'RS384';
  const key = await importPKCS8(credential.privateKeyPem ?? '', algorithm).catch(() => {
    throw new ExchangeFault(
      'no-credential',
      `the key of binding ${binding.id} is not a PKCS #8 private key for ${algorithm}`,
      undefined,
    );
  });
  const kid = different.kid ?? binding.kid;
  return new SignJWT({ ...assertionClaims(credential.clientId, tokenUrl), ...different.claims })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(kid === undefined ? {} : { kid }) })
    .sign(key);
}

/** What a token answer said, and the token it gave. */
export function readTokenAnswer(
  answer: Answer,
  asymmetric: boolean,
): { record: SignInRecord; token: AccessToken | undefined } {
  const body = (typeof answer.json === 'object' && answer.json !== null ? answer.json : {}) as Record<string, unknown>;
  const expiresIn =
    typeof body['expires_in'] === 'number' && Number.isFinite(body['expires_in']) ? body['expires_in'] : undefined;
  let authorization: string | undefined;
  if (answer.status === 200 && typeof body['access_token'] === 'string') {
    try {
      authorization = bearer(body['access_token']);
    } catch {
      authorization = undefined;
    }
  }
  const record: SignInRecord = {
    exchange: answer.exchange,
    status: answer.status,
    tokenType: typeof body['token_type'] === 'string' ? body['token_type'].slice(0, 40) : undefined,
    expiresInSeconds: expiresIn,
    grantedScopes:
      typeof body['scope'] === 'string' ? body['scope'].split(' ').filter(Boolean).slice(0, 200) : undefined,
    cacheControl: answer.headers['cache-control'],
    oauthError: typeof body['error'] === 'string' && oauthErrors.test(body['error']) ? body['error'] : undefined,
    usableToken: authorization !== undefined,
    asymmetric,
  };
  if (authorization === undefined) return { record, token: undefined };
  const lifetimeMs = Math.min(Math.max((expiresIn ?? 300) * 1000, shortestUsefulMs), longestUsefulMs);
  return { record, token: { authorization, expiresAtMs: performance.now() + lifetimeMs } };
}

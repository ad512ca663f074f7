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
  /** Claims of the assertion that a negative test changes. */
  readonly alter?: (claims: Record<string, unknown>) => Record<string, unknown>;
}): Promise<{ readonly record: SignInRecord; readonly token: AccessToken | undefined }> {
  const { recorder, scope, context, binding, credential, tokenUrl, scopes } = options;
  const form: [string, string][] = [['grant_type', 'client_credentials']];
  if (scopes.length > 0) form.push(['scope', scopes.join(' ')]);
  const headers: Record<string, string> = { accept: 'application/json' };
  const asymmetric = credential.privateKeyPem !== undefined;
  if (credential.privateKeyPem !== undefined) {
    form.push(
      ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
      ['client_assertion', await assertion(binding, credential, tokenUrl, options.alter)],
    );
  } else if (credential.clientSecret !== undefined) {
    const pair = `${encodeURIComponent(credential.clientId)}:${encodeURIComponent(credential.clientSecret)}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  const answer = await recorder.send(scope, context, {
    method: 'POST',
    path: '',
    purpose: 'token',
    form,
    headers,
    ...(options.peer === undefined ? {} : { peer: options.peer }),
  });
  return read(answer, asymmetric);
}

async function assertion(
  binding: AuthBinding,
  credential: Credential,
  tokenUrl: string,
  alter: ((claims: Record<string, unknown>) => Record<string, unknown>) | undefined,
): Promise<string> {
  const algorithm = binding.alg ?? 'RS384';
  const key = await importPKCS8(credential.privateKeyPem ?? '', algorithm).catch(() => {
    throw new ExchangeFault(
      'no-credential',
      `the key of binding ${binding.id} is not a PKCS #8 private key for ${algorithm}`,
      undefined,
    );
  });
  const nowSeconds = Math.floor(Date.now() / 1000);
  const claims = {
    iss: credential.clientId,
    sub: credential.clientId,
    aud: tokenUrl,
    jti: randomUUID(),
    iat: nowSeconds,
    exp: nowSeconds + assertionLifetimeSeconds,
  };
  return new SignJWT(alter === undefined ? claims : alter(claims))
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(binding.kid === undefined ? {} : { kid: binding.kid }) })
    .sign(key);
}

function read(answer: Answer, asymmetric: boolean): { record: SignInRecord; token: AccessToken | undefined } {
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

import { createHash, randomBytes } from 'node:crypto';
import type { AuthBinding, Environment } from '../model/documents/organization.js';
import type { OpenedOn, Person } from './person.js';
import type { Recorder, Scope } from './recorder.js';
import { ExchangeFault } from './request.js';
import { clientProof, readTokenAnswer, type AccessToken, type Credential, type SignInRecord } from './sign-in.js';

/** What one sign-in does differently from a right one. */
export interface AppChange {
  readonly scopes?: readonly string[];
  /** Asked to be answered here instead of at the registered address. */
  readonly redirectUri?: string;
  /** Says this is the FHIR base it wants to use. */
  readonly aud?: string;
  readonly challenge?: 'plain';
  readonly verifier?: 'another' | 'none';
  /** Sends the code a second time after it gave a token. */
  readonly codeTwice?: true;
}

/** What came with the token, as it was said. */
export interface AppToken {
  readonly record: SignInRecord;
  readonly token: AccessToken | undefined;
  /** Members of the answer besides those of OAuth: patient, encounter, tenant … */
  readonly members: Readonly<Record<string, unknown>>;
  readonly idToken: string | undefined;
}

/** How a sign-in went. Codes and tokens live in here only; nothing of it is kept. */
export interface AppSignIn {
  /** `page`: it stayed at the server; `sent-back`: without a code; `exchanged`: a code went to the token endpoint. */
  readonly ended: 'page' | 'sent-back' | 'exchanged';
  readonly status: number;
  /** Where the server sent the person. */
  readonly sentTo: 'nowhere' | 'registered' | 'elsewhere';
  /** The launch parameter was had from the EHR, not from a choice of the person. */
  readonly launched: boolean;
  readonly nonce: string;
  readonly first: AppToken | undefined;
  readonly second: AppToken | undefined;
}

/** The tool as one SMART app. https://hl7.org/fhir/smart-app-launch/app-launch.html */
export interface AppParts {
  readonly recorder: Recorder;
  readonly scope: Scope;
  readonly context: string;
  readonly binding: AuthBinding;
  readonly credential: Credential;
  readonly environment: Environment;
  readonly person: Person;
}

/** Parameters an authorization server adds when it sends back. */
const answerParameters = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'session_state'];

/**
 * One authorization-code sign-in with S256, from opening the app to the token. The code goes to the listed token URL only.
 * @throws ExchangeFault `no-credential` where nobody can open the app or an address is not listed
 */
export async function signInApp(parts: AppParts, on: OpenedOn, change: AppChange = {}): Promise<AppSignIn> {
  const { binding, credential, environment, person } = parts;
  const { tokenUrl, authorizeUrl, fhirBase } = environment;
  const listed = binding.redirectUris?.[0];
  if (authorizeUrl === undefined || tokenUrl === undefined || listed === undefined)
    throw new ExchangeFault('no-credential', 'authorizeUrl, tokenUrl or redirectUris is not listed', undefined);
  const registered = await person.returnAddress(listed);
  const launch = binding.flow === 'ehr-launch' ? await person.open(credential.clientId, on) : undefined;
  if (binding.flow === 'ehr-launch' && launch === undefined)
    throw new ExchangeFault('no-credential', 'the EHR opened nothing: no launcher', undefined);
  const redirectUri = change.redirectUri ?? registered;
  const [state, nonce, verifier] = [secret(), secret(), secret()];
  const address = new URL(authorizeUrl);
  const asked = {
    response_type: 'code',
    client_id: credential.clientId,
    redirect_uri: redirectUri,
    scope: (change.scopes ?? binding.scopes ?? []).join(' '),
    state,
    nonce,
    aud: change.aud ?? fhirBase,
    code_challenge: change.challenge === 'plain' ? verifier : sha256(verifier),
    code_challenge_method: change.challenge ?? 'S256',
    ...(launch === undefined ? {} : { launch }),
  };
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  const visit = await person.visit(address.href, [on.patient, ...(on.encounter === undefined ? [] : [on.encounter])]);
  const ended = { status: visit.status, launched: launch !== undefined, nonce, first: undefined, second: undefined };
  if (visit.kind === 'stayed') return { ...ended, ended: 'page', sentTo: 'nowhere' };
  const sentTo = withoutAnswer(visit.to) === withoutAnswer(new URL(registered)) ? 'registered' : 'elsewhere';
  const code = visit.to.searchParams.get('code');
  if (code === null || visit.to.searchParams.get('state') !== state) return { ...ended, ended: 'sent-back', sentTo };
  const sentVerifier = change.verifier === 'another' ? secret() : change.verifier === 'none' ? undefined : verifier;
  const exchangeOnce = (): Promise<AppToken> =>
    exchangeCode(parts, tokenUrl, { code, redirectUri, verifier: sentVerifier });
  const first = await exchangeOnce();
  const second = change.codeTwice === true && first.token !== undefined ? await exchangeOnce() : undefined;
  return {
    ...ended,
    ended: 'exchanged',
    status: first.record.status,
    sentTo,
    first,
    second,
  };
}

/** The token answer of a sign-in, or what stands for one that never came so far. */
export const recordOf = ({ first, status }: AppSignIn): SignInRecord =>
  first?.record ?? {
    exchange: '',
    status,
    tokenType: undefined,
    expiresInSeconds: undefined,
    grantedScopes: undefined,
    cacheControl: undefined,
    oauthError: undefined,
    usableToken: false,
    asymmetric: false,
  };

async function exchangeCode(
  { recorder, scope, context, binding, credential }: AppParts,
  tokenUrl: string,
  sent: { readonly code: string; readonly redirectUri: string; readonly verifier: string | undefined },
): Promise<AppToken> {
  const proof = await clientProof(binding, credential, tokenUrl);
  const answer = await recorder.send(scope, context, {
    method: 'POST',
    path: '',
    purpose: 'token',
    form: [
      ['grant_type', 'authorization_code'],
      ['code', sent.code],
      ['redirect_uri', sent.redirectUri],
      ...(sent.verifier === undefined ? [] : [['code_verifier', sent.verifier] as const]),
      ...proof.form,
    ],
    headers: { accept: 'application/json', ...proof.headers },
  });
  const { record, token } = readTokenAnswer(answer, credential.privateKeyPem !== undefined);
  const body = (typeof answer.json === 'object' && answer.json !== null ? answer.json : {}) as Record<string, unknown>;
  const { access_token: _access, refresh_token: _refresh, id_token: idToken, ...members } = body;
  return { record, token, members, idToken: typeof idToken === 'string' ? idToken : undefined };
}

function withoutAnswer(address: URL): string {
  const bare = new URL(address);
  for (const name of answerParameters) bare.searchParams.delete(name);
  return bare.href;
}

/** 256 bits; also a code verifier of the length RFC 7636 asks for. */
const secret = (): string => randomBytes(32).toString('base64url');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

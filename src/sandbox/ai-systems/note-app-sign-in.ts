import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Patient } from 'fhir/r4.js';
import { decodeJwt, importPKCS8, SignJWT } from 'jose';
import type { AppFault, NoteAppConfiguration, ServedOrganization } from './note-app-configuration.js';
import { createAskEhr } from './note-app-http.js';

const scopes = 'launch openid fhirUser patient/Patient.rs patient/Encounter.rs';
const pendingMs = 300_000;
const mostPending = 1_000;

/** A sign-in under way, known by its `state`. */
interface Pending {
  /** What the cookie of the browser says that began it. */
  readonly browser: string;
  readonly organization: ServedOrganization;
  readonly tokenUrl: string;
  readonly verifier: string;
  readonly redirectUri: string;
  /** Where a fault goes afterwards. */
  readonly next: string | undefined;
  readonly endsAtMs: number;
}

/** Header of every page about a patient. */
export interface Chart {
  readonly patient: string;
  readonly name: string;
  readonly birthDate: string;
  readonly recordNumber: string;
}

export interface SignedIn {
  readonly organization: ServedOrganization;
  readonly chart: Chart;
  /** As the EHR names who signed in: `Practitioner/<id>`, or `Patient/<id>`. */
  readonly fhirUser: string;
  readonly next: string | undefined;
}

export interface AppSignIn {
  /** Address of the sign-in page; undefined: refused. */
  begin(query: URLSearchParams, browser: string, redirectUri: string): Promise<string | undefined>;
  /** Undefined: refused. */
  finish(query: URLSearchParams, browser: string): Promise<SignedIn | undefined>;
}

/** https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html, as an app that several organizations open. */
export function createAppSignIn({ organizations, caFile, faults }: NoteAppConfiguration): AppSignIn {
  const has = (fault: AppFault): boolean => faults.includes(fault);
  const ask = createAskEhr(caFile);
  const pending = new Map<string, Pending>();

  function organizationOf(iss: string): ServedOrganization | undefined {
    const exact = organizations.find(({ fhirBase }) => fhirBase === iss);
    if (exact !== undefined) return exact;
    const [first] = organizations;
    if (has('issuer-of-anyone') && first !== undefined) return { ...first, fhirBase: iss };
    const named = URL.canParse(iss) ? new URL(iss).hostname : '';
    return has('issuer-by-prefix')
      ? organizations.find(({ fhirBase }) => named.startsWith(new URL(fhirBase).hostname))
      : undefined;
  }

  return {
    async begin(query, browser, redirectUri) {
      const launch = query.get('launch');
      const organization = organizationOf(query.get('iss') ?? '');
      if (organization === undefined || (launch === null && !has('launch-not-needed'))) return undefined;
      const server = await ask(`${organization.fhirBase}/.well-known/smart-configuration`);
      const { authorization_endpoint: authorizeUrl, token_endpoint: tokenUrl } = server;
      if (typeof authorizeUrl !== 'string' || typeof tokenUrl !== 'string') return undefined;
      const state = has('state-short') ? randomBytes(8).toString('hex') : randomBytes(32).toString('base64url');
      const verifier = randomBytes(32).toString('base64url');
      pending.set(state, {
        browser,
        organization,
        tokenUrl,
        verifier,
        redirectUri,
        next: has('next-followed') ? (query.get('next') ?? undefined) : undefined,
        endsAtMs: Date.now() + pendingMs,
      });
      const [oldest] = pending.keys();
      if (pending.size > mostPending && oldest !== undefined) pending.delete(oldest);
      const address = new URL(authorizeUrl);
      const asked = {
        response_type: 'code',
        client_id: organization.clientId,
        redirect_uri: redirectUri,
        scope: scopes,
        state,
        aud: organization.fhirBase,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...(launch === null ? {} : { launch }),
      };
      for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
      return address.href;
    },

    async finish(query, browser) {
      const state = query.get('state') ?? '';
      const known = has('state-unchecked')
        ? [...pending].findLast(([, each]) => each.browser === browser)
        : [...pending].find(([key]) => key === state);
      if (known === undefined) return undefined;
      const [key, begun] = known;
      if (begun.browser !== browser && !has('state-of-any-browser')) return undefined;
      // Used up, however it ends.
      if (!has('state-kept')) pending.delete(key);
      const code = query.get('code');
      if (begun.endsAtMs < Date.now() || query.has('error') || code === null) return undefined;
      const { organization, tokenUrl, redirectUri, verifier } = begun;
      const answer = await ask(tokenUrl, {
        form: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          code_verifier: verifier,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await assertion(organization, tokenUrl),
        }),
      });
      const { access_token: token, id_token: idToken, patient } = answer;
      if (typeof token !== 'string' || typeof idToken !== 'string' || typeof patient !== 'string') return undefined;
      const next = has('next-followed') ? (query.get('next') ?? begun.next) : undefined;
      // It comes from the token endpoint itself: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
      const { fhirUser } = decodeJwt(idToken);
      const who = typeof fhirUser === 'string' ? fhirUser.split('/').slice(-2).join('/') : '';
      const record = await ask(`${organization.fhirBase}/Patient/${patient}`, { token });
      return { organization, chart: chartOf(record as unknown as Patient, patient), fhirUser: who, next };
    },
  };
}

function chartOf({ name = [], birthDate = '', identifier = [] }: Patient, patient: string): Chart {
  const [{ family = '', given = [] } = {}] = name;
  return {
    patient,
    name: [...given, family].join(' '),
    birthDate,
    recordNumber: identifier[0]?.value ?? '',
  };
}

async function assertion({ clientId, keyFile, kid, algorithm }: ServedOrganization, tokenUrl: string): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: algorithm, kid, typ: 'JWT' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(tokenUrl)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('4m')
    .sign(await importPKCS8(readFileSync(keyFile, 'utf8'), algorithm));
}

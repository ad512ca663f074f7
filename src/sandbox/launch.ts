import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { ListenerRequest, ListenerResponse } from '../wire/listener.js';
import type { AuthorizationRules } from './deviation.js';
import { errorPage, formPage, type Field } from './login-page.js';
import { parseScope } from './scopes.js';

/** What an app that signs people in has registered besides its scopes. */
export interface RegisteredApp {
  readonly redirectUris: readonly string[];
  /** Where the EHR opens it. */
  readonly launchUri: string;
}

/** A person of the organization who may sign in on a page. */
export interface SandboxUser {
  readonly name: string;
  readonly password: string;
  /** `Practitioner/<id>`, or `Patient/<id>` */
  readonly fhirUser: string;
}

/** What an app learns with its token. https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html */
export interface LaunchContext {
  readonly patient?: string;
  readonly encounter?: string;
  readonly intent?: string;
  /** Further resources that are open. */
  readonly fhirContext?: readonly { readonly reference: string }[];
}

/** A person's consent to one app, to be written into a code. */
export interface Consent {
  readonly clientId: string;
  readonly user: SandboxUser;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly nonce: string | undefined;
}

export interface LaunchSettings {
  readonly issuer: string;
  readonly fhirBase: string;
  readonly tenant: string;
  readonly appOf: (clientId: string) => (RegisteredApp & { readonly scopes: readonly string[] }) | undefined;
  readonly users: readonly SandboxUser[];
  /** Whom a person may choose from when the EHR opened nobody. */
  readonly patients: readonly { readonly id: string; readonly label: string }[];
  readonly encounters: readonly { readonly id: string; readonly patient: string; readonly label: string }[];
  readonly rules: AuthorizationRules;
  readonly issueCode: (consent: Consent) => Promise<{ readonly code: string; readonly grantId: string }>;
}

/** The pages of a SMART app launch, in an EHR or standalone, and what the token endpoint adds to it. */
export interface Launch {
  /** `/launcher`, `/authorize`, `/login`, `/allow`; undefined for any other path. */
  answer(request: ListenerRequest, path: string): Promise<ListenerResponse | undefined>;
  /** Judges the code verifier of an exchange; undefined: refused. The request goes on without it. */
  verified(form: URLSearchParams): URLSearchParams | undefined;
  /** Members of a token answer for the grant of a code. */
  membersFor(code: string): Readonly<Record<string, unknown>>;
  contextOf(grantId: string | undefined): LaunchContext | undefined;
}

interface Transaction {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly challenge: string;
  readonly scopes: readonly string[];
  readonly launch: LaunchContext | undefined;
  readonly expiresAtMs: number;
  tries: number;
  user?: SandboxUser;
}

const transactionMs = 300_000;
const sessionMs = 900_000;
const sessionCookie = 'ehr-session';
const mostTransactions = 1_000;
const mostTries = 5;
const challengeShape = /^[A-Za-z0-9_-]{43}$/;

export const verifierMatches = (verifier: string | undefined, challenge: string): boolean =>
  verifier !== undefined && createHash('sha256').update(verifier).digest('base64url') === challenge;

/** Authorization code flow with S256: https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html */
export function createLaunch(settings: LaunchSettings): Launch {
  const { issuer, fhirBase, rules, users } = settings;
  const launches = new Map<string, { readonly clientId: string; readonly context: LaunchContext }>();
  const transactions = new Map<string, Transaction>();
  /** Who is signed in with a browser, by what its cookie holds. */
  const sessions = new Map<string, { readonly user: SandboxUser; readonly expiresAtMs: number }>();
  const codes = new Map<string, { readonly challenge: string; readonly grantId: string }>();
  const contexts = new Map<string, LaunchContext>();

  function launcher({ query }: ListenerRequest): ListenerResponse {
    const clientId = query.get('client_id') ?? '';
    const app = settings.appOf(clientId);
    if (app === undefined) return errorPage(400, 'No such app is registered.');
    const launch = randomUUID();
    const given = ['patient', 'encounter', 'intent'].flatMap((name) => {
      const value = query.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    const open = query.getAll('fhirContext').map((reference) => ({ reference }));
    const context = { ...Object.fromEntries(given), ...(open.length === 0 ? {} : { fhirContext: open }) };
    keep(launches, launch, { clientId, context });
    return redirect(app.launchUri, { iss: fhirBase, launch });
  }

  async function authorize({ query, headers }: ListenerRequest): Promise<ListenerResponse> {
    const clientId = query.get('client_id') ?? '';
    const redirectUri = query.get('redirect_uri') ?? '';
    const app = settings.appOf(clientId);
    // Nothing is sent to an address that is not registered, not even an error.
    if (app === undefined) return errorPage(400, 'No such app is registered.');
    if (!rules.acceptsRedirect(redirectUri, app.redirectUris))
      return errorPage(400, 'The address to return to is not registered for this app.');
    const state = query.get('state') ?? undefined;
    const refuse = (error: string, description: string): ListenerResponse =>
      redirect(redirectUri, { error, error_description: description, state, iss: issuer });
    if (query.get('response_type') !== 'code') return refuse('unsupported_response_type', 'only code is offered');
    const method = query.get('code_challenge_method') ?? 'plain';
    const challenge = query.get('code_challenge') ?? '';
    if (!rules.challengeMethods.includes(method))
      return refuse('invalid_request', 'code_challenge_method must be S256');
    const hashed = method === 'plain' ? createHash('sha256').update(challenge).digest('base64url') : challenge;
    if (!challengeShape.test(hashed)) return refuse('invalid_request', 'code_challenge is missing or malformed');
    if (query.get('aud') !== fhirBase) return refuse('invalid_request', 'aud is not the FHIR base of this server');
    const launched = query.get('launch');
    const opened = launched === null ? undefined : launches.get(launched);
    if (launched !== null && opened?.clientId !== clientId) return refuse('invalid_request', 'launch is not known');
    const scopes = grantedScopes(query.get('scope') ?? '', app.scopes, opened !== undefined);
    if (scopes === undefined) return refuse('invalid_scope', 'a requested scope is not registered for this app');
    if (launched !== null) launches.delete(launched);
    const id = randomUUID();
    keep(transactions, id, {
      clientId,
      redirectUri,
      state,
      nonce: query.get('nonce') ?? undefined,
      challenge: hashed,
      scopes,
      launch: opened?.context,
      expiresAtMs: Date.now() + transactionMs,
      tries: 0,
    });
    const session = sessions.get(
      new RegExp(`(?:^|; )${sessionCookie}=([\\w-]+)`).exec(headers['cookie'] ?? '')?.[1] ?? '',
    );
    return session !== undefined && session.expiresAtMs > Date.now() ? signedIn(id, session.user) : loginPage(id, 200);
  }

  function grantedScopes(text: string, registered: readonly string[], launched: boolean): string[] | undefined {
    const asked = text.split(' ').filter(Boolean);
    const onResources = asked.filter((scope) => parseScope(scope) !== undefined);
    const others = asked.filter((scope) => parseScope(scope) === undefined);
    if (!others.every((scope) => registered.includes(scope))) return undefined;
    const granted = onResources.length === 0 ? [] : rules.scopesGranted(onResources, registered);
    return granted && [...others.filter((scope) => scope !== 'launch' || launched), ...granted];
  }

  const loginPage = (id: string, status: number): ListenerResponse =>
    formPage({
      status,
      title: 'Sign in',
      ...(status === 200 ? {} : { note: 'Name or password is wrong.' }),
      action: `${issuer}/login`,
      fields: [
        { kind: 'hidden', name: 'transaction', value: id },
        { kind: 'text', name: 'username', label: 'Name' },
        { kind: 'password', name: 'password', label: 'Password' },
      ],
      button: 'Sign in',
    });

  async function login(form: URLSearchParams): Promise<ListenerResponse> {
    const id = form.get('transaction') ?? '';
    const transaction = live(id);
    if (transaction === undefined) return errorPage(400, 'This sign-in is over or was never begun.');
    transaction.tries += 1;
    const user = users.find(({ name }) => name === form.get('username'));
    if (user === undefined || !same(user.password, form.get('password') ?? '')) {
      if (transaction.tries >= mostTries) transactions.delete(id);
      return loginPage(id, 401);
    }
    const session = randomUUID();
    keep(sessions, session, { user, expiresAtMs: Date.now() + sessionMs });
    const response = await signedIn(id, user);
    const { pathname } = new URL(issuer);
    const cookie = `${sessionCookie}=${session}; Path=${pathname}; HttpOnly; SameSite=Lax`;
    return { ...response, headers: { ...response.headers, 'set-cookie': cookie } };
  }

  async function signedIn(id: string, user: SandboxUser): Promise<ListenerResponse> {
    const transaction = live(id);
    if (transaction === undefined) return errorPage(400, 'This sign-in is over or was never begun.');
    transaction.user = user;
    // What the EHR opens it has allowed; a person who opens an app says so.
    if (transaction.launch !== undefined) return finish(id, transaction, user, transaction.launch);
    const options = (list: LaunchSettings['patients']) => list.map(({ id: value, label }) => ({ value, label }));
    const choice = (name: string, label: string, list: LaunchSettings['patients']): Field => {
      return { kind: 'choice', name, label, options: options(list) };
    };
    return formPage({
      status: 200,
      title: 'Allow access',
      note: `The app asks for: ${transaction.scopes.join(', ')}.`,
      action: `${issuer}/allow`,
      fields: [
        { kind: 'hidden', name: 'transaction', value: id },
        ...(choosesPatient(transaction) ? [choice('patient', 'Patient', settings.patients)] : []),
        ...(choosesVisit(transaction) ? [choice('encounter', 'Visit', settings.encounters)] : []),
      ],
      button: 'Allow',
    });
  }

  async function allow(form: URLSearchParams): Promise<ListenerResponse> {
    const id = form.get('transaction') ?? '';
    const transaction = live(id);
    const user = transaction?.user;
    if (transaction === undefined || user === undefined) return errorPage(400, 'Sign in first.');
    if (!choosesPatient(transaction)) return finish(id, transaction, user, {});
    const patient = settings.patients.find((each) => each.id === form.get('patient'))?.id;
    if (patient === undefined) return errorPage(400, 'Choose a patient of the list.');
    if (!choosesVisit(transaction)) return finish(id, transaction, user, { patient });
    const visit = settings.encounters.find((each) => each.id === form.get('encounter'));
    if (visit?.patient !== patient) return errorPage(400, 'Choose a visit of this patient.');
    return finish(id, transaction, user, { patient, encounter: visit.id });
  }

  async function finish(
    id: string,
    transaction: Transaction,
    user: SandboxUser,
    context: LaunchContext,
  ): Promise<ListenerResponse> {
    transactions.delete(id);
    const { clientId, scopes, redirectUri, nonce, state, challenge } = transaction;
    const { code, grantId } = await settings.issueCode({ clientId, user, scopes, redirectUri, nonce });
    keep(codes, code, { challenge, grantId });
    keep(contexts, grantId, context);
    return redirect(redirectUri, { code, state, iss: issuer });
  }

  function live(id: string): Transaction | undefined {
    const transaction = transactions.get(id);
    return transaction !== undefined && transaction.expiresAtMs > Date.now() ? transaction : undefined;
  }

  return {
    async answer(request, path) {
      const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
      if (request.method === 'GET' && path === '/launcher') return launcher(request);
      if (request.method === 'GET' && path === '/authorize') return authorize(request);
      if (request.method === 'POST' && path === '/login') return login(form);
      if (request.method === 'POST' && path === '/allow') return allow(form);
      return undefined;
    },
    verified(form) {
      const known = codes.get(form.get('code') ?? '');
      const verifier = form.get('code_verifier') ?? undefined;
      if (known !== undefined && !rules.acceptsVerifier(verifier, known.challenge)) return undefined;
      const others = new URLSearchParams(form);
      others.delete('code_verifier');
      return others;
    },
    membersFor(code) {
      const context = contexts.get(codes.get(code)?.grantId ?? '') ?? {};
      return { ...context, need_patient_banner: true, tenant: settings.tenant };
    },
    contextOf: (grantId) => (grantId === undefined ? undefined : contexts.get(grantId)),
  };
}

const choosesVisit = ({ scopes }: Transaction): boolean => scopes.includes('launch/encounter');
const choosesPatient = (transaction: Transaction): boolean =>
  choosesVisit(transaction) ||
  transaction.scopes.some((scope) => scope === 'launch/patient' || scope.startsWith('patient/'));

/** Keeps a bounded number, the oldest go first. */
function keep<V>(map: Map<string, V>, id: string, value: V): void {
  map.set(id, value);
  const [oldest] = map.keys();
  if (map.size > mostTransactions && oldest !== undefined) map.delete(oldest);
}

function redirect(to: string, parameters: Readonly<Record<string, string | undefined>>): ListenerResponse {
  const location = new URL(to);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) location.searchParams.set(name, value);
  }
  return { status: 302, headers: { location: location.href, 'cache-control': 'no-store' } };
}

function same(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

import type { AuthBinding } from '../model/documents/organization.js';
import { isMissing, missing, type Missing } from '../model/fact.js';
import { appBinding } from '../model/app-clients.js';
import { recordOf, signInApp, type AppChange, type AppSignIn } from './app-sign-in.js';
import { attendedPerson, type Operator } from './attended-person.js';
import type { Credentials } from './contexts.js';
import { readIdToken, type IdTokenFindings } from './id-token.js';
import type { NegativeSignIns } from './negative-sign-ins.js';
import { personTemplates, testUser, type OpenedOn, type Person } from './person.js';
import type { PeerOrganization, RunDocuments } from './probe.js';
import type { Recorder, Scope } from './recorder.js';
import type { Answer, OutgoingRequest, RequestTemplate } from './request.js';
import type { AccessToken, Credential, SignInRecord } from './sign-in.js';

export type AppKind = 'ai' | 'expendable';

/** One sign-in that has to be refused. */
export interface BadSignIn {
  readonly on: OpenedOn;
  readonly change: AppChange;
}

/** A client of the organization file that signs people in, played by the tool. */
export interface App {
  readonly binding: AuthBinding;
  signIn(on: OpenedOn, change?: AppChange): Promise<AppSignIn>;
  /**
   * Several that have to be refused, each between two right ones; of the expendable client only.
   * @throws ExchangeFault when such tests are not agreed; SafetyStop when a right one afterwards fails
   */
  refused(bads: readonly BadSignIn[]): Promise<AppSignIn[]>;
  /** A request with the token of a sign-in. */
  send(token: AccessToken, request: OutgoingRequest): Promise<Answer>;
  /** What the id_token of a sign-in proves, by the key set the server names. */
  idToken(
    signIn: AppSignIn,
    server: { readonly issuer: string; readonly keySet: string },
  ): Promise<IdTokenFindings | undefined>;
}

/** Names of the two in templates and exchange lines. */
export const appContexts: Readonly<Record<AppKind, string>> = { ai: 'app', expendable: 'app-expendable' };

/** What sign-ins of an app may send. */
export const signInTemplates = (kind: AppKind, times: number): RequestTemplate[] => [
  ...personTemplates(appContexts[kind], times),
  { context: appContexts[kind], method: 'POST', path: '', purpose: 'token', most: 2 * times },
];

/** One look at the key set. */
export const keySetTemplate = (kind: AppKind): RequestTemplate => ({
  context: appContexts[kind],
  method: 'GET',
  path: '',
  purpose: 'jwks',
  most: 1,
  pages: 1,
});

export interface AppOptions {
  readonly documents: RunDocuments;
  readonly credentials: Credentials;
  readonly recorder: Recorder;
  readonly operator: Operator | undefined;
  readonly negative: NegativeSignIns;
  readonly onSignIn: (context: string, binding: AuthBinding, credential: Credential, record: SignInRecord) => void;
  readonly nowMs: () => number;
}

/** Who signs in with this client in this run: a listed test user of a simulator, or whoever sits at the terminal. */
export function personFor(
  options: Pick<AppOptions, 'documents' | 'recorder' | 'operator'>,
  credential: Credential,
  scope: Scope,
  context: string,
  of?: string,
): Person | undefined {
  const { environment, environmentClass } = options.documents;
  if (environment.authorizeUrl === undefined) return undefined;
  if (environmentClass !== 'simulator')
    return options.operator === undefined ? undefined : attendedPerson(options.operator, environment.fhirBase);
  const people = credential.people ?? [];
  const login = people.find((each) => each.context === of) ?? people[0];
  if (login?.name === undefined) return undefined;
  const { origin } = new URL(environment.authorizeUrl);
  return testUser({ recorder: options.recorder, scope, context, login, origin, launcher: environment.launcher });
}

/** The apps of a run; tokens and passwords are kept in memory, to search our own output for. */
export class Apps {
  readonly tokens: string[] = [];
  readonly #options: AppOptions;

  constructor(options: AppOptions) {
    this.#options = options;
    // A short password would be found by chance.
    for (const credential of options.credentials.values()) {
      if (isMissing(credential)) continue;
      for (const { password = '' } of credential.people ?? []) if (password.length >= 12) this.tokens.push(password);
    }
  }

  /** Whoever can sign in without anybody at a browser, with a browser of its own; undefined off a simulator. */
  testUser(scope: Scope, context: string, of?: string): Person | undefined {
    const { contract, organization, environmentId, environmentClass } = this.#options.documents;
    const binding = appBinding(contract, organization, environmentId, false);
    const credential = binding && this.#options.credentials.get(binding.id);
    if (environmentClass !== 'simulator' || credential === undefined || isMissing(credential)) return undefined;
    if (of !== undefined && !(credential.people ?? []).some((each) => each.context === of)) return undefined;
    return personFor(this.#options, credential, scope, context, of);
  }

  /** The same at another organization, with the first login its own file lists for the app. */
  testUserAt(peer: PeerOrganization, credentials: Credentials, scope: Scope, context: string): Person | undefined {
    const { organization, environmentId, environment, environmentClass } = peer;
    const binding = appBinding(this.#options.documents.contract, organization, environmentId, false);
    const credential = binding && credentials.get(binding.id);
    if (environmentClass !== 'simulator' || credential === undefined || isMissing(credential)) return undefined;
    const [login] = credential.people ?? [];
    const { authorizeUrl, launcher } = environment;
    if (login?.name === undefined || authorizeUrl === undefined) return undefined;
    const { recorder } = this.#options;
    const { origin } = new URL(authorizeUrl);
    return testUser({ recorder, scope, context, login, origin, launcher, peer: organization.metadata.id });
  }

  app(kind: AppKind, scope: Scope): App | Missing {
    const { documents, credentials, recorder, negative, nowMs } = this.#options;
    const { contract, organization, environmentId, environment } = documents;
    const binding = appBinding(contract, organization, environmentId, kind === 'expendable');
    if (binding === undefined)
      return missing('no-credential', `the organization file names no ${kind === 'ai' ? '' : 'expendable '}app client`);
    const credential = credentials.get(binding.id) ?? missing('no-credential', `${binding.id} has no credential`);
    if (isMissing(credential)) return credential;
    const context = appContexts[kind];
    // The same browser throughout, as for a clinician who opens the app again: what is kept between two launches shows.
    const person = personFor(this.#options, credential, scope, context);
    if (person === undefined) return missing('no-credential', `nobody can sign in with binding ${binding.id}`);
    const signIn = async (on: OpenedOn, change?: AppChange): Promise<AppSignIn> => {
      const parts = { recorder, scope, context, binding, credential, environment, person };
      const result = await signInApp(parts, on, change);
      for (const part of [result.first, result.second]) {
        if (part?.token !== undefined) this.tokens.push(part.token.authorization.slice('Bearer '.length));
        if (part?.idToken !== undefined) this.tokens.push(part.idToken);
        if (part !== undefined) this.#options.onSignIn(context, binding, credential, part.record);
      }
      return result;
    };
    return {
      binding,
      signIn,
      refused: (bads) => {
        const [first] = bads;
        if (kind !== 'expendable' || first === undefined)
          throw new Error('only an expendable client is tested with bad sign-ins');
        return negative.attempts(
          bads.map(
            ({ on, change }) =>
              () =>
                signIn(on, change),
          ),
          async () => recordOf(await signIn(first.on)),
        );
      },
      send: (token, request) => recorder.send(scope, context, request, token.authorization),
      async idToken({ first, nonce }, { issuer, keySet }) {
        const answer = await recorder.send(scope, context, {
          method: 'GET',
          path: '',
          purpose: 'jwks',
          nextLink: keySet,
          headers: { accept: 'application/json' },
        });
        const expected = { keys: answer.json, issuer, clientId: credential.clientId, nonce, nowMs: nowMs() };
        return readIdToken(first?.idToken, expected);
      },
    };
  }
}

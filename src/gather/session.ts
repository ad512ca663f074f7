import type { AuthBinding } from '../model/documents/organization.js';
import { ExchangeFault, type Answer, type OutgoingRequest, type RequestTemplate } from './request.js';
import { scopeFor, type Recorder, type Scope } from './recorder.js';
import { signIn, type AccessToken, type Credential, type SignInRecord } from './sign-in.js';
import { TemplateBudget } from './template-match.js';

/** At most this many sign-ins of one binding in one run; a token of 20 s still lasts through a long one. */
const signInsPerRun = 200;

export interface SessionOptions {
  /** Name of the role it plays in templates: `ai`, `second`, `staff-…`, `audit`. */
  readonly context: string;
  readonly binding: AuthBinding;
  readonly credential: Credential;
  readonly tokenUrl: string;
  readonly recorder: Recorder;
  /** Id of the other organization it is a client of. */
  readonly peer?: string;
  /** Shortest time between two sign-ins of one binding (10 s; none on a simulator). */
  readonly signInSpacingMs: number;
  readonly onSignIn?: (record: SignInRecord) => void;
  /** Of a client that signs people in: one sign-in, whoever does it. */
  readonly interactive?: (scope: Scope) => Promise<{ readonly record: SignInRecord; readonly token?: AccessToken }>;
  /** What such a sign-in may send besides the token request. */
  readonly interactiveTemplates?: readonly RequestTemplate[];
  /** Ends the run when the granted token must not be used here. @throws SafetyStop */
  readonly refuse?: (record: SignInRecord) => void;
}

/** One signed-in client. Tokens live in memory only; a new one is asked for shortly before the old one ends. */
export class Session {
  readonly context: string;
  readonly binding: AuthBinding;
  readonly #options: SessionOptions;
  readonly #signInScope: Scope;
  #token: AccessToken | undefined;
  #pending: Promise<AccessToken> | undefined;
  #lastSignInMs = Number.NEGATIVE_INFINITY;
  #record: SignInRecord | undefined;
  /** Every token of the run, so that our own output can be searched for them at its end. */
  readonly #tokens: string[] = [];

  constructor(options: SessionOptions) {
    this.context = options.context;
    this.binding = options.binding;
    this.#options = options;
    const template: RequestTemplate = {
      context: options.context,
      method: 'POST',
      path: '',
      purpose: 'token',
      most: signInsPerRun,
      ...(options.peer === undefined ? {} : { peer: options.peer }),
    };
    this.#signInScope = scopeFor(
      'sign-in',
      `binding:${options.binding.id}`,
      new TemplateBudget('sign-in', [template, ...(options.interactiveTemplates ?? [])]),
      true,
    );
  }

  /** The last token answer; signs in first when there is none. Never throws for a refusal. */
  async signedIn(): Promise<SignInRecord> {
    if (this.#record === undefined) await this.#authorize().catch(rethrowUnlessRefused);
    if (this.#record === undefined) throw new ExchangeFault('unavailable', 'no sign-in took place', undefined);
    return this.#record;
  }

  /** Scopes the server granted, or those asked for when it did not say. */
  get grantedScopes(): readonly string[] {
    return this.#record?.grantedScopes ?? this.binding.scopes ?? [];
  }

  /**
   * @throws ExchangeFault `prerequisite-failed` when the sign-in is refused
   */
  async send(scope: Scope, request: OutgoingRequest): Promise<Answer> {
    const token = await this.#authorize();
    const { recorder, peer } = this.#options;
    const sent = peer === undefined ? request : { ...request, peer };
    const answer = await recorder.send(scope, this.context, sent, token.authorization);
    if (answer.status === 401 && performance.now() > token.expiresAtMs - expiryMarginMs) this.#token = undefined;
    return answer;
  }

  get tokens(): readonly string[] {
    return this.#tokens;
  }

  /** The current Authorization header value, for a connection the session does not make itself. */
  async authorization(): Promise<string> {
    return (await this.#authorize()).authorization;
  }

  #authorize(): Promise<AccessToken> {
    if (this.#token !== undefined && performance.now() < this.#token.expiresAtMs - expiryMarginMs) {
      return Promise.resolve(this.#token);
    }
    this.#pending ??= this.#signIn().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #signIn(): Promise<AccessToken> {
    const { signInSpacingMs, onSignIn } = this.#options;
    const waitMs = this.#lastSignInMs + signInSpacingMs - performance.now();
    // A refused sign-in is not tried again: repeated failures lock clients.
    if (this.#record !== undefined && !this.#record.usableToken) throw this.#refused(this.#record);
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    this.#lastSignInMs = performance.now();
    const { record, token } = await (this.#options.interactive?.(this.#signInScope) ?? this.#backendSignIn());
    this.#record = record;
    onSignIn?.(record);
    this.#options.refuse?.(record);
    if (token === undefined) throw this.#refused(record);
    this.#token = token;
    this.#tokens.push(token.authorization.slice('Bearer '.length));
    return token;
  }

  #backendSignIn(): ReturnType<typeof signIn> {
    const { recorder, binding, credential, tokenUrl, peer } = this.#options;
    return signIn({
      recorder,
      scope: this.#signInScope,
      context: this.context,
      binding,
      credential,
      tokenUrl,
      scopes: binding.scopes ?? [],
      ...(peer === undefined ? {} : { peer }),
    });
  }

  #refused(record: SignInRecord): ExchangeFault {
    return new ExchangeFault(
      'prerequisite-failed',
      `the sign-in of binding ${this.binding.id} was refused with ${record.status}`,
      record.exchange,
    );
  }
}

const expiryMarginMs = 2_000;

function rethrowUnlessRefused(error: unknown): void {
  if (!(error instanceof ExchangeFault) || error.reason !== 'prerequisite-failed') throw error;
}

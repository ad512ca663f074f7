import { readSearchset } from '../fhir/bundle.js';
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
  /** A session of the same binding: one sign-in serves both. */
  readonly sharing?: Session;
  /** Ends the run when the granted token must not be used here. @throws SafetyStop */
  readonly refuse?: (record: SignInRecord) => void;
}

/** What the sign-ins of one binding brought; held in memory only (safety rule 31). */
class Grant {
  token: AccessToken | undefined;
  pending: Promise<AccessToken> | undefined;
  lastSignInMs = Number.NEGATIVE_INFINITY;
  record: SignInRecord | undefined;
  /** The last exchange, where it was given what it asked for. */
  lastGiven: { readonly exchange: string; readonly atMs: number } | undefined;
  /** Every token of the run, so that our own output can be searched for them at its end. */
  readonly tokens: string[] = [];
}

/** One signed-in client. Tokens live in memory only; a new one is asked for shortly before the old one ends. */
export class Session {
  readonly context: string;
  readonly binding: AuthBinding;
  readonly #options: SessionOptions;
  readonly #signInScope: Scope;
  readonly #grant: Grant;

  constructor(options: SessionOptions) {
    this.context = options.context;
    this.binding = options.binding;
    this.#options = options;
    this.#grant = options.sharing === undefined ? new Grant() : options.sharing.#grant;
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
    if (this.#grant.record === undefined) await this.#authorize().catch(rethrowUnlessRefused);
    const { record } = this.#grant;
    if (record === undefined) throw new ExchangeFault('unavailable', 'no sign-in took place', undefined);
    return record;
  }

  /** Scopes the server granted, or those asked for when it did not say. */
  get grantedScopes(): readonly string[] {
    return this.#grant.record?.grantedScopes ?? this.binding.scopes ?? [];
  }

  /**
   * @throws ExchangeFault `prerequisite-failed` when the sign-in is refused
   */
  async send(scope: Scope, request: OutgoingRequest): Promise<Answer> {
    const token = await this.#authorize();
    const { recorder, peer } = this.#options;
    const sent = peer === undefined ? request : { ...request, peer };
    this.#grant.lastGiven = undefined;
    const answer = await recorder.send(scope, this.context, sent, token.authorization);
    if (isGiven(sent, answer)) this.#grant.lastGiven = { exchange: answer.exchange, atMs: performance.now() };
    if (answer.status === 401 && performance.now() > token.expiresAtMs - expiryMarginMs) this.#grant.token = undefined;
    return answer;
  }

  /** Exchange that shows the session is given what it may have: its very last one, a moment ago. */
  get justGiven(): string | undefined {
    const { lastGiven } = this.#grant;
    return lastGiven !== undefined && performance.now() - lastGiven.atMs <= controlLastsMs
      ? lastGiven.exchange
      : undefined;
  }

  get tokens(): readonly string[] {
    return this.#grant.tokens;
  }

  /** The current Authorization header value, for a connection the session does not make itself. */
  async authorization(): Promise<string> {
    return (await this.#authorize()).authorization;
  }

  #authorize(): Promise<AccessToken> {
    const grant = this.#grant;
    if (grant.token !== undefined && performance.now() < grant.token.expiresAtMs - expiryMarginMs) {
      return Promise.resolve(grant.token);
    }
    grant.pending ??= this.#signIn().finally(() => {
      grant.pending = undefined;
    });
    return grant.pending;
  }

  async #signIn(): Promise<AccessToken> {
    const { signInSpacingMs, onSignIn } = this.#options;
    const grant = this.#grant;
    const waitMs = grant.lastSignInMs + signInSpacingMs - performance.now();
    // A refused sign-in is not tried again: repeated failures lock clients.
    if (grant.record !== undefined && !grant.record.usableToken) throw this.#refused(grant.record);
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    grant.lastSignInMs = performance.now();
    const { record, token } = await (this.#options.interactive?.(this.#signInScope) ?? this.#backendSignIn());
    grant.record = record;
    onSignIn?.(record);
    this.#options.refuse?.(record);
    if (token === undefined) throw this.#refused(record);
    grant.token = token;
    grant.tokens.push(token.authorization.slice('Bearer '.length));
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
/** A positive control stands just before or just after what it controls. */
const controlLastsMs = 30_000;

/** A record, rows, or a change that was made; what a batch brought is not looked into. */
function isGiven({ method, path }: OutgoingRequest, { ok, resource }: Answer): boolean {
  if (!ok || path === '') return false;
  if (method === 'GET' && resource === undefined) return false;
  if (resource?.resourceType === 'OperationOutcome') return false;
  const page = resource?.resourceType === 'Bundle' ? readSearchset(resource) : undefined;
  return resource?.resourceType !== 'Bundle' || (page !== undefined && page !== 'too-many' && page.matches.length > 0);
}

function rethrowUnlessRefused(error: unknown): void {
  if (!(error instanceof ExchangeFault) || error.reason !== 'prerequisite-failed') throw error;
}

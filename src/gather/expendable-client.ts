import { isMissing, type Missing } from '../model/fact.js';
import type { AuthBinding } from '../model/documents/organization.js';
import { faultyAssertion } from './faulty-assertion.js';
import { heldToken, type HeldToken, type Obtained } from './held-token.js';
import type { NegativeAttempt, NegativeSignIns } from './negative-sign-ins.js';
import type { RunDocuments } from './probe.js';
import type { Recorder, Scope } from './recorder.js';
import { ExchangeFault } from './request.js';
import { signedAssertion, signIn, type Credential, type SignInRecord } from './sign-in.js';

interface SigningClient {
  readonly binding: AuthBinding;
  readonly credential: Credential;
  readonly tokenUrl: string;
}

export interface ExpendableClientOptions {
  readonly documents: Pick<RunDocuments, 'environment' | 'peers'>;
  readonly binding: AuthBinding | Missing;
  readonly credential: Credential | Missing | undefined;
  readonly recorder: Recorder;
  readonly negative: NegativeSignIns;
  /** Shortest time between two sign-ins (safety rule 31). */
  readonly signInSpacingMs: number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** The client no living system uses: what has to be refused is tried with it (safety rule 27). */
export class ExpendableClient {
  readonly #options: ExpendableClientOptions;
  /** The assertion of the last good sign-in, to be shown a second time. */
  #used: string | undefined;
  readonly #held = new Map<string, Promise<Obtained>>();
  readonly #tokens: string[] = [];

  constructor(options: ExpendableClientOptions) {
    this.#options = options;
  }

  /** @throws as `NegativeSignIns.attempt`; ExchangeFault `no-credential`, `origin-not-listed` */
  async attempt(attempt: NegativeAttempt, scope: Scope): Promise<SignInRecord> {
    const client = this.#client();
    return this.#options.negative.attempt(this.#bad(attempt, scope, client), this.#good(scope, client));
  }

  /**
   * The attempts in their order, as many as are agreed, between good sign-ins they share.
   * @throws as `attempt`; ExchangeFault `cap` when none is left
   */
  async attempts(attempts: readonly NegativeAttempt[], scope: Scope): Promise<SignInRecord[]> {
    const client = this.#client();
    const { negative } = this.#options;
    const agreed = attempts.slice(0, Math.max(1, negative.left));
    return negative.attempts(
      agreed.map((attempt) => this.#bad(attempt, scope, client)),
      this.#good(scope, client),
    );
  }

  /** The token of this name, signed in for when it is first asked for. */
  async held(name: string, scope: Scope): Promise<HeldToken> {
    const client = this.#client();
    const known = this.#held.get(name) ?? this.#obtain(scope, client);
    this.#held.set(name, known);
    return heldToken(await known, client, this.#options.recorder, scope);
  }

  /** Every token that is held, to search our own output for. */
  get tokens(): readonly string[] {
    return [...this.#tokens];
  }

  async #obtain(scope: Scope, client: SigningClient): Promise<Obtained> {
    const { signInSpacingMs, pause } = this.#options;
    if (this.#held.size > 0 && signInSpacingMs > 0) await pause(signInSpacingMs);
    const { record, token } = await signIn({ ...this.#common(scope, client), scopes: client.binding.scopes ?? [] });
    if (token !== undefined) this.#tokens.push(token.authorization.slice('Bearer '.length));
    return { record, token, obtainedAtMs: performance.now() };
  }

  #client(): SigningClient {
    const { binding, credential, documents } = this.#options;
    const { tokenUrl } = documents.environment;
    if (isMissing(binding) || credential === undefined || isMissing(credential))
      throw new ExchangeFault('no-credential', 'no expendable client can sign in', undefined);
    if (tokenUrl === undefined) throw new ExchangeFault('origin-not-listed', 'no token URL is listed', undefined);
    return { binding, credential, tokenUrl };
  }

  #good(scope: Scope, client: SigningClient): () => Promise<SignInRecord> {
    return async () => {
      const { binding, credential, tokenUrl } = client;
      const assertion =
        credential.privateKeyPem === undefined ? undefined : await signedAssertion(binding, credential, tokenUrl);
      const { record } = await signIn({
        ...this.#common(scope, client),
        scopes: binding.scopes ?? [],
        ...(assertion === undefined ? {} : { assertion }),
      });
      this.#used = assertion;
      return record;
    };
  }

  #bad(
    { scopes, peer, assertion: fault, keySet }: NegativeAttempt,
    scope: Scope,
    client: SigningClient,
  ): () => Promise<SignInRecord> {
    const other = this.#options.documents.peers?.find(({ organization }) => organization.metadata.id === peer);
    const tokenUrl = peer === undefined ? client.tokenUrl : other?.environment.tokenUrl;
    if (tokenUrl === undefined) throw new ExchangeFault('origin-not-listed', 'a token URL is not listed', undefined);
    if (fault !== undefined && client.credential.privateKeyPem === undefined)
      throw new ExchangeFault(
        'tool-limited',
        'the expendable client signs in with a secret, not with a key',
        undefined,
      );
    return async () => {
      const given = {
        ...(this.#used === undefined ? {} : { replayed: this.#used }),
        ...(keySet === undefined ? {} : { keySet }),
      };
      const assertion = fault === undefined ? undefined : await faultyAssertion(fault, client, given);
      const { record } = await signIn({
        ...this.#common(scope, { ...client, tokenUrl }),
        scopes: scopes ?? client.binding.scopes ?? [],
        ...(peer === undefined ? {} : { peer }),
        ...(assertion === undefined ? {} : { assertion }),
      });
      return record;
    };
  }

  #common(scope: Scope, client: SigningClient) {
    return { recorder: this.#options.recorder, scope, context: 'expendable', ...client };
  }
}

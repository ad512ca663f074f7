import { readScope } from '../fhir/scopes.js';
import { SafetyStop } from '../model/errors.js';
import { runDigest } from '../model/audit-access.js';
import { isMissing } from '../model/fact.js';
import { appBinding } from '../model/app-clients.js';
import type { AuthBinding } from '../model/documents/organization.js';
import { recordOf, signInApp } from './app-sign-in.js';
import { appContexts, personFor } from './apps.js';
import type { Operator } from './attended-person.js';
import { clientOf } from './client.js';
import type { Cast, Credentials } from './contexts.js';
import type { Client, Need, RunDocuments } from './probe.js';
import type { Recorder, Scope } from './recorder.js';
import { ExchangeFault } from './request.js';
import type { EvidenceWriter } from './run-folder.js';
import { Session, type SessionOptions } from './session.js';
import { personTemplates } from './person.js';
import { openable } from './openable.js';
import type { Credential, SignInRecord } from './sign-in.js';
import type { Writer } from './writer.js';

export interface SessionsOptions {
  readonly documents: RunDocuments;
  readonly cast: Cast;
  readonly credentials: Credentials;
  readonly recorder: () => Recorder;
  readonly writer: () => Writer;
  readonly evidence: EvidenceWriter;
  readonly runId: string;
  readonly now: () => Date;
  /** Who signs in in a browser, where somebody is there. */
  readonly operator: Operator | undefined;
}

/** People are asked again only when a token has ended. */
const personSignInsPerRun = 20;

/** The signed-in clients of a run, made when first asked for, one for each part they play. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Every token of the run, to search our own output for. */
  get tokens(): { readonly what: string; readonly value: string }[] {
    return [...this.#sessions.values()].flatMap((session) =>
      session.tokens.map((value) => ({ what: `a token of ${session.context}`, value })),
    );
  }

  /** Shortest time between two sign-ins of one binding (safety rule 31). */
  get signInSpacingMs(): number {
    return this.#options.documents.environmentClass === 'simulator' ? 0 : 10_000;
  }

  /** @throws ExchangeFault with the reason why nobody can play this part */
  client(need: Need, scope: Scope): Client {
    const session = this.session(need);
    if (session === undefined) {
      const cast = this.#options.cast[need];
      throw new ExchangeFault(isMissing(cast) ? cast.missing : 'no-credential', `no session for ${need}`, undefined);
    }
    return clientOf(session, scope, this.#options.writer(), need);
  }

  /** A context of the organization file by its id; undefined when nobody can sign in with its binding. */
  contextClient(id: string, scope: Scope): Client | undefined {
    const { organization } = this.#options.documents;
    const context = (organization.contexts ?? []).find((each) => each.id === id);
    const binding = organization.auth?.bindings?.find((each) => each.id === context?.binding);
    if (binding === undefined) return undefined;
    const session = this.#sessionOf(`context:${id}`, binding.id, id);
    return session === undefined ? undefined : clientOf(session, scope, this.#options.writer(), `context:${id}`);
  }

  /** A backend client of this environment by the id of its binding. */
  bindingClient(id: string, scope: Scope): Client | undefined {
    const { organization, environmentId } = this.#options.documents;
    const binding = organization.auth?.bindings?.find((each) => each.id === id && each.environment === environmentId);
    if (binding?.flow !== 'backend') return undefined;
    const session = this.#sessionOf(`binding:${id}`, id);
    return session === undefined ? undefined : clientOf(session, scope, this.#options.writer(), `binding:${id}`);
  }

  session(need: Need): Session | undefined {
    const binding = this.#options.cast[need];
    return isMissing(binding) ? undefined : this.#sessionOf(need, binding.id);
  }

  /** The AI system's own client first, then whoever else may take a test object back. */
  undoing(): Session[] {
    const { organization, environmentId } = this.#options.documents;
    const needs: Need[] = ['ai', 'second', 'staff'];
    const named = needs.map((need) => this.session(need)).filter((each) => each !== undefined);
    const others = (organization.auth?.bindings ?? []).filter(
      (binding) =>
        binding.environment === environmentId &&
        binding.flow === 'backend' &&
        binding.usedBy === 'staff' &&
        !named.some((session) => session.binding.id === binding.id),
    );
    return [
      ...named,
      ...others
        .map((binding) => this.#sessionOf(`undo:${binding.id}`, binding.id))
        .filter((each) => each !== undefined),
    ];
  }

  /** Binding of a named part, for the exchange line. */
  bindingOf(context: string): string | undefined {
    const session = this.#sessions.get(context);
    if (session !== undefined) return session.binding.id;
    const { contract, organization, environmentId } = this.#options.documents;
    if (context === appContexts.ai) return appBinding(contract, organization, environmentId, false)?.id;
    if (context === appContexts.expendable) return appBinding(contract, organization, environmentId, true)?.id;
    const { expendable } = this.#options.cast;
    return context === 'expendable' && !isMissing(expendable) ? expendable.id : undefined;
  }

  /** @param of context of the organization file whose person signs in, where one does */
  #sessionOf(context: string, bindingId: string, of?: string): Session | undefined {
    const known = this.#sessions.get(context);
    if (known !== undefined) return known;
    const { documents, credentials } = this.#options;
    const binding = documents.organization.auth?.bindings?.find((each) => each.id === bindingId);
    const credential = credentials.get(bindingId);
    const { tokenUrl } = documents.environment;
    if (binding === undefined || credential === undefined || isMissing(credential) || tokenUrl === undefined)
      return undefined;
    const interactive = binding.flow === 'backend' ? undefined : this.#interactive(context, binding, credential, of);
    if (binding.flow !== 'backend' && interactive === undefined) return undefined;
    const sharing =
      binding.flow === 'backend'
        ? [...this.#sessions.values()].find((session) => session.binding.id === bindingId)
        : undefined;
    const session = new Session({
      context,
      ...interactive,
      ...(sharing === undefined ? {} : { sharing }),
      binding,
      credential,
      tokenUrl,
      recorder: this.#options.recorder(),
      signInSpacingMs: this.signInSpacingMs,
      ...(documents.environmentClass === 'production' ? { refuse: refuseWideToken } : {}),
      onSignIn: (record: SignInRecord) => this.noteSignIn(context, binding, credential, record),
    });
    this.#sessions.set(context, session);
    return session;
  }

  /** A sign-in of the evidence: who, as which client, with which answer. */
  noteSignIn(context: string, binding: AuthBinding, credential: Credential, record: SignInRecord): void {
    const { evidence, runId, now } = this.#options;
    void evidence.append({
      type: 'event',
      event: 'sign-in',
      at: now().toISOString(),
      data: {
        context,
        binding: binding.id,
        client: runDigest(runId, credential.clientId),
        status: record.status,
        exchange: record.exchange,
      },
    });
  }

  /** Opened on the first test patient that has a visit; which one a user-level token is opened on does not matter. */
  #interactive(
    context: string,
    binding: AuthBinding,
    credential: Credential,
    of: string | undefined,
  ): Pick<SessionOptions, 'interactive' | 'interactiveTemplates'> | undefined {
    const { documents, operator } = this.#options;
    const { environment, organization } = documents;
    const [on] = openable(organization);
    if (on === undefined) return undefined;
    return {
      interactiveTemplates: personTemplates(context, personSignInsPerRun),
      interactive: async (scope) => {
        const recorder = this.#options.recorder();
        const person = personFor({ documents, recorder, operator }, credential, scope, context, of);
        if (person === undefined) throw new ExchangeFault('no-credential', 'nobody can sign in', undefined);
        const result = await signInApp({ recorder, scope, context, binding, credential, environment, person }, on);
        const token = result.first?.token;
        return { record: recordOf(result), ...(token === undefined ? {} : { token }) };
      },
    };
  }
}

/** Production needs a client that can only read (safety rule 7). @throws SafetyStop */
export function refuseWideToken({ grantedScopes }: Pick<SignInRecord, 'grantedScopes'>): void {
  const wide = (grantedScopes ?? []).filter((scope) => {
    const read = readScope(scope);
    return read !== undefined && (read.resourceType === '*' || /[cud]/.test(read.letters));
  });
  if (wide.length === 0) return;
  throw new SafetyStop(
    'production-token-writes',
    7,
    `the token granted in production holds ${wide.length} scope(s) that write or name every resource`,
    'Register a read-only client for production; nothing more was sent.',
  );
}

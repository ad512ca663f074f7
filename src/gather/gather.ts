import { join } from 'node:path';
import { Value } from 'typebox/value';
import { scopesAllow } from '../fhir/scopes.js';
import { factKinds } from '../model/facts/registry.js';
import { runDigest, type RunIdentity } from '../model/audit-access.js';
import type { FactKind } from '../model/fact.js';
import { isMissing, missing, type Missing } from '../model/fact.js';
import { exitCodes, SafetyStop, ToolError } from '../model/errors.js';
import type { EvidenceEnd, EvidenceHeader, Residue } from '../model/evidence.js';
import type { Door, TlsRule } from '../wire/exchange.js';
import type { TokenBucket } from '../wire/token-bucket.js';
import { aiSystemFor, switchAiSystem, type AiSystemAccess } from './ai-system.js';
import { AccessRecorder } from './access-record.js';
import { runIdentity } from './audit-log.js';
import { castOf, siteOf, type Cast, type Credentials } from './contexts.js';
import { cleanUp } from './cleanup.js';
import type { OperationHook } from './durable-log.js';
import { readJournal } from './journal-reader.js';
import { refuseLeftovers } from './leftovers.js';
import { outputSearch, searchFile } from './output-search.js';
import { planRun, type Plan, type PlannedProbe } from './plan.js';
import type { About, AnyProbe, Client, Graded, Need, PeerTools, Phase, ProbeTools, RunDocuments } from './probe.js';
import { seededRandom } from './random.js';
import { NegativeSignIns, type NegativeAttempt } from './negative-sign-ins.js';
import { peerTools, type PeerAccess } from './peers.js';
import { Recorder, scopeFor, type Bases, type Scope } from './recorder.js';
import { ExchangeFault, type RequestTemplate } from './request.js';
import { searchEitherWay } from './result-pages.js';
import { createRunFolder, type InputDocument, type RunFolder } from './run-folder.js';
import { Session } from './session.js';
import { signIn, type SignInRecord } from './sign-in.js';
import { TemplateBudget } from './template-match.js';
import { MissingTemplateValue } from './template-values.js';
import { searchNamesPatient, TestCases } from './test-cases.js';
import { TestObjects } from './test-objects.js';
import { effectiveClass, strictestClass, writesRefused, type WriteTier } from './write-policy.js';
import { Writer } from './writer.js';

export interface GatherOptions {
  readonly documents: RunDocuments;
  readonly inputs: readonly InputDocument[];
  readonly credentials: Credentials;
  readonly door: Door;
  readonly bases: Bases;
  /** Addresses and credentials of other organizations, by their id. */
  readonly peers?: ReadonlyMap<string, PeerAccess>;
  /** By origin; for handshakes that do not go through the door. */
  readonly trust?: ReadonlyMap<string, TlsRule>;
  /** Opens `aiSystem.query` and `aiSystem.control`, where the organization file names them. */
  readonly aiSystem?: AiSystemAccess;
  readonly pacing: TokenBucket;
  readonly output: string;
  readonly runId: string;
  readonly tier: WriteTier;
  readonly environmentNamed: boolean;
  readonly header: Pick<EvidenceHeader, 'tool' | 'gate' | 'selection' | 'operator' | 'seed'>;
  readonly probes: readonly AnyProbe[];
  /** Kinds of facts the selected checks read; undefined: all. */
  readonly wanted: ReadonlySet<string> | undefined;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly operation?: OperationHook;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly phase: Phase | 'cleanup';
  readonly done: number;
  readonly total: number;
  readonly probe: string;
  readonly subject: string;
}

export interface Gathered {
  readonly folder: string;
  readonly how: EvidenceEnd['how'];
  readonly code: string | undefined;
}

/** The plan of a run, without sending anything. */
export function planFor(
  options: Pick<GatherOptions, 'documents' | 'credentials' | 'probes' | 'tier' | 'environmentNamed' | 'wanted'>,
): {
  readonly plan: Plan;
  readonly cast: Cast;
  readonly refusal: ReturnType<typeof writesRefused>;
} {
  const { documents, credentials, probes, tier, environmentNamed, wanted } = options;
  const cast = castOf(documents, credentials);
  const refusal = writesRefused({
    organization: documents.organization,
    environment: documents.environment,
    tier,
    environmentNamed,
    now: documents.startedAt,
  });
  const available = Object.fromEntries(
    Object.entries(cast).map(([need, binding]) => [
      need,
      isMissing(binding) ? { reason: binding.missing, detail: binding.detail ?? '' } : undefined,
    ]),
  ) as unknown as Parameters<typeof planRun>[0]['available'];
  return { plan: planRun({ documents, probes, available, tier, writesRefused: refusal, wanted }), cast, refusal };
}

/** Runs the plan, cleans up, settles, and closes the run folder. Keeps what was gathered whatever happens. */
export async function gather(options: GatherOptions): Promise<Gathered> {
  const { documents, now, signal } = options;
  const { plan, cast, refusal } = planFor(options);
  const folder = await createRunFolder(options.output, options.runId, options.inputs, options.operation);
  await folder.evidence.append(headerOf(options, plan, cast, folder));
  await folder.journal.record({
    type: 'journal',
    schemaVersion: 1,
    runId: options.runId,
    organizationId: documents.organization.metadata.id,
    environmentId: documents.environmentId,
    fhirBase: documents.environment.fhirBase,
    startedAt: documents.startedAt.toISOString(),
  });
  const run = new Run(options, plan, cast, refusal, folder);
  let how: EvidenceEnd['how'] = 'complete';
  let code: string | undefined;
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (error instanceof SafetyStop) {
        how = 'safety-stop';
        code = error.code;
        await folder.evidence.append({
          type: 'event',
          event: 'safety-stop',
          at: now().toISOString(),
          data: { code: error.code, rule: error.rule, message: error.message, next: error.next ?? '' },
        });
      } else if (signal.aborted && !(error instanceof ToolError)) how = 'interrupted';
      else {
        how = 'internal';
        code = error instanceof ToolError ? error.code : 'internal';
        await folder.evidence
          .append({ type: 'event', event: 'internal', at: now().toISOString(), data: { code, at: frameOf(error) } })
          .catch(() => undefined);
      }
    }
  };
  await guarded(async () => {
    await run.refuseLeftovers();
    await run.phases((phase) => phase !== 'settle');
  });
  if (signal.aborted && how === 'complete') how = 'interrupted';
  let residue: readonly Residue[] = [];
  let undone = 0;
  await guarded(async () => {
    ({ residue, undone } = await run.cleanUp());
  });
  if (how === 'complete') await guarded(() => run.phases((phase) => phase === 'settle'));
  await folder.journal.close();
  await guarded(() => run.searchOutput());
  await folder.evidence.append({
    type: 'end',
    at: now().toISOString(),
    how,
    ...(code === undefined ? {} : { code }),
    plannedRequests: plan.requests,
    sentRequests: run.recorder.counts.sent,
    unavailableRequests: run.recorder.counts.unavailable,
    writes: run.writer.counts.writes,
    undone,
    residue: [...residue, ...run.writer.residue],
    leavesMax: documents.organization.writePolicy?.leaves?.max ?? 0,
    journalHead: folder.journal.head,
  });
  options.operation?.('evidence:end');
  await folder.evidence.flush();
  await folder.evidence.close();
  return { folder: folder.path, how, code };
}

function headerOf(options: GatherOptions, plan: Plan, cast: Cast, folder: RunFolder): EvidenceHeader {
  const { documents } = options;
  const environmentClass = effectiveClass(documents.environment);
  return {
    type: 'header',
    schemaVersion: 1,
    runId: options.runId,
    tool: options.header.tool,
    startedAt: documents.startedAt.toISOString(),
    operator: options.header.operator,
    environment: {
      id: documents.environmentId,
      class: environmentClass,
      origin: new URL(documents.environment.fhirBase).origin,
    },
    phi: environmentClass === 'production' ? 'may-contain' : 'synthetic-only',
    writes: options.tier,
    gate: options.header.gate,
    selection: options.header.selection,
    credentials: Object.values(cast).some((binding) => !isMissing(binding)),
    inputs: [...folder.inputs],
    planSha256: plan.sha256,
    seed: options.header.seed,
  };
}

class Run {
  readonly recorder: Recorder;
  readonly writer: Writer;
  readonly #options: GatherOptions;
  readonly #plan: Plan;
  readonly #folder: RunFolder;
  readonly #sessions = new Map<string, Session>();
  readonly #cast: Cast;
  readonly #cases: TestCases;
  readonly #objects: TestObjects;
  readonly #random: () => number;
  readonly #made = new Map<string, Promise<unknown>>();
  readonly #negative: NegativeSignIns;
  readonly #peerSessions = new Map<string, Session | undefined>();

  constructor(
    options: GatherOptions,
    plan: Plan,
    cast: Cast,
    refusal: ReturnType<typeof writesRefused>,
    folder: RunFolder,
  ) {
    this.#options = options;
    this.#plan = plan;
    this.#folder = folder;
    this.#cast = cast;
    const { documents, now, signal } = options;
    const correlation = documents.contract.audit?.correlationHeader;
    this.recorder = new Recorder({
      door: options.door,
      bases: options.bases,
      peerBases: new Map([...(options.peers ?? [])].map(([id, { bases }]) => [id, bases])),
      pacing: options.pacing,
      evidence: folder.evidence,
      now,
      signal,
      repeatAfterMs: documents.environmentClass === 'simulator' ? 100 : 5_000,
      accesses: new AccessRecorder(options.runId, documents.organization),
      bindingOf: (context) => this.#bindingOf(context),
      ...(correlation === undefined ? {} : { correlationHeader: correlation }),
      ...(options.operation === undefined ? {} : { operation: options.operation }),
    });
    this.writer = new Writer({
      journal: folder.journal,
      organization: documents.organization,
      runId: options.runId,
      refusal,
      now,
    });
    this.#negative = new NegativeSignIns({
      organization: documents.organization,
      environmentClass: strictestClass([documents, ...(documents.peers ?? [])]),
      contact: documents.environment.contact,
      pause,
    });
    this.#random = seededRandom(options.header.seed);
    this.#cases = new TestCases({
      contract: documents.contract,
      organization: documents.organization,
      reader: this.#caseReader(),
      now,
      site: siteOf(documents, cast.ai),
    });
    this.#objects = new TestObjects(documents, this.#cases);
  }

  /** Only where something will be written: a run that reads disturbs no earlier one. */
  async refuseLeftovers(): Promise<void> {
    if (!this.#plan.items.some((item) => item.unmet === undefined && item.probe.writes !== 'none')) return;
    const sessions = this.#undoSessions();
    await refuseLeftovers({
      organization: this.#options.documents.organization,
      sessionFor: (type) => sessions.find((session) => scopesAllow(session.grantedScopes, type, 's')),
    });
  }

  async phases(which: (phase: Phase) => boolean): Promise<void> {
    const items = this.#plan.items.filter((item) => which(item.phase));
    for (const [done, item] of items.entries()) {
      this.#options.onProgress?.({
        phase: item.phase,
        done,
        total: items.length,
        probe: item.probe.id,
        subject: item.subject.id,
      });
      if (this.#options.signal.aborted) {
        await this.#bringMissing(item, missing('not-gathered', 'the run was interrupted'), []);
        continue;
      }
      await this.#probe(item);
    }
  }

  async #probe(item: PlannedProbe): Promise<void> {
    if (item.unmet !== undefined) {
      await this.#bringMissing(item, missing(item.unmet.reason, item.unmet.detail), []);
      return;
    }
    const scope = scopeFor(item.probe.id, item.subject.id, new TemplateBudget(item.probe.id, item.sends));
    try {
      const brought = await item.probe.run(item.subject, this.#tools(scope));
      for (const kind of item.probe.brings) {
        const value = brought[kind] ?? missing('not-gathered');
        if (!isAbout(value)) await this.#bring(item, item.subject.id, kind, value, scope.exchanges);
        else {
          for (const [subject, each] of Object.entries(value.about)) {
            await this.#bring(item, subject, kind, each, scope.exchanges);
          }
        }
      }
    } catch (error) {
      await this.#bringMissing(item, await this.#reasonOf(error, item), scope.exchanges);
    }
  }

  async #reasonOf(error: unknown, item: PlannedProbe): Promise<Missing> {
    if (error instanceof SafetyStop) throw error;
    if (error instanceof ExchangeFault) return missing(error.reason, error.message);
    if (error instanceof MissingTemplateValue) {
      return missing('no-test-object', `the test data give no value for {{${error.hole}}}`);
    }
    if (error instanceof ToolError && error.exitCode === exitCodes.internal && error.code !== 'unplanned-request')
      throw error;
    if (this.#options.signal.aborted) return missing('not-gathered', 'the run was interrupted');
    await this.#folder.evidence.append({
      type: 'event',
      event: 'probe-error',
      at: this.#options.now().toISOString(),
      data: {
        probe: item.probe.id,
        subject: item.subject.id,
        code: error instanceof ToolError ? error.code : 'exception',
        message: error instanceof ToolError ? error.message : '',
        at: frameOf(error),
      },
    });
    return missing('probe-error', `probe ${item.probe.id} failed`);
  }

  async #bringMissing(item: PlannedProbe, value: Missing, exchanges: readonly string[]): Promise<void> {
    for (const kind of item.probe.brings) await this.#bring(item, item.subject.id, kind, value, exchanges);
  }

  async #bring(
    item: PlannedProbe,
    subject: string,
    kind: FactKind,
    brought: unknown,
    exchanges: readonly string[],
  ): Promise<void> {
    const { value, grade } = isGraded(brought)
      ? { value: brought.graded, grade: brought.grade }
      : { value: brought, grade: 'measured' as const };
    const { version, schema } = factKinds[kind];
    const valid = isMissing(value) || Value.Check(schema, value);
    if (!valid) {
      await this.#folder.evidence.append({
        type: 'event',
        event: 'probe-error',
        at: this.#options.now().toISOString(),
        data: {
          probe: item.probe.id,
          subject: item.subject.id,
          code: 'fact-schema',
          message: `fact ${kind} does not fit its schema`,
          at: '',
        },
      });
    }
    await this.#folder.evidence.append({
      type: 'fact',
      kind,
      version,
      subject,
      value: valid ? value : missing('probe-error', `probe ${item.probe.id} failed`),
      grade,
      exchanges: [...new Set(exchanges)].slice(0, 40),
      environmentClass: this.#options.documents.environmentClass,
    });
  }

  async cleanUp(): Promise<{ residue: readonly Residue[]; undone: number }> {
    const { writes } = this.writer.counts;
    if (writes === 0) return { residue: [], undone: 0 };
    this.#options.onProgress?.({ phase: 'cleanup', done: 0, total: writes, probe: 'cleanup', subject: 'run' });
    await this.#switchAiSystem('off');
    const { entries } = await readJournal(this.#folder.path);
    const left = await cleanUp({
      entries,
      journal: this.#folder.journal,
      writer: this.writer,
      organization: this.#options.documents.organization,
      runId: this.#options.runId,
      sessions: this.#undoSessions(),
      now: this.#options.now,
    });
    await this.#switchAiSystem('on');
    return left;
  }

  async #switchAiSystem(to: 'off' | 'on'): Promise<void> {
    if (this.#options.bases['ai-control'] === undefined) return;
    const done = await switchAiSystem(this.recorder, this.#options.aiSystem ?? {}, to);
    await this.#folder.evidence.append({
      type: 'event',
      event: 'ai-system-switched',
      at: this.#options.now().toISOString(),
      data: { to, done },
    });
  }

  #once<T>(key: string, make: () => Promise<T>): Promise<T> {
    const made = (this.#made.get(key) ?? make()) as Promise<T>;
    this.#made.set(key, made);
    return made;
  }

  // The AI system's own client first, then whoever else may take a test object back.
  /** @throws SafetyStop when a secret or a value of a test patient stands in what was written */
  async searchOutput(): Promise<void> {
    await this.#folder.evidence.flush();
    const tokens = [...this.#sessions.values()].flatMap((session) =>
      session.tokens.map((value) => ({ what: `a token of ${session.context}`, value })),
    );
    const doors = Object.values(this.#options.aiSystem ?? {}).map((value: string) => ({
      what: 'a token of the AI system',
      value,
    }));
    const search = outputSearch([...tokens, ...doors, ...(await this.#cases.planted())]);
    for (const name of ['evidence.ndjson', 'journal.ndjson']) {
      const found = await searchFile(join(this.#folder.path, name), search);
      if (found === undefined) continue;
      throw new SafetyStop(
        'secret-in-output',
        35,
        `${name} holds ${found}`,
        'Destroy the run folder and please report this; no report was written.',
      );
    }
  }

  #undoSessions(): Session[] {
    const { organization, environmentId } = this.#options.documents;
    const needs: Need[] = ['ai', 'second', 'staff'];
    const named = needs.map((need) => this.#session(need)).filter((each) => each !== undefined);
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

  #tools(scope: Scope): ProbeTools {
    const { documents, now, signal } = this.#options;
    const clients = {} as Record<Need, Client>;
    for (const need of ['ai', 'second', 'staff', 'audit', 'expendable'] as const) {
      Object.defineProperty(clients, need, { get: () => this.#client(need, scope), enumerable: true });
    }
    const aiSystem =
      this.#options.bases['ai-system'] === undefined
        ? undefined
        : aiSystemFor(this.recorder, scope, this.#options.aiSystem ?? {});
    return {
      ...documents,
      ...(this.#plan.sampling === undefined ? {} : { sampling: this.#plan.sampling }),
      ...(aiSystem === undefined ? {} : { aiSystem }),
      reserve: (requests) => this.#options.pacing.reserve(requests),
      clients,
      context: (id) => this.#contextClient(id, scope),
      anonymous: (request) => this.recorder.send(scope, 'anonymous', request),
      accepted: this.recorder.accepted,
      trust: this.#options.trust ?? new Map(),
      peer: (id) => this.#peer(id, scope),
      negativeSignIn: (attempt) => this.#negativeSignIn(attempt, scope),
      made: () => ({ accesses: this.recorder.made, run: this.#identity() }),
      cases: this.#cases,
      objects: this.#objects,
      writer: this.writer,
      once: <T>(key: string, make: () => Promise<T>) => this.#once(key, make),
      cite: (exchanges) => scope.exchanges.push(...exchanges),
      random: this.#random,
      now,
      pause,
      signal,
      testObject: (subject) => this.#objects.create(subject, this.#client('ai', scope)),
    };
  }

  #client(need: Need, scope: Scope): Client {
    const session = this.#session(need);
    if (session === undefined) {
      const cast = this.#cast[need];
      throw new ExchangeFault(isMissing(cast) ? cast.missing : 'no-credential', `no session for ${need}`, undefined);
    }
    return clientOf(session, scope, this.writer, need);
  }

  #contextClient(id: string, scope: Scope): Client | undefined {
    const { organization } = this.#options.documents;
    const context = (organization.contexts ?? []).find((each) => each.id === id);
    const binding = organization.auth?.bindings?.find((each) => each.id === context?.binding);
    if (binding === undefined || binding.flow !== 'backend') return undefined;
    const session = this.#sessionOf(`context:${id}`, binding.id);
    return session === undefined ? undefined : clientOf(session, scope, this.writer, `context:${id}`);
  }

  #peer(id: string, scope: Scope): PeerTools | undefined {
    const { documents, peers } = this.#options;
    return peerTools({
      id,
      documents,
      access: peers?.get(id),
      recorder: this.recorder,
      ai: () => this.#session('ai'),
      sessions: this.#peerSessions,
      scope,
      signInSpacingMs: this.#signInSpacingMs,
    });
  }

  #negativeSignIn({ scopes, peer }: NegativeAttempt, scope: Scope): Promise<SignInRecord> {
    const { documents, credentials } = this.#options;
    const binding = this.#cast.expendable;
    const credential = isMissing(binding) ? binding : credentials.get(binding.id);
    const other = documents.peers?.find(({ organization }) => organization.metadata.id === peer);
    const { tokenUrl } = documents.environment;
    const badUrl = peer === undefined ? tokenUrl : other?.environment.tokenUrl;
    if (isMissing(binding) || credential === undefined || isMissing(credential))
      throw new ExchangeFault('no-credential', 'no expendable client can sign in', undefined);
    if (tokenUrl === undefined || badUrl === undefined)
      throw new ExchangeFault('origin-not-listed', 'a token URL is not listed', undefined);
    const common = { recorder: this.recorder, scope, context: 'expendable', binding, credential };
    const own = binding.scopes ?? [];
    return this.#negative.attempt(
      async () =>
        (await signIn({ ...common, tokenUrl: badUrl, scopes: scopes ?? own, ...(peer === undefined ? {} : { peer }) }))
          .record,
      async () => (await signIn({ ...common, tokenUrl, scopes: own })).record,
    );
  }

  get #signInSpacingMs(): number {
    return this.#options.documents.environmentClass === 'simulator' ? 0 : 10_000;
  }

  #bindingOf(context: string): string | undefined {
    const session = this.#sessions.get(context);
    if (session !== undefined) return session.binding.id;
    const { expendable } = this.#cast;
    return context === 'expendable' && !isMissing(expendable) ? expendable.id : undefined;
  }

  #identity(): RunIdentity {
    const { organization } = this.#options.documents;
    return runIdentity({
      runId: this.#options.runId,
      organization,
      accesses: this.recorder.made,
      bindingsOf: (client) =>
        [...this.#options.credentials].flatMap(([binding, credential]) =>
          !isMissing(credential) && credential.clientId === client ? [binding] : [],
        ),
    });
  }

  #session(need: Need): Session | undefined {
    const binding = this.#cast[need];
    return isMissing(binding) ? undefined : this.#sessionOf(need, binding.id);
  }

  #sessionOf(context: string, bindingId: string): Session | undefined {
    const known = this.#sessions.get(context);
    if (known !== undefined) return known;
    const { documents, credentials, now } = this.#options;
    const binding = documents.organization.auth?.bindings?.find((each) => each.id === bindingId);
    const credential = credentials.get(bindingId);
    const { tokenUrl } = documents.environment;
    if (binding === undefined || credential === undefined || isMissing(credential) || tokenUrl === undefined)
      return undefined;
    const session = new Session({
      context,
      binding,
      credential,
      tokenUrl,
      recorder: this.recorder,
      signInSpacingMs: this.#signInSpacingMs,
      onSignIn: (record: SignInRecord) => {
        void this.#folder.evidence.append({
          type: 'event',
          event: 'sign-in',
          at: now().toISOString(),
          data: {
            context,
            binding: bindingId,
            client: runDigest(this.#options.runId, credential.clientId),
            status: record.status,
            exchange: record.exchange,
          },
        });
      },
    });
    this.#sessions.set(context, session);
    return session;
  }

  #caseReader(): ConstructorParameters<typeof TestCases>[0]['reader'] {
    const templates: RequestTemplate[] = caseTemplates(this.#options.documents);
    const scope = scopeFor('test-cases', 'run', new TemplateBudget('test-cases', templates));
    return {
      read: (resourceType, id) => this.#client('ai', scope).read(resourceType, id),
      search: (resourceType, parameters, mayStandInUrl) => {
        const ai = this.#client('ai', scope);
        return mayStandInUrl ? searchEitherWay(ai, resourceType, parameters) : ai.search(resourceType, parameters);
      },
    };
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function clientOf(session: Session, scope: Scope, writer: Writer, context: string): Client {
  return {
    context,
    bindingId: session.binding.id,
    get grantedScopes() {
      return session.grantedScopes;
    },
    read: (resourceType, id, headers) =>
      session.send(scope, { method: 'GET', path: `${resourceType}/${id}`, ...(headers && { headers }) }),
    search: (resourceType, parameters, headers) =>
      session.send(scope, {
        method: 'POST',
        path: `${resourceType}/_search`,
        form: parameters,
        ...(headers && { headers }),
      }),
    send: (request) => session.send(scope, request),
    write: (change) => writer.write(session, scope, change),
    signedIn: () => session.signedIn(),
  };
}

/** What filling the contract's searches may take: one read a patient, one search a patient and resource. */
export function caseTemplates({ contract, organization }: RunDocuments): RequestTemplate[] {
  const patients = organization.testData?.patients?.length ?? 0;
  const searches = (contract.resources ?? []).flatMap((resource): RequestTemplate[] => {
    const [type = '', query = ''] = (resource.find ?? '').split(/\?(.*)/s);
    const names = query.split('&').map((pair) => pair.split('=')[0] ?? '');
    const most = Math.max(1, patients);
    return [
      { context: 'ai', method: 'POST', path: `${type}/_search?${names.join('&')}`, most },
      ...(searchNamesPatient(contract, resource)
        ? []
        : [{ context: 'ai', method: 'GET', path: `${type}?${names.join('&')}`, most } as const]),
    ];
  });
  return [
    { context: 'ai', method: 'GET', path: 'Patient/{id}', most: Math.max(1, patients) },
    { context: 'ai', method: 'GET', path: 'Schedule/{id}', most: 2 },
    { context: 'ai', method: 'GET', path: 'Encounter/{id}', most: Math.max(1, patients) },
    ...searches,
  ];
}

const isAbout = (brought: unknown): brought is About<unknown> =>
  typeof brought === 'object' && brought !== null && 'about' in brought;

const isGraded = (brought: unknown): brought is Graded<unknown> =>
  typeof brought === 'object' && brought !== null && 'graded' in brought;

// Where our own code stopped: file and line, no text of the error.
function frameOf(error: unknown): string {
  const frame = /\/((?:src|checks|bin)\/[^\s)]+:\d+:\d+)/.exec(error instanceof Error ? (error.stack ?? '') : '');
  return frame?.[1] ?? '';
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { scopesAllow } from '../fhir/scopes.js';
import { type RunIdentity } from '../model/audit-access.js';
import { isMissing, missing, type Missing } from '../model/fact.js';
import { exitCodes, SafetyStop, ToolError } from '../model/errors.js';
import type { Residue } from '../model/evidence.js';
import { aiSystemBinding } from '../model/subjects.js';
import type { AnswerInbox } from './observers/answer-inbox.js';
import { productEvents, type ProductEvents } from './observers/product-events.js';
import { cdsHooksClient } from './observers/cds-hooks.js';
import { cdsCaller } from './observers/cds-hooks-caller.js';
import { openAiLog } from './ai-log-source.js';
import { aiSystemFor, switchAiSystem } from './ai-system.js';
import { Apps } from './apps.js';
import { AccessRecorder } from './access-record.js';
import type { FaultProxy } from './observers/fault-proxy.js';
import { launchPlayer, launchPlayerContext, type LaunchPlace } from './observers/launch-player.js';
import { answerListener, openProductAnswers } from './product-answers.js';
import { baseIsNamed, openProductProxy } from './product-proxy.js';
import { runIdentity } from './audit-log.js';
import { siteOf, type Cast } from './contexts.js';
import { cleanUp } from './cleanup.js';
import { readJournal } from './journal-reader.js';
import { refuseLeftovers } from './leftovers.js';
import { outputSearch, searchFile } from './output-search.js';
import { type Plan, type PlannedProbe } from './plan.js';
import type { Client, Need, PeerTools, Phase, ProbeTools, RunDocuments } from './probe.js';
import { seededRandom } from './random.js';
import { ExpendableClient } from './expendable-client.js';
import { NegativeSignIns } from './negative-sign-ins.js';
import { peerTools } from './peers.js';
import { Recorder, scopeFor, type Scope } from './recorder.js';
import { ExchangeFault, type RequestTemplate } from './request.js';
import { findRoutes, type FoundRoutes } from './route-source.js';
import { searchByPost, searchEitherWay } from './result-pages.js';
import { type RunFolder } from './run-folder.js';
import { Session } from './session.js';
import { TemplateBudget } from './template-match.js';
import { MissingTemplateValue } from './template-values.js';
import { openInbox } from './notification-inbox.js';
import { TestCases } from './test-cases.js';
import { TestObjects } from './test-objects.js';
import { insideWindow, strictestClass, writesRefused } from './write-policy.js';
import { Writer } from './writer.js';
import { caseTemplates } from './case-templates.js';
import { FactWriter } from './fact-writer.js';
import { openFeedInbox } from './feed-inbox.js';
import { folds } from './folds/index.js';
import { Folding } from './folds/folding.js';
import type { GatherOptions } from './gather.js';
import { Sessions } from './sessions.js';
import { waitForWitness } from './witness-wait.js';

/** A file of this name in the run folder stops new work, from another terminal or by hand (safety rule 29). */
export const stopFile = 'stop';

/** For the AI system to find its EHR again behind the proxy that has just opened. */
const longestProductStartMs = 5_000;

/** A run under way: its recorder, writer and sessions, and the work of each phase. */
export class Run {
  readonly recorder: Recorder;
  readonly writer: Writer;
  readonly #options: GatherOptions;
  readonly #plan: Plan;
  readonly #folder: RunFolder;
  readonly #sessions: Sessions;
  readonly #facts: FactWriter;
  readonly #folding: Folding;
  readonly #accesses: AccessRecorder;
  #proxy: FaultProxy | undefined;
  #answers: Promise<AnswerInbox | Missing> | undefined;
  #stopped = false;
  readonly #cases: TestCases;
  readonly #objects: TestObjects;
  readonly #random: () => number;
  readonly #made = new Map<string, Promise<unknown>>();
  readonly #negative: NegativeSignIns;
  readonly #expendable: ExpendableClient;
  readonly #apps: Apps;
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
    const { documents, now, signal } = options;
    const { evidence } = folder;
    this.#facts = new FactWriter({ evidence, environmentClass: documents.environmentClass, now });
    this.#sessions = new Sessions({
      documents,
      cast,
      credentials: options.credentials,
      recorder: () => this.recorder,
      writer: () => this.writer,
      evidence,
      runId: options.runId,
      now,
      operator: options.operator,
    });
    this.#folding = new Folding(folds, documents);
    const correlation = documents.contract.audit?.correlationHeader;
    this.#accesses = new AccessRecorder(options.runId, documents.organization);
    this.recorder = new Recorder({
      door: options.door,
      bases: options.bases,
      peerBases: new Map([...(options.peers ?? [])].map(([id, { bases }]) => [id, bases])),
      pacing: options.pacing,
      evidence: folder.evidence,
      now,
      signal,
      windowOpen: () => insideWindow(documents.environment, now()),
      repeatAfterMs: documents.environmentClass === 'simulator' ? 100 : 5_000,
      accesses: this.#accesses,
      bindingOf: (context) => this.#sessions.bindingOf(context),
      onExchange: (exchange) => this.#folding.step(exchange),
      ...(correlation === undefined ? {} : { correlationHeader: correlation }),
      ...(options.operation === undefined ? {} : { operation: options.operation }),
    });
    this.writer = new Writer({
      journal: folder.journal,
      organization: documents.organization,
      runId: options.runId,
      refusal,
      clockOffsetMs: () => this.recorder.clockOffsetMs,
      now,
    });
    this.#negative = new NegativeSignIns({
      organization: documents.organization,
      environmentClass: strictestClass([documents, ...(documents.peers ?? [])]),
      contact: documents.environment.contact,
      pause,
    });
    this.#expendable = new ExpendableClient({
      documents,
      binding: cast.expendable,
      credential: isMissing(cast.expendable) ? cast.expendable : options.credentials.get(cast.expendable.id),
      recorder: this.recorder,
      negative: this.#negative,
      signInSpacingMs: this.#sessions.signInSpacingMs,
      pause,
    });
    this.#apps = new Apps({
      documents,
      credentials: options.credentials,
      recorder: this.recorder,
      operator: options.operator,
      negative: this.#negative,
      onSignIn: (...signIn) => this.#sessions.noteSignIn(...signIn),
      nowMs: () => now().getTime(),
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

  /** Before the first probe: the AI system may have nothing but the proxy to reach its EHR by. */
  async openProxy(): Promise<void> {
    const { documents, trust, listenerTls, now, onProxy } = this.#options;
    const opened = await openProductProxy({
      documents,
      tls: trust?.get(new URL(documents.environment.fhirBase).origin),
      listenerTls: listenerTls?.get(documents.organization.aiSystem?.proxy?.listener ?? ''),
      evidence: this.#folder.evidence,
      isOfTestPatient: (reference) => this.#accesses.isOfTestPatient(reference),
      onExchange: (exchange, { fault }) => this.#folding.product(exchange, fault),
      onRefused: (refusal) => this.#folding.refused(refusal),
      now,
    });
    if (opened === undefined) return;
    const at = now().toISOString();
    if (isMissing(opened)) {
      const data = { reason: opened.missing, detail: opened.detail ?? '' };
      await this.#folder.evidence.append({ type: 'event', event: 'proxy-not-opened', at, data });
      return;
    }
    this.#proxy = opened;
    if (!baseIsNamed(documents)) onProxy?.(opened.baseUrl);
    const seen = await opened.untilSeen(longestProductStartMs);
    await this.#folder.evidence.append({ type: 'event', event: 'proxy-opened', at, data: { seen } });
  }

  async closeProxy(): Promise<void> {
    await this.#proxy?.close();
  }

  /** Opened when the product is told of the first event: a run that tells of none listens to nobody. */
  #answerInbox(): Promise<AnswerInbox | Missing> {
    const { documents, aiSystem, listenerTls, signal } = this.#options;
    this.#answers ??= openProductAnswers({
      organization: documents.organization,
      secret: aiSystem?.webhookSecret,
      tls: listenerTls?.get(answerListener),
      signal,
    });
    return this.#answers;
  }

  /** After the last event: what came to the listener is counted in the evidence. */
  async closeAnswers(): Promise<void> {
    const inbox = await this.#answers;
    if (inbox === undefined) return;
    const at = this.#options.now().toISOString();
    if (isMissing(inbox)) {
      const data = { reason: inbox.missing, detail: inbox.detail ?? '' };
      await this.#folder.evidence.append({ type: 'event', event: 'answers-not-heard', at, data });
      return;
    }
    await inbox.close();
    const data = { ...inbox.counts, refused: Object.fromEntries(inbox.refused) };
    await this.#folder.evidence.append({ type: 'event', event: 'answers-posted', at, data });
  }

  /** Only where something will be written: a run that reads disturbs no earlier one. */
  async refuseLeftovers(): Promise<void> {
    if (!this.#plan.items.some((item) => item.unmet === undefined && item.probe.writes !== 'none')) return;
    const sessions = this.#sessions.undoing();
    await refuseLeftovers({
      organization: this.#options.documents.organization,
      sessionFor: (type) => sessions.find((session) => scopesAllow(session.grantedScopes, type, 's')),
    });
  }

  /** Somebody laid the stop file. */
  get stopped(): boolean {
    return this.#stopped;
  }

  async phases(which: (phase: Phase) => boolean): Promise<void> {
    const items = this.#plan.items.filter((item) => which(item.phase));
    for (const [done, item] of items.entries()) {
      if (existsSync(join(this.#folder.path, stopFile))) this.#stopped = true;
      if (this.#proxy?.stop !== undefined && item.phase !== 'settle') throw this.#proxy.stop;
      this.#options.onProgress?.({
        phase: item.phase,
        done,
        total: items.length,
        probe: item.probe.id,
        subject: item.subject.id,
      });
      if (this.#options.signal.aborted || this.#stopped) {
        await this.#facts.missing(item, missing('not-gathered', 'the run was interrupted'));
        continue;
      }
      await this.#probe(item);
    }
  }

  async #probe(item: PlannedProbe): Promise<void> {
    if (item.unmet !== undefined) {
      await this.#facts.missing(item, missing(item.unmet.reason, item.unmet.detail));
      return;
    }
    if (item.phase !== 'static') this.recorder.refuseOutsideWindow();
    const scope = scopeFor(item.probe.id, item.subject.id, new TemplateBudget(item.probe.id, item.sends));
    try {
      await this.#facts.brought(item, await item.probe.run(item.subject, this.#tools(scope)), scope.exchanges);
    } catch (error) {
      const reason = this.#reasonOf(error) ?? (await this.#facts.fault(item, error));
      await this.#facts.missing(item, reason, scope.exchanges);
    }
  }

  /** Why a probe brought nothing, where that is no fault of ours. @throws what ends the run */
  #reasonOf(error: unknown): Missing | undefined {
    if (error instanceof SafetyStop) throw error;
    if (error instanceof ExchangeFault) return missing(error.reason, error.message);
    if (error instanceof MissingTemplateValue) {
      return missing('no-test-object', `the test data give no value for {{${error.hole}}}`);
    }
    const ends = error instanceof ToolError && error.exitCode === exitCodes.internal;
    if (ends && error.code !== 'unplanned-request') throw error;
    return this.#options.signal.aborted ? missing('not-gathered', 'the run was interrupted') : undefined;
  }

  /** What was counted over all exchanges of the run. */
  async foldsEnd(): Promise<void> {
    await this.#folding.end(this.#facts);
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
      sessions: this.#sessions.undoing(),
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

  /** @throws SafetyStop when a secret or a value of a test patient stands in what was written */
  async searchOutput(): Promise<void> {
    await this.#folder.evidence.flush();
    const doors = Object.values(this.#options.aiSystem ?? {}).map((value: string) => ({
      what: 'a token of the AI system',
      value,
    }));
    const search = outputSearch([
      ...this.#sessions.tokens,
      ...this.#apps.tokens.map((value) => ({ what: 'a token of an app', value })),
      ...this.#expendable.tokens.map((value) => ({ what: 'a token of the expendable client', value })),
      ...doors,
      ...(await this.#cases.planted()),
    ]);
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

  #tools(scope: Scope): ProbeTools {
    const { documents, now, signal, witness, person } = this.#options;
    const clients = {} as Record<Need, Client>;
    for (const need of ['ai', 'second', 'staff', 'audit', 'expendable'] as const) {
      Object.defineProperty(clients, need, { get: () => this.#sessions.client(need, scope), enumerable: true });
    }
    const aiSystem =
      this.#options.bases['ai-system'] === undefined
        ? undefined
        : aiSystemFor(this.recorder, scope, this.#options.aiSystem ?? {});
    const product = this.#options.bases['ai-webhook'] === undefined ? undefined : this.#productEvents(scope);
    return {
      ...documents,
      ...(product === undefined ? {} : { product }),
      ...(this.#options.bases['ai-control'] === undefined
        ? {}
        : { switchProduct: (to) => switchAiSystem(this.recorder, this.#options.aiSystem ?? {}, to, scope) }),
      ...this.#cdsHooks(scope),
      ...this.#launchPlayer(scope),
      ...(this.#plan.sampling === undefined ? {} : { sampling: this.#plan.sampling }),
      ...(aiSystem === undefined ? {} : { aiSystem }),
      aiLog: () =>
        openAiLog(this.recorder, scope, documents, {
          access: this.#options.aiSystem ?? {},
          file: this.#options.aiLog,
        }),
      routes: (peerId) => this.#routes(scope, peerId),
      ...(this.#proxy === undefined ? {} : { proxy: this.#proxy }),
      reserve: (requests) => this.#options.pacing.reserve(requests),
      clients,
      context: (id) => this.#sessions.contextClient(id, scope),
      binding: (id) => this.#sessions.bindingClient(id, scope),
      app: (kind) => this.#apps.app(kind, scope),
      anonymous: (request) => this.recorder.send(scope, 'anonymous', request),
      accepted: this.recorder.accepted,
      trust: this.#options.trust ?? new Map(),
      peer: (id) => this.#peer(id, scope),
      negativeSignIn: (attempt) => this.#expendable.attempt(attempt, scope),
      negativeSignIns: (attempts) => this.#expendable.attempts(attempts, scope),
      negativeCalls: (bads, good, who) =>
        this.#negative.attempts(bads.slice(0, Math.max(1, this.#negative.left)), good, who),
      heldToken: (name) => this.#expendable.held(name, scope),
      ...(witness === undefined
        ? {}
        : { witness: (object) => waitForWitness(witness, object, { folder: this.#folder.path, signal, pause }) }),
      ...(person === undefined ? {} : { person }),
      made: () => ({
        accesses: this.recorder.made,
        run: this.#identity(),
        tokens: this.#sessions.tokens.map(({ value }) => value),
      }),
      listen: (name) =>
        openInbox({
          fhirBase: documents.environment.fhirBase,
          listener: documents.organization.listeners?.[name],
          tls: this.#options.listenerTls?.get(name),
          testPatients: (documents.organization.testData?.patients ?? []).map(({ id }) => id),
          onEventTime: (stampMs) =>
            this.#folding.stamp({ source: 'notice', stampMs, resolutionMs: 1, notAfterMs: now().getTime() }),
        }),
      listenFeed: (name) =>
        openFeedInbox({
          fhirBase: documents.environment.fhirBase,
          listener: documents.organization.listeners?.[name],
          tls: this.#options.listenerTls?.get(name),
          now,
        }),
      stamped: (stamp) => this.#folding.stamp(stamp),
      cases: this.#cases,
      objects: this.#objects,
      writer: this.writer,
      once: <T>(key: string, make: () => Promise<T>) => this.#once(key, make),
      cite: (exchanges) => scope.exchanges.push(...exchanges),
      random: this.#random,
      now,
      pause,
      signal,
      testObject: (subject) => this.#objects.create(subject, this.#sessions.client('ai', scope)),
    };
  }

  #productEvents(scope: Scope): ProductEvents {
    const { documents, now, aiSystem: access = {} } = this.#options;
    const { contract, organization, environmentId } = documents;
    return productEvents(this.recorder, scope, {
      access,
      writer: this.writer,
      bindingId: aiSystemBinding(contract, organization, environmentId)?.id ?? 'ai-system',
      identifierSystem: organization.writePolicy?.identifierSystem,
      answers: () => this.#answerInbox(),
      now,
    });
  }

  #cdsHooks(scope: Scope): Pick<ProbeTools, 'cdsHooks'> {
    const { documents, bases, aiSystem } = this.#options;
    const { cdsHooks } = documents.organization.aiSystem ?? {};
    const base = bases['ai-cds'];
    if (base === undefined || cdsHooks === undefined) return {};
    const { fhirBase } = documents.environment;
    const pem = aiSystem?.cdsHooksKey;
    const caller = async () => (pem === undefined ? undefined : cdsCaller(cdsHooks, pem, fhirBase));
    return { cdsHooks: cdsHooksClient(this.recorder, scope, { base, fhirBase, caller }) };
  }

  #launchPlayer(scope: Scope): Pick<ProbeTools, 'launchPlayer'> {
    const { documents, bases, peers } = this.#options;
    const { launchUrl } = documents.organization.aiSystem ?? {};
    if (launchUrl === undefined || bases['ai-app'] === undefined) return {};
    const placeOf = (
      { organization, environment }: Pick<RunDocuments, 'organization' | 'environment'>,
      persons: Pick<LaunchPlace, 'person' | 'personOf'>,
    ): LaunchPlace => ({
      // One address may serve every organization of a product.
      launchUrl: new URL(organization.aiSystem?.launchUrl ?? launchUrl),
      fhirBase: environment.fhirBase,
      authorizeUrl: environment.authorizeUrl,
      ...persons,
    });
    const own = placeOf(documents, {
      person: this.#apps.testUser(scope, launchPlayerContext),
      personOf: (context) => this.#apps.testUser(scope, launchPlayerContext, context),
    });
    const others = (documents.peers ?? []).map((peer) => {
      const { id } = peer.organization.metadata;
      const credentials = peers?.get(id)?.credentials ?? new Map();
      const person = this.#apps.testUserAt(peer, credentials, scope, launchPlayerContext);
      return [id, placeOf(peer, { person, personOf: () => undefined })] as const;
    });
    return { launchPlayer: launchPlayer(this.recorder, scope, own, new Map(others)) };
  }

  async #routes(scope: Scope, peerId: string | undefined): Promise<FoundRoutes | Missing> {
    const { documents, routes = { texts: new Map(), read: () => undefined } } = this.#options;
    const other = documents.peers?.find(({ organization }) => organization.metadata.id === peerId);
    const { organization } = peerId === undefined ? documents : (other ?? documents);
    const launchUrl = organization.aiSystem?.launchUrl ?? documents.organization.aiSystem?.launchUrl;
    if (launchUrl === undefined) return missing('no-ai-system', 'aiSystem.launchUrl is not in the organization file');
    return findRoutes(this.recorder, scope, {
      organization,
      files: routes,
      launchUrl: new URL(launchUrl),
      ...(peerId === undefined ? {} : { peer: peerId }),
    });
  }

  #peer(id: string, scope: Scope): PeerTools | undefined {
    const { documents, peers } = this.#options;
    return peerTools({
      id,
      documents,
      access: peers?.get(id),
      recorder: this.recorder,
      ai: () => this.#sessions.session('ai'),
      sessions: this.#peerSessions,
      scope,
      signInSpacingMs: this.#sessions.signInSpacingMs,
    });
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

  #caseReader(): ConstructorParameters<typeof TestCases>[0]['reader'] {
    const templates: RequestTemplate[] = caseTemplates(this.#options.documents);
    const scope = scopeFor('test-cases', 'run', new TemplateBudget('test-cases', templates));
    return {
      read: (resourceType, id, how) =>
        this.#sessions.client('ai', scope).send({ method: 'GET', path: `${resourceType}/${id}`, ...how }),
      patients: async (ids) => {
        const ai = this.#sessions.client('ai', scope);
        const { usableToken } = await ai.signedIn();
        const may = usableToken && scopesAllow(ai.grantedScopes, 'Patient', 's');
        if (!may || this.#options.documents.environmentClass === 'production') return undefined;
        return ai.search('Patient', [
          ['_id', ids.join(',')],
          ['_count', String(ids.length)],
        ]);
      },
      search: (resourceType, parameters, { mayStandInUrl, sample }) => {
        const ask = mayStandInUrl ? searchEitherWay : searchByPost;
        return ask(this.#sessions.client('ai', scope), resourceType, parameters, { sample });
      },
    };
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

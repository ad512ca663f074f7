import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resource } from 'fhir/r4.js';
import { parse, stringify } from 'yaml';
import { loadChecks } from '../../src/cli/check-catalog.js';
import { samplesPerMinute } from '../../src/cli/machine-speed.js';
import { prepareRun, type PreparedRun, type RunRequest } from '../../src/cli/execute-run.js';
import { evaluate, type CheckResult } from '../../src/evaluate/engine.js';
import type { ExchangeLine, EvidenceEnd } from '../../src/model/evidence.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';
import type { RecordedFact } from '../../src/model/fact.js';
import type { Outcome } from '../../src/model/outcome.js';
import type { OrganizationId } from '../../src/sandbox/clinic/clinic-index.js';
import { aiSystemNames } from '../../src/sandbox/ai-systems/names.js';
import type { ProductName } from '../../src/sandbox/ai-systems/start-order-advisor.js';
import { isScribe } from '../../src/sandbox/ai-systems/start-scribe.js';
import { isTracker } from '../../src/sandbox/ai-systems/start-tracker.js';
import { newProxyUrl } from '../../src/sandbox/ai-systems/proxy-place.js';
import type { Configuration } from '../../src/sandbox/ai-systems/configuration.js';
import { startAiSystem, type AiSystemName, type RunningAiSystem } from '../../src/sandbox/ai-systems/start.js';
import { loadCheck } from '../../src/gather/series/load-plan.js';
import { workflows, type WorkflowName } from '../../src/sandbox/clinic/workflows.js';
import { throughSeam, type Deviation } from '../../src/sandbox/deviation.js';
import { deviations } from '../../src/sandbox/deviations/index.js';
import { writeListenerFiles, writePrivateFile } from '../../src/sandbox/keys.js';
import { organizationDocument } from '../../src/sandbox/organization-document.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { startAdvisor } from './advisor.js';
import { startScribeBeside } from './scribe.js';
import { startTrackerBeside } from './tracker.js';
import { reusedKeys } from './client-keys.js';
import { places } from './places.js';

const root = new URL('../../', import.meta.url);
/** Nobody but a test may ask for less than ten minutes. */
const shortLoadMs = 12_000;

export interface TrialOptions {
  /** Which shipped contract and matching organization document; default scheduling. */
  readonly workflow?: WorkflowName;
  /** Ids out of src/sandbox/deviations, or other ways of a server that are written for one test. */
  readonly deviations?: readonly (string | Deviation)[];
  /** Only the probes these checks read from; default everything. */
  readonly checks?: readonly string[];
  readonly writes?: RunRequest['writes'];
  /** Starts this reference AI system beside the sandbox and names its doors in the organization document. */
  readonly aiSystem?: ProductName;
  /** The product says 202 to what it is told, and posts its answer when it is done. */
  readonly answersLater?: boolean;
  /** The product reaches its EHR through the proxy of the run; default: where there is one of the reference AI systems. */
  readonly proxy?: boolean;
  /** Adds the sandbox's other organization as a peer. */
  readonly peer?: boolean;
  /** Gives the run an earlier one, of discovery only, against the same sandbox. */
  readonly previous?: boolean;
  /** Last change to the documents, after the deviations. */
  readonly change?: (documents: { contract: Record<string, unknown>; organization: Record<string, unknown> }) => void;
  readonly now?: () => Date;
  /** The run only watches; `others` are at work meanwhile, until they are told to end. */
  readonly watching?: RunRequest['watching'];
  readonly others?: (sandbox: Sandbox, folder: string) => Promise<() => Promise<void>>;
  /** What the reference AI system is told at its start, beside the usual. */
  readonly productSettings?: Partial<Configuration>;
  /** How long the peak rate of the contract is kept up; default: some seconds, where its check is one of `checks`. */
  readonly loadMs?: number;
  /** The sandbox answers 429 to more than this from one client in one second. */
  readonly requestsPerSecond?: number;
  /** People who look at the objects while they are there. */
  readonly witness?: (sandbox: Sandbox) => NonNullable<RunRequest['witness']>;
  /** Works on the run folder while it and the sandbox are still there. */
  readonly afterwards?: (run: { readonly folder: string; readonly sandbox: Sandbox }) => Promise<void>;
}

export interface Trial {
  readonly prepared: PreparedRun;
  readonly folder: string;
  readonly facts: readonly RecordedFact[];
  readonly exchanges: readonly ExchangeLine[];
  readonly events: readonly { event: string; data: Record<string, unknown> }[];
  readonly end: EvidenceEnd;
  readonly results: ReadonlyMap<string, CheckResult>;
  readonly outcome: (checkId: string) => Outcome | undefined;
  readonly fact: (kind: string, subject: string) => unknown;
  /** What the run wrote to in the EHR, as it was before and is after, AuditEvents aside, as text to compare (safety rule 23). */
  readonly before: string;
  readonly after: string;
}

/** A sandbox, the documents for it, one run, its facts judged by every check there is. Everything is gone afterwards. */
export async function trial(options: TrialOptions = {}): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-trial-'));
  const chosen = (options.deviations ?? []).map(deviationNamed);
  const sandbox = await startSandbox({
    keysFolder: folder,
    createKey: reusedKeys(),
    deviations: chosen,
    organizations: options.peer === true || chosen.some(({ peer }) => peer) ? ['lakeside', 'summit'] : ['lakeside'],
    ...(options.requestsPerSecond !== undefined && { requestsPerSecond: options.requestsPerSecond }),
    ...(options.now && { now: options.now }),
  });
  let aiSystem: RunningAiSystem | undefined;
  let other:
    Awaited<ReturnType<typeof startAdvisor | typeof startScribeBeside | typeof startTrackerBeside>> | undefined;
  try {
    const { store } = sandbox.organizations.get('lakeside')!;
    const proxied =
      options.proxy ??
      (options.aiSystem !== undefined &&
        (isTracker(options.aiSystem) || aiSystemNames.some((name) => name === options.aiSystem)));
    // Behind a proxy that has ended, the product cannot take its own Subscription back.
    const without = proxied ? ['AuditEvent', 'Subscription'] : ['AuditEvent'];
    const before = store.snapshot({ versions: true });
    const proxyUrl = proxied ? await newProxyUrl() : undefined;
    if (options.aiSystem === 'order-advisor') other = await startAdvisor(sandbox, folder, chosen);
    else if (options.aiSystem !== undefined && isScribe(options.aiSystem))
      other = await startScribeBeside(sandbox, folder, options.aiSystem, chosen);
    else if (options.aiSystem !== undefined && isTracker(options.aiSystem))
      other = await startTrackerBeside(sandbox, folder, options.aiSystem, proxyUrl);
    else
      aiSystem =
        options.aiSystem &&
        (await startBeside(sandbox, folder, options.aiSystem, proxyUrl, chosen, {
          ...(options.answersLater === undefined ? {} : { answersLater: options.answersLater }),
          ...options.productSettings,
        }));
    const files = await writeDocuments(sandbox, folder, { ...options, proxyUrl }, chosen, aiSystem, other);
    const checks = await loadChecks(places.checksFolder);
    const request = {
      ...files,
      writes: options.writes ?? 'all',
      gate: 'go',
      output: join(folder, 'runs'),
      seed: 'trial',
      signal: new AbortController().signal,
    } as const;
    const previous: string[] = [];
    if (options.previous === true) {
      const first = await prepareRun({ ...request, selected: ['discovery.capability'] }, places, checks);
      previous.push((await first.execute()).folder);
    }
    const prepared = await prepareRun(
      {
        ...request,
        previous,
        ...(options.checks && { selected: options.checks }),
        ...((options.checks?.includes(loadCheck) ?? false) && { loadMs: options.loadMs ?? shortLoadMs }),
        ...(options.now && { now: options.now }),
        ...(options.watching && { watching: options.watching }),
        ...(options.witness && { witness: options.witness(sandbox) }),
      },
      places,
      checks,
    );
    const end = await options.others?.(sandbox, folder);
    const gathered = await prepared.execute().finally(end);
    await options.afterwards?.({ folder: gathered.folder, sandbox });
    await aiSystem?.stop();
    const lines = (await readFile(join(gathered.folder, 'evidence.ndjson'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    const facts = lines.filter((line) => line.type === 'fact') as unknown as RecordedFact[];
    const results = new Map(
      evaluate(checks, prepared.documents.subjects, facts, {
        startedAt: prepared.documents.startedAt.toISOString(),
      }).map((result) => [result.check.id, result]),
    );
    const after = store.snapshot({ versions: true });
    return {
      prepared,
      folder: gathered.folder,
      facts,
      exchanges: lines.filter((line) => line.type === 'exchange') as unknown as ExchangeLine[],
      events: lines.filter((line) => line.type === 'event') as unknown as Trial['events'],
      end: lines.at(-1) as unknown as EvidenceEnd,
      results,
      outcome: (checkId) => results.get(checkId)?.outcome,
      fact: (kind, subject) => facts.find((fact) => fact.kind === kind && fact.subject === subject)?.value,
      // Text is made of it only where a test compares it, and only of what was written in between: the others are the same.
      get before() {
        return live(unlike(before, after), without);
      },
      get after() {
        return live(unlike(after, before), without);
      },
    };
  } finally {
    await aiSystem?.stop();
    await other?.program.stop();
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function deviationNamed(id: string | Deviation): Deviation {
  if (typeof id !== 'string') return id;
  const found = deviations.find((deviation) => deviation.id === id);
  if (found === undefined) throw new Error(`no deviation ${id}`);
  return found;
}

/** A reference AI system with its own client, in a process of its own. */
export async function startBeside(
  sandbox: Sandbox,
  folder: string,
  name: AiSystemName,
  proxyUrl?: string,
  chosen: readonly Deviation[] = [],
  settings: Partial<Configuration> = {},
): Promise<RunningAiSystem> {
  const lakeside = sandbox.organizations.get('lakeside')!;
  const client = lakeside.clients.find((each) => each.name === 'ai-voice-bot')!;
  const caFile = join(folder, 'ca.pem');
  if (sandbox.caPem !== undefined) await writeFile(caFile, sandbox.caPem);
  const { index } = lakeside.clinic;
  return startAiSystem(name, join(folder, 'ai-system'), {
    fhirBase: proxyUrl ?? lakeside.fhirBase,
    tokenUrl: lakeside.tokenUrl,
    clientId: client.clientId,
    keyFile: client.keyFile,
    ...(sandbox.caPem === undefined ? {} : { caFile }),
    kid: client.kid,
    algorithm: client.algorithm,
    providers: [...new Set(index.schedules.filter(({ site }) => site === 'north').map((each) => each.practitioner))],
    visitType: index.visitType.code,
    earliestDays: 14,
    latestDays: 60,
    faults: throughSeam(chosen, 'product', []),
    ...settings,
  });
}

export async function writeDocuments(
  sandbox: Sandbox,
  folder: string,
  options: TrialOptions & { readonly proxyUrl?: string | undefined },
  chosen: readonly Deviation[],
  aiSystem?: RunningAiSystem,
  other?: {
    readonly doors: NonNullable<OrganizationProfile['aiSystem']>;
    readonly doorsOfPeer?: NonNullable<OrganizationProfile['aiSystem']>;
  },
): Promise<{ contract: string; organization: string; peer: string[] }> {
  const workflow = options.workflow ?? 'scheduling';
  const home = join(folder, 'lakeside');
  const lakeside = sandbox.organizations.get('lakeside')!;
  const contractFile = new URL(`profiles/contracts/${workflows[workflow].contract}.yaml`, root);
  const documents = {
    contract: parse(await readFile(contractFile, 'utf8')) as Record<string, unknown>,
    organization: (await organizationOf(sandbox, 'lakeside', folder, {
      ...options,
      // Tests run side by side: a product that gets no processor is found slow, and rightly so.
      ...(aiSystem && { samplesPerMinute: await samplesPerMinute(lakeside.fhirBase, sandbox.caPem) }),
    })) as unknown as Record<string, unknown>,
  };
  if (aiSystem !== undefined) {
    await writePrivateFile(home, 'ai-system.token', aiSystem.token);
    await writePrivateFile(home, 'ai-system.secret', aiSystem.webhookSecret);
    const token = { ref: 'file:ai-system.token' };
    documents.organization['aiSystem'] = {
      query: { url: aiSystem.queryUrl, token },
      control: { url: aiSystem.controlUrl, token },
      webhook: { url: aiSystem.webhookUrl, secret: { ref: 'file:ai-system.secret' } },
      clients: sandbox.organizations
        .get('lakeside')!
        .clients.flatMap(({ name, clientId }) => (name === 'ai-voice-bot' ? [clientId] : [])),
      auditExport: { url: aiSystem.logUrl, token },
      ...(options.proxyUrl === undefined ? {} : { proxy: { listener: 'proxy' } }),
    };
  }
  if (other !== undefined) documents.organization['aiSystem'] = other.doors;
  for (const deviation of chosen) deviation.given?.(documents);
  for (const deviation of chosen) deviation.documents?.(documents);
  options.change?.(documents);
  const contract = join(home, 'contract.yaml');
  const organization = join(home, 'organization.yaml');
  await writeFile(contract, stringify(documents.contract), { mode: 0o600 });
  await writeFile(organization, stringify(documents.organization), { mode: 0o600 });
  const peer = join(folder, 'summit', 'organization.yaml');
  if (options.peer === true) {
    const there = await organizationOf(sandbox, 'summit', folder, options);
    const { doorsOfPeer } = other ?? {};
    const opened = doorsOfPeer === undefined ? there : { ...there, aiSystem: doorsOfPeer };
    await writeFile(peer, stringify(opened), { mode: 0o600 });
  }
  return { contract, organization, peer: options.peer === true ? [peer] : [] };
}

async function organizationOf(
  sandbox: Sandbox,
  id: OrganizationId,
  folder: string,
  options: TrialOptions & { readonly proxyUrl?: string | undefined; readonly samplesPerMinute?: number },
): Promise<OrganizationProfile> {
  const { fhirBase, tokenUrl, clients, clinic, feedPort } = sandbox.organizations.get(id)!;
  if (sandbox.caPem !== undefined) await writePrivateFile(join(folder, id), 'ca.pem', sandbox.caPem);
  return organizationDocument({
    organization: id,
    workflow: options.workflow ?? 'scheduling',
    fhirBase,
    tokenUrl,
    clients,
    clinic: clinic.index,
    now: options.now?.() ?? new Date(),
    keysFolder: 'keys',
    feedPort,
    ...(sandbox.caPem === undefined ? {} : { caFile: 'ca.pem' }),
    ...(options.proxyUrl === undefined ? {} : { proxyUrl: options.proxyUrl }),
    ...(options.samplesPerMinute === undefined ? {} : { samplesPerMinute: options.samplesPerMinute }),
    ...(await writeListenerFiles(join(folder, id), sandbox.forListeners)),
  });
}

/** Those of the first that are not, in the same version, in the second. */
const unlike = (one: Snapshot, other: Snapshot): Snapshot =>
  Object.fromEntries(Object.entries(one).filter(([key, resource]) => other[key] !== resource));

type Snapshot = Readonly<Record<string, Resource>>;

const dead = new Set(['cancelled', 'entered-in-error', 'revoked', 'off']);

/** Live resources without AuditEvents, `meta` aside, sorted. */
export function live(snapshot: Snapshot, without: readonly string[] = ['AuditEvent']): string {
  return Object.values(snapshot)
    .filter((resource) => !without.includes(resource.resourceType))
    .filter((resource) => !dead.has((resource as { status?: string }).status ?? ''))
    .map(({ meta: _meta, ...content }) => JSON.stringify(content))
    .sort()
    .join('\n');
}

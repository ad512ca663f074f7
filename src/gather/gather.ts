import { isMissing } from '../model/fact.js';
import { SafetyStop, ToolError } from '../model/errors.js';
import type { EvidenceEnd, EvidenceHeader, Residue } from '../model/evidence.js';
import { compareCodeUnits } from '../model/order.js';
import type { Door, TlsRule } from '../wire/exchange.js';
import type { TokenBucket } from '../wire/token-bucket.js';
import type { AiSystemAccess } from './ai-system.js';
import type { Operator } from './attended-person.js';
import { castOf, type Cast, type Credentials } from './contexts.js';
import type { OperationHook } from './durable-log.js';
import { planRun, type Plan } from './plan.js';
import type { AnyProbe, Phase, RunDocuments } from './probe.js';
import type { PeerAccess } from './peers.js';
import type { Bases } from './recorder.js';
import type { RouteFiles } from './route-source.js';
import { createRunFolder, type InputDocument, type RunFolder } from './run-folder.js';
import { headerBasis } from './run-header.js';
import { writesRefused, type WriteTier } from './write-policy.js';
import { Run } from './run.js';
import { frameOf } from './source-frame.js';
import type { ScreenPerson } from './screen-person.js';
import type { WitnessWait } from './witness-wait.js';

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
  /** Key and certificate of listeners as PEM, by their name. */
  readonly listenerTls?: ReadonlyMap<string, { readonly key: string; readonly cert: string }>;
  /** Somebody at this terminal who can sign in in a browser. */
  readonly operator?: Operator;
  /** Opens `aiSystem.query` and `aiSystem.control`, where the organization file names them. */
  readonly aiSystem?: AiSystemAccess;
  /** Path of the AI system's own log, where `aiSystem.auditExport` names a file that is there. */
  readonly aiLog?: string;
  /** What `aiSystem.routes` names as files. */
  readonly routes?: RouteFiles;
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
  /** Told where the AI system finds its EHR while the run lasts, when the organization file does not say so itself. */
  readonly onProxy?: (baseUrl: string) => void;
  /** People look at the screens meanwhile; absent: nobody does. */
  readonly witness?: WitnessWait;
  /** Makes the events of a run that watches what a person does. */
  readonly person?: ScreenPerson;
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
    await run.openProxy();
    await run.refuseLeftovers();
    await run.phases((phase) => phase !== 'settle');
  });
  if ((signal.aborted || run.stopped) && how === 'complete') how = 'interrupted';
  let residue: readonly Residue[] = [];
  let undone = 0;
  await guarded(async () => {
    ({ residue, undone } = await run.cleanUp());
  });
  if (how === 'complete') await guarded(() => run.phases((phase) => phase === 'settle'));
  await run.closeProxy();
  await run.closeAnswers();
  await guarded(() => run.foldsEnd());
  await folder.journal.close();
  await guarded(() => run.searchOutput());
  await folder.evidence.append({
    type: 'end',
    at: now().toISOString(),
    how,
    ...(code === undefined ? {} : { code }),
    plannedRequests: plan.requests,
    sentRequests: run.recorder.counts.sent,
    sampleRequests: run.recorder.counts.samples,
    requestsByProbe: requestsByProbe(plan, run.recorder.counts.byProbe),
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

function requestsByProbe(
  plan: Plan,
  byProbe: ReadonlyMap<string, number>,
): NonNullable<EvidenceEnd['requestsByProbe']> {
  const brings = new Map(plan.items.map(({ probe }) => [probe.id, probe.brings]));
  return [...byProbe]
    .sort(([one], [other]) => compareCodeUnits(one, other))
    .map(([probe, requests]) => ({ probe, brings: [...(brings.get(probe) ?? [])], requests }));
}

function headerOf(options: GatherOptions, plan: Plan, cast: Cast, folder: RunFolder): EvidenceHeader {
  const { documents } = options;
  const { environmentClass } = documents;
  // Whom the AI system asks for elsewhere than on a simulator is not for the run to say (safety rule 38).
  const isRecorded = environmentClass !== 'simulator' && documents.organization.aiSystem?.proxy !== undefined;
  return {
    ...headerBasis(options, folder),
    phi:
      environmentClass === 'production' || isRecorded || documents.watching !== undefined
        ? 'may-contain'
        : 'synthetic-only',
    writes: options.tier,
    gate: options.header.gate,
    selection: options.header.selection,
    credentials: Object.values(cast).some((binding) => !isMissing(binding)),
    planSha256: plan.sha256,
    seed: options.header.seed,
  };
}

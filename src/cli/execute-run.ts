import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gather, planFor, type Gathered, type Progress } from '../gather/gather.js';
import type { OperationHook } from '../gather/durable-log.js';
import { probes } from '../gather/probes/index.js';
import { newRunId } from '../gather/run-folder.js';
import type { ScreenPerson } from '../gather/screen-person.js';
import { loadCheck, shortestLoadMs } from '../gather/series/load-plan.js';
import type { Watching } from '../gather/series/observed-plan.js';
import type { WitnessWait } from '../gather/witness-wait.js';
import type { WriteTier } from '../gather/write-policy.js';
import type { AnyCheck } from '../model/check.js';
import type { EvidenceHeader } from '../model/evidence.js';
import type { Operator } from '../gather/attended-person.js';
import { exitCodes, ToolError } from '../model/errors.js';
import { structuredText } from '../load/structured-text.js';
import { openDoor } from '../wire/door.js';
import { readingDoor } from '../wire/reading-door.js';
import { TokenBucket } from '../wire/token-bucket.js';
import type { PackagePlaces } from './main.js';
import { paceOf, slowest } from '../gather/pace.js';
import { environmentAccess } from './environment-access.js';
import { readPreviousRuns } from './previous-runs.js';
import { credentialMarks, newMarking } from './credential-marks.js';
import { peerAccess } from './peer-access.js';
import {
  aiLogFile,
  aiSystemAccess,
  credentialsOf,
  listenerIdentities,
  originsOfEnvironment,
  readRunInputs,
  routeTexts,
  secretPlacesOf,
  type DocumentFlags,
  type RunInputs,
} from './run-inputs.js';

export interface RunRequest extends DocumentFlags {
  readonly writes: WriteTier;
  readonly gate: EvidenceHeader['gate'];
  /** Ids of the selected checks; undefined: all. */
  readonly selected?: readonly string[];
  readonly output: string;
  readonly seed?: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onProxy?: (baseUrl: string) => void;
  readonly witness?: WitnessWait;
  /** Only watches what others do, or what `person` does; nothing may be written. */
  readonly watching?: Watching;
  /**
   * How long the contract's peak rates are kept up, in milliseconds; absent: ten minutes where the policy asks for it, else
   * not at all.
   */
  readonly loadMs?: number;
  /** Somebody at the screen of the EHR. */
  readonly person?: ScreenPerson;
  readonly operation?: OperationHook;
  readonly now?: () => Date;
  /** Somebody at this terminal who can sign in in a browser. */
  readonly operator?: Operator;
}

export interface PreparedRun extends RunInputs {
  readonly runId: string;
  readonly planned: ReturnType<typeof planFor>;
  execute(): Promise<Gathered>;
}

/** Loads, plans and makes ready; nothing is sent before `execute`. @throws ToolError exit 2 */
export async function prepareRun(
  request: RunRequest,
  places: PackagePlaces,
  checks: readonly AnyCheck[],
): Promise<PreparedRun> {
  const now = request.now ?? (() => new Date());
  const startedAt = now();
  const inputs = await readRunInputs(
    request,
    places,
    checks.map((check) => check.id),
    startedAt,
  );
  const previous = await readPreviousRuns(request.previous ?? [], checks, places);
  const marks = await marksOf(inputs, request);
  const { watching } = request;
  if (watching !== undefined) refuseToWrite(request.writes, watching);
  const asksForLoad = request.selected?.includes(loadCheck) ?? true;
  const loadMs = request.loadMs ?? (asksForLoad && inputs.asks.has(loadCheck) ? shortestLoadMs : undefined);
  const documentsRead = {
    ...inputs.documents,
    previous,
    credentialMarks: marks,
    ...(loadMs === undefined ? {} : { loadMs }),
  };
  const read = { ...inputs, documents: { ...documentsRead, ...(watching === undefined ? {} : { watching }) } };
  const { documents, secretPlaces } = read;
  const { operator } = request;
  const { organization, environmentId } = documents;
  const credentials = await credentialsOf(organization, environmentId, secretPlaces, operator !== undefined);
  // A derived check is judged from others, so what they read is gathered too.
  const chosen = new Set(
    checks
      .filter((check) => request.selected?.includes(check.id))
      .flatMap((check) => [check.id, ...(check.looksAt ?? [])]),
  );
  const wanted =
    request.selected === undefined
      ? undefined
      : new Set<string>(
          checks
            .filter((check) => chosen.has(check.id))
            .flatMap((check) => [...check.reads, ...(check.optional ?? [])]),
        );
  const tier = documents.environmentClass === 'production' ? 'none' : request.writes;
  const environmentNamed = request.environment !== undefined;
  const runId = newRunId(startedAt);
  const common = { documents, credentials, probes, tier, environmentNamed, wanted };
  const { version } = JSON.parse(await readFile(new URL('package.json', places.packageFolder), 'utf8')) as {
    version: string;
  };
  return {
    ...read,
    runId,
    planned: planFor(common),
    async execute() {
      const aiSystem = await aiSystemAccess(documents.organization, secretPlaces);
      const aiLog = await aiLogFile(documents.organization, secretPlaces);
      const routes = {
        texts: await routeTexts([
          { organization: documents.organization, secretPlaces },
          ...read.peers.map(({ path, peer: { organization: other } }) => ({
            organization: other,
            secretPlaces: secretPlacesOf({ ...request, organization: path }),
          })),
        ]),
        read: structuredText,
      };
      const own = await originsOfEnvironment(documents.environment, documents.organization, secretPlaces);
      const { bases } = own;
      const others = await peerAccess(read.peers, request);
      const beside = await environmentAccess(documents, secretPlaces, [...own.origins, ...others.origins]);
      const origins = [...own.origins, ...others.origins, ...beside.origins];
      const pace = slowest([
        paceOf(documents.organization, documents.environment),
        ...read.peers.map(({ peer }) => paceOf(peer.organization, peer.environment)),
      ]);
      const open = openDoor({ origins, connectionsPerOrigin: Math.max(2, pace.concurrency) });
      const door = watching === undefined ? open : readingDoor(open);
      try {
        return await gather({
          ...common,
          inputs: read.inputs,
          door,
          bases,
          aiSystem,
          ...(aiLog === undefined ? {} : { aiLog }),
          routes,
          ...(operator === undefined ? {} : { operator }),
          listenerTls: await listenerIdentities(documents.organization, secretPlaces),
          peers: new Map([...others.access, ...beside.access]),
          trust: new Map(origins.flatMap(({ origin, tls }) => (tls === undefined ? [] : [[origin, tls] as const]))),
          pacing: new TokenBucket({
            ...pace,
            ...(documents.organization.limits?.perDay === undefined
              ? {}
              : { budget: documents.organization.limits.perDay }),
          }),
          output: request.output,
          runId,
          header: {
            tool: { name: 'ehr-scorecard', version },
            gate: request.gate,
            selection: request.selected === undefined ? null : [...request.selected],
            operator: {
              party: documents.organization.operator?.party ?? 'not-stated',
              who: documents.organization.operator?.who ?? 'not stated',
            },
            seed: request.seed ?? randomBytes(8).toString('hex'),
          },
          now,
          signal: request.signal,
          ...(request.operation === undefined ? {} : { operation: request.operation }),
          ...(request.onProxy === undefined ? {} : { onProxy: request.onProxy }),
          ...(request.witness === undefined ? {} : { witness: request.witness }),
          ...(request.person === undefined ? {} : { person: request.person }),
          ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
        });
      } finally {
        await door.close();
      }
    },
  };
}

function refuseToWrite(writes: WriteTier, { by }: Watching): void {
  if (writes === 'none') return;
  const flag = by === 'others' ? '--observe' : '--manual';
  throw new ToolError('observing-writes-nothing', `${flag} only watches, and --writes ${writes} was given`, {
    exitCode: exitCodes.couldNotStart,
    next: `Leave --writes out, or run without ${flag}.`,
  });
}

/** Marks of the credentials of the run's own organization and of every other one that was given. */
async function marksOf({ documents, secretPlaces, peers }: RunInputs, flags: DocumentFlags) {
  const mark = newMarking();
  const { organization, environmentId } = documents;
  const all = await Promise.all([
    credentialMarks(organization, environmentId, secretPlaces, mark),
    ...peers.map(({ path, peer }) =>
      credentialMarks(peer.organization, peer.environmentId, secretPlacesOf({ ...flags, organization: path }), mark),
    ),
  ]);
  return all.flat();
}

import { constants } from 'node:fs';
import { open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment, OrganizationProfile } from '../model/documents/organization.js';
import { ToolError } from '../model/errors.js';
import { isMissing } from '../model/fact.js';
import type { Residue } from '../model/evidence.js';
import type { Door, Purpose } from '../wire/exchange.js';
import type { TokenBucket } from '../wire/token-bucket.js';
import { cleanUp } from './cleanup.js';
import type { Credentials } from './contexts.js';
import { ChainedLog, createLogFile, type OperationHook } from './durable-log.js';
import { Journal } from './journal.js';
import { readJournal } from './journal-reader.js';
import { Recorder } from './recorder.js';
import { Session } from './session.js';
import { effectiveClass } from './write-policy.js';
import { Writer } from './writer.js';

export interface CleanupRunOptions {
  readonly folder: string;
  /** The user's own file, never the run folder's copy (safety rule 22). */
  readonly organization: OrganizationProfile;
  readonly credentials: Credentials;
  /** Opens the door to the environment the journal names, once the journal is known to fit. */
  readonly connect: (
    environmentId: string,
    environment: Environment,
  ) => Promise<{
    readonly door: Door;
    readonly bases: Readonly<Partial<Record<Purpose, string>>>;
    readonly pacing: TokenBucket;
  }>;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly operation?: OperationHook;
}

export interface CleanupRunResult {
  readonly undone: number;
  readonly residue: readonly Residue[];
  readonly leavesMax: number;
}

/**
 * Undoes what an earlier run left, from its journal and the user's own organization file.
 * @throws ToolError exit 2, nothing sent: journal missing, damaged or of another organization; another cleanup at work
 */
export async function cleanUpRun(options: CleanupRunOptions): Promise<CleanupRunResult> {
  const { folder, organization, now } = options;
  const release = await lockRun(folder, 'cleanup');
  try {
    const recorded = await readJournal(folder);
    const { header } = recorded;
    const leavesMax = organization.writePolicy?.leaves?.max ?? 0;
    if (header === undefined) return { undone: 0, residue: [], leavesMax };
    const environment = organization.environments?.[header.environmentId];
    if (header.organizationId !== organization.metadata.id || environment?.fhirBase !== header.fhirBase) {
      throw new ToolError(
        'journal-of-another-organization',
        `the run was made at organization ${header.organizationId}, environment ${header.environmentId}, which is not what the organization file describes`,
        {
          next: 'Give the organization file the run was made with; its id, environment and fhirBase have to be the same.',
        },
      );
    }
    const log = new ChainedLog(await createLogFile(join(folder, `cleanup-${recorded.nextCleanup}.ndjson`), 'new'), {
      seq: 0,
      previous: recorded.head,
    });
    const journal = new Journal(log, options.operation);
    const { door, bases, pacing } = await options.connect(header.environmentId, environment);
    try {
      const recorder = new Recorder({
        door,
        bases,
        pacing,
        evidence: log,
        now,
        signal: options.signal,
        repeatAfterMs: 1_000,
        ...(options.operation === undefined ? {} : { operation: options.operation }),
      });
      const writer = new Writer({
        journal,
        organization,
        runId: header.runId,
        refusal: { code: 'cleanup', detail: 'a cleanup creates nothing' },
        now,
        idPrefix: `c${recorded.nextCleanup}-`,
      });
      const result = await cleanUp({
        entries: recorded.entries,
        journal,
        writer,
        organization,
        runId: header.runId,
        sessions: sessionsOf(options, header.environmentId, environment, recorder),
        now,
      });
      return { ...result, leavesMax };
    } finally {
      await log.close();
      await door.close();
    }
  } finally {
    await release();
  }
}

// The AI system's own client first, then the staff clients in file order.
function sessionsOf(
  { organization, credentials }: CleanupRunOptions,
  environmentId: string,
  environment: Environment,
  recorder: Recorder,
): Session[] {
  const bindings = (organization.auth?.bindings ?? []).filter(
    (binding) => binding.environment === environmentId && binding.flow === 'backend' && binding.expendable !== true,
  );
  const ordered = [
    ...bindings.filter((each) => each.usedBy === 'ai-system'),
    ...bindings.filter((each) => each.usedBy === 'staff'),
  ];
  return ordered.flatMap((binding) => {
    const credential = credentials.get(binding.id);
    if (credential === undefined || isMissing(credential) || environment.tokenUrl === undefined) return [];
    return [
      new Session({
        context: `undo:${binding.id}`,
        binding,
        credential,
        tokenUrl: environment.tokenUrl,
        recorder,
        signInSpacingMs: effectiveClass(environment) === 'simulator' ? 0 : 10_000,
      }),
    ];
  });
}

/** One at a time; a lock whose process is gone is taken over. @throws ToolError (exit 2) */
export async function lockRun(folder: string, work: 'cleanup' | 'collect'): Promise<() => Promise<void>> {
  const path = join(folder, `${work}.lock`);
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = await open(
        path,
        constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
        0o600,
      );
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => unlink(path).catch(() => undefined);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new ToolError('journal-missing', 'the run folder does not exist or cannot be written', {
          next: 'Give the folder of a run, as printed at its end.',
        });
      }
      const holder = Number(await readFile(path, 'utf8').catch(() => ''));
      if (attempt > 0 || isAlive(holder)) {
        throw new ToolError(`${work}-running`, `another ${work} of this run is at work`, {
          next: 'Wait for it to end, then look at the result.',
        });
      }
      await unlink(path).catch(() => undefined);
    }
  }
}

function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

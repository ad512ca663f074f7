import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanUpRun, type CleanupRunResult } from '../gather/cleanup-run.js';
import type { OperationHook } from '../gather/durable-log.js';
import { readJournal } from '../gather/journal-reader.js';
import { loadOrganization } from '../load/documents.js';
import { openDoor } from '../wire/door.js';
import { TokenBucket } from '../wire/token-bucket.js';
import { paceOf } from '../gather/pace.js';
import type { PackagePlaces } from './main.js';
import { credentialsOf, originsOfEnvironment, secretPlacesOf } from './run-inputs.js';

export interface RecoverFlags {
  readonly organization: string;
  readonly allowEnv?: readonly string[];
  readonly secretsDir?: string;
}

/** Cleans up after one run, by its journal and the user's own organization file. */
export async function recoverRun(
  folder: string,
  flags: RecoverFlags,
  places: PackagePlaces,
  signal: AbortSignal,
  operation?: OperationHook,
): Promise<CleanupRunResult> {
  const { value: organization } = await loadOrganization(flags.organization, {
    profilesFolder: new URL('profiles/', places.packageFolder),
    judge: false,
    ...(flags.allowEnv === undefined ? {} : { allowEnv: flags.allowEnv }),
  });
  const secretPlaces = secretPlacesOf(flags);
  // The journal says which environment; its origin and credentials come from the organization file alone.
  const { header } = await readJournal(folder);
  return cleanUpRun({
    folder,
    organization,
    credentials: await credentialsOf(organization, header?.environmentId ?? '', secretPlaces),
    connect: async (_environmentId, environment) => {
      const { origins, bases } = await originsOfEnvironment(environment, organization, secretPlaces);
      const pace = paceOf(organization, environment);
      return {
        door: openDoor({ origins, connectionsPerOrigin: Math.max(2, pace.concurrency) }),
        bases,
        pacing: new TokenBucket(pace),
      };
    },
    now: () => new Date(),
    signal,
    ...(operation === undefined ? {} : { operation }),
  });
}

/**
 * Folders below `output` whose run wrote something to this EHR and never came to its end. A run against another address
 * (a sandbox that is gone) is nothing this one could clean up.
 */
export async function unfinishedRuns(output: string, organizationId: string, fhirBase: string): Promise<string[]> {
  const names = await readdir(output, { withFileTypes: true }).catch(() => []);
  const unfinished: string[] = [];
  for (const entry of names) {
    if (!entry.isDirectory()) continue;
    const folder = join(output, entry.name);
    const journal = await readJournal(folder).catch(() => undefined);
    const header = journal?.header;
    const ours = header?.organizationId === organizationId && header.fhirBase === fhirBase;
    if (journal === undefined || !ours || journal.nextCleanup > 1) continue;
    if (journal.entries.some((each) => each.type === 'intent') && !(await hasEnd(join(folder, 'evidence.ndjson')))) {
      unfinished.push(folder);
    }
  }
  return unfinished.sort();
}

const tailBytes = 64 * 1024;

async function hasEnd(path: string): Promise<boolean> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer
      .toString()
      .split('\n')
      .some((line) => line.includes('"type":"end"'));
  } finally {
    await handle.close();
  }
}

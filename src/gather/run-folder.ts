import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../model/errors.js';
import type { EvidenceInput, EvidenceLine } from '../model/evidence.js';
import { sha256Hex } from '../model/chain.js';
import { ChainedLog, createLogFile, type OperationHook } from './durable-log.js';
import { Journal } from './journal.js';

/** Bytes of one document, kept so that the run can be scored again anywhere. */
export interface InputDocument {
  readonly name: string;
  readonly role: EvidenceInput['role'];
  readonly bytes: Uint8Array;
}

/** `inputs/`, `evidence.ndjson`, `journal.ndjson`, later `scorecard.json` and reports; 0700 and 0600. */
export interface RunFolder {
  readonly path: string;
  readonly inputs: readonly EvidenceInput[];
  readonly evidence: EvidenceWriter;
  readonly journal: Journal;
}

/** Appends evidence lines in order. */
export interface EvidenceWriter {
  append(line: EvidenceLine): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
  readonly head: string;
}

/** A new run id: when it began and 40 random bits, so that two machines never share one. */
export const newRunId = (startedAt: Date): string =>
  `${startedAt.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}-${randomBytes(5).toString('hex')}`;

/**
 * Creates the folder of a run below `output`; refuses to use an existing one.
 * @throws ToolError `cannot-write-run-folder`
 */
export async function createRunFolder(
  output: string,
  runId: string,
  documents: readonly InputDocument[],
  operation: OperationHook = () => undefined,
): Promise<RunFolder> {
  const path = join(output, runId);
  try {
    await mkdir(output, { recursive: true, mode: 0o700 });
    await mkdir(path, { mode: 0o700 });
    await mkdir(join(path, 'inputs'), { mode: 0o700 });
    for (const { name, bytes } of documents) await writeNew(join(path, 'inputs', name), bytes);
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw new ToolError('cannot-write-run-folder', `the run folder could not be created below "${output}"`, {
      next: 'Choose a new or writable folder with --output.',
    });
  }
  const evidence = new ChainedLog(await createLogFile(join(path, 'evidence.ndjson'), 'new'));
  const journal = new Journal(new ChainedLog(await createLogFile(join(path, 'journal.ndjson'), 'new')), operation);
  await syncFolder(path);
  return {
    path,
    inputs: documents.map(({ name, role, bytes }) => ({ name, role, sha256: sha256Hex(bytes) })),
    evidence,
    journal,
  };
}

/** Writes a file that appears whole or not at all. */
export async function writeWhole(
  folder: string,
  name: string,
  content: string | Uint8Array,
  operation: OperationHook = () => undefined,
): Promise<void> {
  const draft = join(folder, `.${name}.${randomBytes(4).toString('hex')}`);
  await writeNew(draft, content);
  operation(`rename:${name}`);
  await rename(draft, join(folder, name));
  await syncFolder(folder);
}

async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  ).catch(() => {
    throw new ToolError('cannot-write-run-folder', 'a file of the run folder could not be created', {
      next: 'Choose a new or writable folder with --output.',
    });
  });
  try {
    await handle.writeFile(content);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

// A file whose folder entry was never flushed can vanish with the power although its content was flushed.
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

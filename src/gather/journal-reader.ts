import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chainBreak, chainStart, sha256Hex } from '../model/chain.js';
import { ToolError } from '../model/errors.js';
import type { JournalEntry, JournalHeader } from './journal.js';

const largestBytes = 64 * 1024 * 1024;
const cleanupName = /^cleanup-(\d{1,4})\.ndjson$/;

/** The journal of a run and everything later cleanups added, in order. */
export interface RecordedJournal {
  /** Absent when the run ended before its first line: nothing was written to the EHR. */
  readonly header: JournalHeader | undefined;
  readonly entries: readonly JournalEntry[];
  /** Hash of the last whole line; what the next cleanup's file points at. */
  readonly head: string;
  /** Number of the next cleanup's file. */
  readonly nextCleanup: number;
}

/**
 * Reads and verifies the journal. A torn last line, left by a crash, is lost and nothing else; every other damage is
 * refused, because what cleanup may touch rests on it.
 * @throws ToolError `journal-missing`, `journal-damaged`
 */
export async function readJournal(folder: string): Promise<RecordedJournal> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const later = names
    .map((name) => cleanupName.exec(name))
    .filter((match) => match !== null)
    .sort((a, b) => Number(a[1]) - Number(b[1]));
  const main = await readLines(folder, 'journal.ndjson', chainStart);
  const entries = [...main.entries];
  let { head } = main;
  for (const { 0: name } of later) {
    const more = await readLines(folder, name, head);
    entries.push(...more.entries);
    ({ head } = more);
  }
  const header = entries[0];
  if (header !== undefined && header.type !== 'journal') throw damaged('journal.ndjson', 1);
  return { header, entries, head, nextCleanup: later.length === 0 ? 1 : Number(later.at(-1)?.[1]) + 1 };
}

async function readLines(
  folder: string,
  name: string,
  start: string,
): Promise<{ readonly entries: JournalEntry[]; readonly head: string }> {
  const handle = await open(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => {
    throw new ToolError('journal-missing', `${name} is not in the run folder, or is no regular file`, {
      next: 'Give the folder of a run, as printed at its end.',
    });
  });
  try {
    const { size } = await handle.stat();
    if (size > largestBytes) throw damaged(name, 0);
    const lines = (await handle.readFile('utf8')).split('\n');
    // What follows the last newline is a torn line or nothing.
    lines.pop();
    const entries: JournalEntry[] = [];
    let head = start;
    for (const [seq, line] of lines.entries()) {
      let entry: unknown;
      try {
        entry = JSON.parse(line);
      } catch {
        throw damaged(name, seq + 1);
      }
      if (typeof entry !== 'object' || entry === null || chainBreak(entry, { seq, previous: head }) !== undefined) {
        throw damaged(name, seq + 1);
      }
      entries.push(entry as JournalEntry);
      head = sha256Hex(line);
    }
    return { entries, head };
  } finally {
    await handle.close();
  }
}

const damaged = (name: string, line: number): ToolError =>
  new ToolError(
    'journal-damaged',
    `${name} is damaged at line ${line}: what belongs to this run can no longer be shown`,
    {
      next: 'Restore the folder, or remove the objects by hand with the EHR team: search for the identifier system of the organization file.',
    },
  );

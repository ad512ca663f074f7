import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ToolError } from '../model/errors.js';

const maxLineBytes = 1024 * 1024;
const maxFileBytes = 2 * 1024 * 1024 * 1024;
const newline = 0x0a;

export interface NdjsonLine {
  /** From 1. */
  readonly number: number;
  /** Valid during the visit only. */
  readonly bytes: Uint8Array;
  /** The file ends before the newline: the write was cut off. */
  readonly torn: boolean;
}

const refused = (code: string, name: string, seen: string): ToolError =>
  new ToolError(code, `${name}: ${seen}`, { next: 'Use the folder as the run wrote it, or run again.' });

/**
 * Visits the lines of a regular file in order, until `visit` answers `stop`; memory does not grow with the file. Nothing
 * of the content is in a message.
 * @throws ToolError `not-a-file` for links, pipes and devices, `file-too-large` over 2 GiB, `line-too-long` over 1 MiB
 */
export async function visitLines(
  path: string,
  name: string,
  visit: (line: NdjsonLine) => 'stop' | undefined,
): Promise<void> {
  // Neither follow a link nor wait at a pipe.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch(() => {
    throw refused('not-a-file', name, 'there is no regular file of this name that can be read');
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw refused('not-a-file', name, 'not a regular file');
    if (stats.size > maxFileBytes) throw refused('file-too-large', name, 'larger than 2 GiB');
    // One buffer for the whole file: a line that does not end inside it is too long.
    const buffer = Buffer.alloc(maxLineBytes + 64 * 1024);
    let held = 0;
    let number = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, held, buffer.length - held);
      if (bytesRead === 0) break;
      held += bytesRead;
      let from = 0;
      for (let end = buffer.indexOf(newline); end !== -1 && end < held; end = buffer.indexOf(newline, from)) {
        number += 1;
        if (end - from > maxLineBytes) throw refused('line-too-long', `${name}:${number}`, 'a line over 1 MiB');
        if (visit({ number, bytes: buffer.subarray(from, end), torn: false }) === 'stop') return;
        from = end + 1;
      }
      buffer.copyWithin(0, from, held);
      held -= from;
      if (held > maxLineBytes) throw refused('line-too-long', `${name}:${number + 1}`, 'a line over 1 MiB');
    }
    if (held > 0) visit({ number: number + 1, bytes: buffer.subarray(0, held), torn: true });
  } finally {
    await handle.close();
  }
}

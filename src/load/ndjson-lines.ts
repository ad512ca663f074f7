import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ToolError } from '../model/errors.js';

const maxLineBytes = 1024 * 1024;
const maxFileBytes = 2 * 1024 * 1024 * 1024;
const newline = 0x0a;

export interface NdjsonLine {
  /** From 1. */
  readonly number: number;
  readonly bytes: Uint8Array;
  /** The file ends before the newline: the write was cut off. */
  readonly torn: boolean;
}

const refused = (code: string, name: string, seen: string): ToolError =>
  new ToolError(code, `${name}: ${seen}`, { next: 'Use the folder as the run wrote it, or run again.' });

/**
 * Lines of a regular file, one at a time; memory does not grow with the file. Nothing of the content is in a message.
 * @throws ToolError `not-a-file` for links, pipes and devices, `file-too-large` over 2 GiB, `line-too-long` over 1 MiB
 */
export async function* ndjsonLines(path: string, name: string): AsyncGenerator<NdjsonLine> {
  // Neither follow a link nor wait at a pipe.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch(() => {
    throw refused('not-a-file', name, 'there is no regular file of this name that can be read');
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw refused('not-a-file', name, 'not a regular file');
    if (stats.size > maxFileBytes) throw refused('file-too-large', name, 'larger than 2 GiB');
    const chunk = Buffer.alloc(256 * 1024);
    let rest: Uint8Array = new Uint8Array(0);
    let number = 0;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length);
      if (bytesRead === 0) break;
      const data =
        rest.length === 0 ? chunk.subarray(0, bytesRead) : Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      let from = 0;
      for (let end = data.indexOf(newline); end !== -1; end = data.indexOf(newline, from)) {
        number += 1;
        if (end - from > maxLineBytes) throw refused('line-too-long', `${name}:${number}`, 'a line over 1 MiB');
        yield { number, bytes: data.subarray(from, end), torn: false };
        from = end + 1;
      }
      rest = Uint8Array.from(data.subarray(from));
      if (rest.length > maxLineBytes) throw refused('line-too-long', `${name}:${number + 1}`, 'a line over 1 MiB');
    }
    if (rest.length > 0) yield { number: number + 1, bytes: rest, torn: true };
  } finally {
    await handle.close();
  }
}

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ToolError } from '../model/errors.js';

const chunkBytes = 256 * 1024;
/** Of one record of an export, quotes and line breaks inside it included. */
const longestRecord = 1024 * 1024;
const mostLines = 1_000;

/** A log that cannot be read to its end; nothing can be said from it about what is missing. */
export class LogFault extends Error {
  override readonly name = 'LogFault';
  readonly reason: 'truncated' | 'too-large';

  constructor(reason: 'truncated' | 'too-large', detail: string) {
    super(detail);
    this.reason = reason;
  }
}

export interface LogText {
  readonly chunks: AsyncGenerator<string>;
  /** SHA-256 of the bytes read so far; of the file once `chunks` has ended. */
  readonly sha256: () => string;
}

/**
 * Text of an exported log, piece by piece: memory does not grow with the file.
 * @throws ToolError `not-a-file` for what is no regular file
 */
export function logText(path: string, what = 'audit file'): LogText {
  const hash = createHash('sha256');
  return { chunks: chunks(path, what, hash), sha256: () => hash.copy().digest('hex') };
}

async function* chunks(path: string, what: string, hash: ReturnType<typeof createHash>): AsyncGenerator<string> {
  // Opening a named pipe would wait for its other end forever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => {
    throw new ToolError('file-not-found', `the ${what} cannot be opened`, { next: 'Check the path.' });
  });
  try {
    if (!(await handle.stat()).isFile()) throw new ToolError('not-a-file', `the ${what} is no regular file`);
    const decoder = new TextDecoder('utf-8');
    const buffer = Buffer.alloc(chunkBytes);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) break;
      const bytes = buffer.subarray(0, bytesRead);
      hash.update(bytes);
      yield decoder.decode(bytes, { stream: true });
    }
    yield decoder.decode();
  } finally {
    await handle.close();
  }
}

export interface LogLine {
  /** From 1: where the record begins. */
  readonly number: number;
  readonly text: string;
}

/** @throws LogFault `too-large` for a line over 1 MiB */
export async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<LogLine> {
  let rest = '';
  let number = 0;
  for await (const piece of text) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield { number: ++number, text: line };
    if (rest.length > longestRecord) throw new LogFault('too-large', `line ${number + 1} is longer than 1 MiB`);
  }
  if (rest !== '') yield { number: number + 1, text: rest };
}

export interface LogCells {
  readonly number: number;
  readonly cells: readonly string[];
}

/**
 * Records of a CSV file: https://www.rfc-editor.org/rfc/rfc4180
 * @throws LogFault `truncated` where a quote never closes, `too-large` for a record over 1 MiB
 */
export async function* csvRecords(text: AsyncIterable<string>, delimiter: string): AsyncGenerator<LogCells> {
  let open: (LogLine & { readonly lines: number }) | undefined;
  for await (const { number, text: line } of linesOf(text)) {
    const record: string = open === undefined ? line : `${open.text}\n${line}`;
    const first: number = open?.number ?? number;
    const lines: number = (open?.lines ?? 0) + 1;
    if (record.length > longestRecord || lines > mostLines) {
      throw new LogFault('too-large', `the record that begins in line ${first} is longer than 1 MiB or 1,000 lines`);
    }
    const cells = cellsOf(record.replace(/\r$/, ''), delimiter);
    open = cells === undefined ? { number: first, text: record, lines } : undefined;
    if (cells !== undefined && record.trim() !== '') yield { number: first, cells };
  }
  if (open !== undefined) throw new LogFault('truncated', `a quote opened in line ${open.number} never closes`);
}

/** Undefined while a quote is open. */
function cellsOf(record: string, delimiter: string): string[] | undefined {
  if (!record.includes('"')) return record.split(delimiter);
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (record[at] !== '"') {
      const end = record.indexOf(delimiter, at);
      cells.push(end === -1 ? record.slice(at) : record.slice(at, end));
      if (end === -1) return cells;
      at = end + 1;
      continue;
    }
    let close = record.indexOf('"', at + 1);
    while (close !== -1 && record[close + 1] === '"') close = record.indexOf('"', close + 2);
    if (close === -1) return undefined;
    cells.push(record.slice(at + 1, close).replaceAll('""', '"'));
    const end = record.indexOf(delimiter, close + 1);
    if (end === -1) return cells;
    at = end + 1;
  }
}

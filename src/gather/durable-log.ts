import { constants, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { chainLine, chainStart, sha256Hex } from '../model/chain.js';
import { exitCodes, ToolError } from '../model/errors.js';

/** What the kill tests count: called before every boundary of a durable write or of a request. */
export type OperationHook = (operation: string) => void;

/** The file layer under a log; tests replace it by one that loses what was not flushed. */
export interface LogFile {
  append(text: string): Promise<void>;
  /** Returns only when everything appended so far survives a power loss. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Creates a file that nobody else can read, never through a link.
 * @throws ToolError `cannot-write-run-folder`
 */
export async function createLogFile(path: string, mode: 'new' | 'continue'): Promise<LogFile> {
  const flags =
    constants.O_WRONLY |
    constants.O_APPEND |
    constants.O_NOFOLLOW |
    (mode === 'new' ? constants.O_CREAT | constants.O_EXCL : 0);
  const handle: FileHandle = await open(path, flags, 0o600).catch(() => {
    throw new ToolError('cannot-write-run-folder', 'a file of the run folder could not be created', {
      next: 'Choose a new or writable folder with --output.',
    });
  });
  const guarded = async (work: () => unknown): Promise<void> => {
    try {
      await work();
    } catch {
      throw new ToolError(
        'disk-write-failed',
        'the run folder can no longer be written (disk full or input/output error)',
        {
          exitCode: exitCodes.internal,
          next: 'Free space, then run `ehr-scorecard cleanup` on the run folder; nothing was sent after the failure.',
        },
      );
    }
  };
  return {
    // Into the page cache, at once: what is appended outlives this process, and the detour over a thread costs more than
    // everything else that is done about a line.
    append: (text) => guarded(() => writeFileSync(handle.fd, text)),
    flush: () => guarded(() => handle.datasync()),
    close: () => guarded(() => handle.close()),
  };
}

/** An append-only, hash-chained file of JSON lines. Appends keep their order; nothing is ever rewritten. */
export class ChainedLog {
  #seq: number;
  #previous: string;
  #tail: Promise<void> = Promise.resolve();
  #pending = '';
  #scheduled: Promise<void> | undefined;
  readonly #file: LogFile;

  constructor(file: LogFile, continueFrom: { seq: number; previous: string } = { seq: 0, previous: chainStart }) {
    this.#file = file;
    this.#seq = continueFrom.seq;
    this.#previous = continueFrom.previous;
  }

  /** SHA-256 of the last line. */
  get head(): string {
    return this.#previous;
  }

  get length(): number {
    return this.#seq;
  }

  /** Resolves when the line is handed to the system; `flush` makes it durable. A failed log stays failed. */
  append(body: object): Promise<void> {
    const line = chainLine(this.#seq, this.#previous, body);
    this.#seq += 1;
    this.#previous = sha256Hex(line);
    this.#pending += `${line}\n`;
    // Lines that arrive while one write is under way go out together with the next.
    this.#scheduled ??= this.#tail.then(async () => {
      const text = this.#pending;
      this.#pending = '';
      this.#scheduled = undefined;
      await this.#file.append(text);
    });
    this.#tail = this.#scheduled;
    // A failed append leaves the tail rejected, so every later await fails too; one that nobody awaits must not end the process.
    this.#tail.catch(() => undefined);
    return this.#tail;
  }

  async flush(): Promise<void> {
    await this.#tail;
    await this.#file.flush();
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#file.flush();
    await this.#file.close();
  }
}

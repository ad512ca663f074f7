import type { ChainedLog, OperationHook } from './durable-log.js';

/** Before a mutating request: what will be sent. Holds no value read from the EHR. */
export interface Intent {
  readonly type: 'intent';
  /** `w1`, `w2` … in the order intended. */
  readonly id: string;
  readonly at: string;
  readonly context: string;
  readonly binding: string;
  readonly method: string;
  readonly resourceType: string;
  /** Server id of the object changed; absent for a create. */
  readonly objectId?: string;
  /** Value of our business identifier; the recovery key when the outcome is lost. */
  readonly identifier?: string;
  /** Probe and subject, or `cleanup`. */
  readonly probe: string;
  readonly subject: string;
  readonly bodySha256: string;
  /** SHA-256 of the content without `meta` if the server applies exactly this. */
  readonly predictedSha256?: string;
  /** What undoing takes: `object` for something we created, `none` for an undo itself. */
  readonly undo: 'object' | 'none';
}

/** After it: what the server said. */
export interface JournalOutcome {
  readonly type: 'outcome';
  readonly id: string;
  readonly at: string;
  /** 0 when no answer came: the write may or may not have happened. */
  readonly status: number;
  readonly objectId?: string;
  readonly versionId?: string;
  /** SHA-256 of the object without `meta`, as the server returned or as re-read after the write. */
  readonly contentSha256?: string;
}

/** Something the AI system wrote during the run under no identifier of ours, seen by an observer in the EHR. */
export interface ForeignObject {
  readonly type: 'foreign';
  readonly at: string;
  /** Binding the AI system signs in with. */
  readonly binding: string;
  readonly resourceType: string;
  readonly objectId: string;
  /** Action of the contract it was asked for. */
  readonly action: string;
  readonly versionId?: string;
  /** SHA-256 of the object without `meta` as it was seen. */
  readonly contentSha256: string;
}

/** First line: whose run this is. Cleanup refuses a journal that does not fit the user's own files. */
export interface JournalHeader {
  readonly type: 'journal';
  readonly schemaVersion: 1;
  readonly runId: string;
  readonly organizationId: string;
  readonly environmentId: string;
  readonly fhirBase: string;
  readonly startedAt: string;
}

/** The undo of one object is done, or given up with a reason. */
export interface Settled {
  readonly type: 'settled';
  readonly at: string;
  readonly resourceType: string;
  readonly objectId: string;
  readonly how: 'deleted' | 'cancelled' | 'entered-in-error' | 'already-gone' | 'residue';
  readonly reason?: string;
}

export type JournalEntry = JournalHeader | Intent | JournalOutcome | ForeignObject | Settled;

/**
 * The write-ahead journal: no mutating request leaves before its intent is on disk; if the intent cannot be flushed, the
 * write is not sent.
 */
export class Journal {
  readonly #log: ChainedLog;
  readonly #operation: OperationHook;

  constructor(log: ChainedLog, operation: OperationHook = () => undefined) {
    this.#log = log;
    this.#operation = operation;
  }

  get head(): string {
    return this.#log.head;
  }

  /** Resolves only when the intent is durable. */
  async intend(entry: Intent): Promise<void> {
    this.#operation('journal:before-intent');
    await this.#log.append(entry);
    this.#operation('journal:intent-written');
    await this.#log.flush();
    this.#operation('journal:intent-flushed');
  }

  async record(entry: JournalHeader | JournalOutcome | ForeignObject | Settled): Promise<void> {
    this.#operation(`journal:before-${entry.type}`);
    await this.#log.append(entry);
    await this.#log.flush();
    this.#operation(`journal:${entry.type}-written`);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

import { Client } from 'undici';
import type { Ending } from './ending.js';
import type { Connection, Peer } from './peer.js';

/** Of names and values; undici stops reading there. */
export const maxHeaderBytes = 32_768;

/** A place for one connection at a time; undici's client reconnects in it when the server ended the last one. */
export interface Slot {
  readonly client: Client;
  readonly peer: Peer;
  /** The open or last connection, with the exchanges it has carried. */
  current: { readonly connection: Connection; exchanges: number } | undefined;
  readonly closing: AbortController;
}

/**
 * The connections to one origin. One exchange owns one slot, so that each answer is tied to its socket (undici's own
 * pool does not tell), and nothing is pipelined.
 */
export class ConnectionPool {
  readonly peer: Peer;
  readonly #most: number;
  readonly #idle: Slot[] = [];
  readonly #open = new Set<Slot>();
  readonly #waiting: ((slot: Slot) => void)[] = [];

  constructor(peer: Peer, most: number) {
    this.peer = peer;
    this.#most = most;
  }

  /**
   * In order of arrival.
   * @throws WireFault  of `ending`, while waiting
   * @throws SafetyStop  when this peer is no longer talked to
   */
  acquire(ending: Ending): Promise<Slot> | Slot {
    this.peer.refuseIfStopped();
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#open.size < this.#most) return this.#add();
    return new Promise((resolve, reject) => {
      const take = (slot: Slot): void => {
        ending.listen(undefined);
        resolve(slot);
      };
      ending.listen((fault) => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(fault);
      });
      this.#waiting.push(take);
    });
  }

  release(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(slot);
    else next(slot);
  }

  /** Ends the connection; a waiting exchange gets a fresh one. */
  discard(slot: Slot): void {
    this.#open.delete(slot);
    slot.closing.abort();
    void slot.client.destroy();
    const next = this.#waiting.shift();
    if (next !== undefined) next(this.#add());
  }

  async close(): Promise<void> {
    const slots = [...this.#open];
    this.#open.clear();
    this.#idle.length = 0;
    await Promise.all(
      slots.map(async (slot) => {
        slot.closing.abort();
        await slot.client.destroy();
      }),
    );
  }

  #add(): Slot {
    const closing = new AbortController();
    const slot: Slot = {
      peer: this.peer,
      closing,
      current: undefined,
      client: new Client(this.peer.url.origin, {
        maxHeaderSize: maxHeaderBytes,
        headersTimeout: 0,
        connect: (_options, callback) => {
          this.peer.connect(closing.signal).then(
            (connection) => {
              slot.current = { connection, exchanges: 0 };
              callback(null, connection.socket);
            },
            (fault: unknown) => callback(fault as Error, null),
          );
        },
      }),
    };
    this.#open.add(slot);
    return slot;
  }
}

import { setMaxListeners } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { TlsRule } from './exchange.js';
import { faultOf } from './foreign-error.js';
import { Peer } from './peer.js';
import { SafetyStop } from '../model/errors.js';
import { WireFault, type WireFaultReason } from './wire-fault.js';

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query as they go out. */
  readonly target: string;
  /** Names and values in turn, in order and case as they go out; `Host` and the framing of the body among them. */
  readonly headers: readonly string[];
  readonly body?: Uint8Array | Readable;
  /** Ends the exchange; its answer is then nobody's. */
  readonly signal: AbortSignal;
}

export interface UpstreamAnswer {
  readonly status: number;
  readonly statusText: string;
  /** As received, in order and case: names and values in turn. */
  readonly headers: readonly string[];
  /** To be read or destroyed. */
  readonly body: Readable;
}

/** One server that requests of somebody else are passed on to, byte for byte. */
export interface Upstream {
  /** Host and port, for the header. */
  readonly host: string;
  /**
   * Resolves when the head of the answer is there.
   * @throws WireFault  no answer came
   * @throws SafetyStop  this server is no longer talked to
   */
  pass(request: UpstreamRequest): Promise<UpstreamAnswer>;
  close(): void;
}

export interface UpstreamOptions {
  readonly origin: string;
  readonly tls?: TlsRule;
  readonly monotonicMs?: () => number;
  /** Default 200. */
  readonly connections?: number;
  /** Longest silence of the server. 60,000. */
  readonly idleMs?: number;
}

const headerBytes = 32_768;
const mostInterimAnswers = 10;
/** Below the 5 seconds after which many servers end an idle connection, so that no write meets an ended one. */
const idleConnectionMs = 4_000;

/**
 * The way out of a proxy: one origin, the same trust and the same address rules as the door, but streams in both
 * directions and headers nobody touched.
 */
export function openUpstream(options: UpstreamOptions): Upstream {
  const url = new URL(options.origin);
  const peer = new Peer(url, options.tls ?? {}, options.monotonicMs ?? (() => performance.now()), undefined);
  const closing = new AbortController();
  // One listener for every connection that is being opened.
  setMaxListeners(0, closing.signal);
  const agent = new PeerAgent(peer, closing.signal, options.connections ?? 200);
  const { idleMs = 60_000 } = options;

  async function once(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const outgoing = http.request({
      agent,
      method: request.method,
      path: request.target,
      // A list goes out as it is; the types of Node know only a record.
      headers: request.headers as unknown as http.OutgoingHttpHeaders,
      setHost: false,
      signal: request.signal,
      maxHeaderSize: headerBytes,
    });
    const end = (reason: WireFaultReason) => outgoing.destroy(new WireFault(reason, { origin: url.origin }));
    let interim = 0;
    outgoing.setTimeout(idleMs, () => end('timeout'));
    outgoing.on('information', () => {
      interim += 1;
      if (interim > mostInterimAnswers) end('too-large');
    });
    const answer = new Promise<UpstreamAnswer>((resolve, reject) => {
      outgoing.on('error', (error) => {
        reject(error instanceof SafetyStop ? error : faultOf(error, { origin: url.origin, sentAtMs: 0 }));
      });
      outgoing.once('response', (response) => {
        // What befalls the rest of the answer is told to whoever reads it.
        response.on('error', () => undefined);
        const { statusCode = 0, statusMessage = '', rawHeaders } = response;
        resolve({ status: statusCode, statusText: statusMessage, headers: rawHeaders, body: response });
      });
    });
    if (request.body === undefined) outgoing.end();
    else if (request.body instanceof Uint8Array) outgoing.end(request.body);
    else {
      request.body.on('error', () => outgoing.destroy());
      request.body.pipe(outgoing);
    }
    try {
      return await answer;
    } catch (error) {
      // Only a request that changes nothing and has nothing to send may go out again when its connection had just ended.
      const again = outgoing.reusedSocket && request.body === undefined && /^(?:GET|HEAD)$/.test(request.method);
      const ended = error instanceof WireFault && error.reason === 'reset' && !request.signal.aborted;
      if (!again || !ended) throw error;
      agent.dropIdle();
      return once(request);
    }
  }

  return {
    host: url.host,
    async pass(request) {
      peer.refuseIfStopped();
      return once(request);
    },
    close() {
      closing.abort();
      agent.destroy();
    },
  };
}

/** Connections made by the peer, which holds the rules of trust and address. */
class PeerAgent extends http.Agent {
  readonly #peer: Peer;
  readonly #signal: AbortSignal;

  constructor(peer: Peer, signal: AbortSignal, connections: number) {
    super({ keepAlive: true, maxSockets: connections, maxFreeSockets: 16, timeout: idleConnectionMs });
    this.#peer = peer;
    this.#signal = signal;
  }

  // Node calls back with the socket where none is returned.
  override createConnection(_options: object, made?: (error: Error | null, socket: Socket) => void): undefined {
    this.#peer.connect(this.#signal).then(
      ({ socket }) => made?.(null, socket),
      (error: unknown) => made?.(error as Error, undefined as unknown as Socket),
    );
    return undefined;
  }

  dropIdle(): void {
    for (const sockets of Object.values(this.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}

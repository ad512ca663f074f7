import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, type AddressInfo, type Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { ToolError } from '../model/errors.js';
import { addressClass } from './address.js';

/** Node's own request and response, for a raw handler. */
export type RawRequest = http.IncomingMessage;
export type RawResponse = http.ServerResponse;

export interface ListenerLimits {
  /** 1 MiB. With `rawHandler` the handler reads the body and bounds it itself. */
  readonly bodyBytes: number;
  /** 32 KiB. */
  readonly headerBytes: number;
  /** Time for the complete head of a request. 10,000. */
  readonly headersMs: number;
  /** A silent connection is ended, also between two requests. 60,000. */
  readonly idleMs: number;
  /** 200. */
  readonly connections: number;
  /** Further requests in the same second get 429. Unlimited by default. */
  readonly requestsPerSecond: number;
}

export interface ListenerRequest {
  readonly method: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** `performance.now()` when the head of the request had arrived. */
  readonly receivedAtMs: number;
  readonly tls: boolean;
}

export interface ListenerResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export type ListenerHandler = (request: ListenerRequest) => ListenerResponse | Promise<ListenerResponse>;

/**
 * A request that reached no handler. `connect`, `absolute-form`: it asked for a way to elsewhere
 * (https://www.rfc-editor.org/rfc/rfc9112#section-3.2). `framing`: two sayings about where it ends
 * (https://www.rfc-editor.org/rfc/rfc9112#section-6.3). `unreadable`: no HTTP.
 */
export interface ListenerRefusal {
  readonly why: 'connect' | 'absolute-form' | 'framing' | 'unreadable';
  /** As sent, where there was one. */
  readonly target?: string;
}

export interface ListenOptions {
  /** Default 127.0.0.1. Anything but loopback needs `tls`. */
  readonly bind?: string;
  /** Default 0: a free port. */
  readonly port?: number;
  /** Key and certificate as PEM; versions and ciphers as Node names them, its defaults when absent. */
  readonly tls?: { readonly key: string; readonly cert: string } & Pick<
    SecureContextOptions,
    'minVersion' | 'maxVersion' | 'ciphers'
  >;
  /** A whole request in, a whole answer out. Exactly one of `handler` and `rawHandler`. */
  readonly handler?: ListenerHandler;
  /** Node's own request and response, for a framework that wants them. */
  readonly rawHandler?: (request: RawRequest, response: RawResponse) => void | Promise<void>;
  /** Addresses or subnets (`10.1.0.0/16`) that may connect; any other connection is ended unanswered. Default: all. */
  readonly clients?: readonly string[];
  /** Told of requests that are no requests to this server; they got 400. */
  readonly onRefused?: (refusal: ListenerRefusal) => void;
  /** Hears what a handler throws; the peer gets a bare 500. */
  readonly onHandlerFault?: (fault: unknown) => void;
  readonly limits?: Partial<ListenerLimits>;
}

export interface Listener {
  /** `https://127.0.0.1:port` */
  readonly origin: string;
  readonly port: number;
  /** Requests refused by a limit, by status: 400, 413, 429. */
  readonly refused: ReadonlyMap<number, number>;
  /** Ends the listener and every connection; resolves when the port is free. */
  close(): Promise<void>;
}

const defaultLimits: ListenerLimits = {
  bodyBytes: 1_048_576,
  headerBytes: 32_768,
  headersMs: 10_000,
  idleMs: 60_000,
  connections: 200,
  requestsPerSecond: Number.POSITIVE_INFINITY,
};

/**
 * A bounded HTTP/1.1 listener, for notifications to the tool and for the embedded EHR.
 * @throws ToolError `listener-needs-tls`, `listener-handler`, `port-in-use`, `cannot-listen`
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { bind = '127.0.0.1', port = 0, tls, handler, rawHandler } = options;
  const limits = { ...defaultLimits, ...options.limits };
  if ((handler === undefined) === (rawHandler === undefined)) {
    throw new ToolError('listener-handler', 'a listener takes exactly one of handler and rawHandler');
  }
  if (tls === undefined && bind !== 'localhost' && addressClass(bind) !== 'loopback') {
    throw new ToolError(
      'listener-needs-tls',
      `a listener on ${bind} without TLS was asked for; plain http is for loopback`,
      {
        next: 'Give a key and a certificate, or bind to 127.0.0.1.',
      },
    );
  }

  const refused = new Map<number, number>();
  const refuse = (response: http.ServerResponse, status: number): void => {
    refused.set(status, (refused.get(status) ?? 0) + 1);
    response.writeHead(status, { connection: 'close', 'content-length': '0' }).end();
  };
  const admits = requestRate(limits.requestsPerSecond);

  const busy = new WeakSet<object>();
  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    busy.add(request.socket);
    response.once('close', () => busy.delete(request.socket));
    const receivedAtMs = performance.now();
    if (!admits(receivedAtMs)) return refuse(response, 429);
    // Absolute-form and asterisk-form targets are for proxies and OPTIONS (RFC 9112 section 3.2).
    if (request.url === undefined || !request.url.startsWith('/')) {
      options.onRefused?.({ why: 'absolute-form', target: request.url ?? '' });
      return refuse(response, 400);
    }
    void answer(request, response, receivedAtMs).catch((fault: unknown) => {
      options.onHandlerFault?.(fault);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-length': '0' }).end();
    });
  };

  const answer = async (
    request: http.IncomingMessage,
    response: http.ServerResponse,
    receivedAtMs: number,
  ): Promise<void> => {
    if (handler === undefined) return rawHandler?.(request, response);
    const body = await readBody(request, limits.bodyBytes);
    if (body === 'cut') return void response.destroy();
    if (body === 'too-large') return refuse(response, 413);
    const [path = '/', ...rest] = (request.url ?? '/').split('?');
    const reply = await handler({
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(rest.join('?')),
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
      ),
      body,
      receivedAtMs,
      tls: tls !== undefined,
    });
    response.writeHead(reply.status, { 'content-length': Buffer.byteLength(reply.body ?? ''), ...reply.headers });
    response.end(reply.body);
  };

  const server = createServer(tls, limits, onRequest);
  server.maxConnections = limits.connections;
  server.headersTimeout = limits.headersMs;
  server.keepAliveTimeout = limits.idleMs;
  server.setTimeout(limits.idleMs);
  const refuseBytes = (socket: Socket, status: number): void => {
    refused.set(status, (refused.get(status) ?? 0) + 1);
    // Between two requests an answer can be told from the one before; in the middle of one it would be taken for part of it.
    if (busy.has(socket) || !socket.writable) socket.destroy();
    else
      socket.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  };
  // A tunnel is for proxies that lead elsewhere (RFC 9110 section 9.3.6); Node would end the connection without a word.
  server.on('connect', (request: http.IncomingMessage, socket: Socket) => {
    socket.on('error', () => undefined);
    options.onRefused?.({ why: 'connect', target: request.url ?? '' });
    refuseBytes(socket, 400);
  });
  // What the parser refuses, among it Content-Length beside Transfer-Encoding (RFC 9112 section 6.3).
  server.on('clientError', (fault: NodeJS.ErrnoException, socket: Socket) => {
    if (fault.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const status = parserRefusals[fault.code ?? ''] ?? 400;
    if (status === 400) options.onRefused?.({ why: framingFaults.has(fault.code ?? '') ? 'framing' : 'unreadable' });
    refuseBytes(socket, status);
  });
  const admitted = clientList(options.clients);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    if (admitted?.(socket.remoteAddress ?? '') === false) socket.destroy();
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (fault: NodeJS.ErrnoException) => reject(cannotListen(bind, port, fault.code)));
    server.listen({ host: bind, port }, resolve);
  });
  const address = server.address() as AddressInfo;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://${host}:${address.port}`,
    port: address.port,
    refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const framingFaults = new Set([
  'HPE_INVALID_TRANSFER_ENCODING',
  'HPE_UNEXPECTED_CONTENT_LENGTH',
  'HPE_INVALID_CONTENT_LENGTH',
]);
const parserRefusals: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** @throws ToolError `client-address` */
function clientList(clients: readonly string[] | undefined): ((address: string) => boolean) | undefined {
  if (clients === undefined) return undefined;
  const list = new BlockList();
  for (const client of clients) {
    const [address = '', bits, ...more] = client.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const most = family === 'ipv6' ? 128 : 32;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (isIP(address) === 0 || !(prefix <= most) || more.length > 0) {
      throw new ToolError('client-address', `"${client.slice(0, 60)}" is no address and no subnet`, {
        next: 'Write it as 10.1.0.7 or 10.1.0.0/16.',
      });
    }
    list.addSubnet(address, prefix, family);
  }
  return (remote) => {
    // An IPv4 peer of a socket that takes both families.
    const address = remote.replace(/^::ffff:(?=\d+\.)/, '');
    return isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  };
}

function createServer(
  tls: ListenOptions['tls'],
  limits: ListenerLimits,
  onRequest: http.RequestListener,
): http.Server | https.Server {
  const bounds = {
    maxHeaderSize: limits.headerBytes,
    requestTimeout: Math.max(limits.idleMs, limits.headersMs),
    connectionsCheckingInterval: Math.min(limits.headersMs, 1_000),
  };
  return tls === undefined
    ? http.createServer(bounds, onRequest)
    : https.createServer({ ...bounds, ...tls, handshakeTimeout: limits.headersMs }, onRequest);
}

function cannotListen(bind: string, port: number, code: string | undefined): ToolError {
  return code === 'EADDRINUSE'
    ? new ToolError('port-in-use', `port ${port} on ${bind} is taken by another program`, {
        next: 'Choose another port, or 0 for a free one.',
      })
    : new ToolError('cannot-listen', `cannot listen on ${bind} port ${port}`, {
        next: 'Choose an address of this machine and a port this user may open.',
      });
}

/** At most `perSecond` requests in any second of the monotonic clock that began with a request. */
function requestRate(perSecond: number): (nowMs: number) => boolean {
  let secondStartMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  return (nowMs) => {
    if (nowMs - secondStartMs >= 1_000) {
      secondStartMs = nowMs;
      count = 0;
    }
    count += 1;
    return count <= perSecond;
  };
}

async function readBody(request: http.IncomingMessage, most: number): Promise<Uint8Array | 'too-large' | 'cut'> {
  if (Number(request.headers['content-length'] ?? 0) > most) return 'too-large';
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= most) chunks.push(chunk);
      else {
        request.pause();
        resolve('too-large');
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', () => resolve('cut'));
    request.once('close', () => resolve('cut'));
  });
}

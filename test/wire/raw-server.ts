import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

export interface RawServer {
  readonly origin: string;
  readonly port: number;
  /** Every request as received, head and whatever body came with it. */
  readonly requests: string[];
  /** Connections accepted so far. */
  connections: number;
  /** Another key and certificate for connections from now on. */
  replaceIdentity(identity: { readonly key: string; readonly cert: string }): void;
}

/** A loopback server that speaks bytes, so that it can break every rule. `answer` runs once per request head. */
export async function rawServer(
  answer: (socket: Socket, request: string, index: number) => void,
  options: { tls?: TlsOptions; onConnection?: (socket: Socket) => void } = {},
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    raw.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    options.onConnection?.(socket);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      const request = received;
      received = '';
      raw.requests.push(request);
      answer(socket, request, raw.requests.length - 1);
    });
  };
  const server: Server = options.tls === undefined ? createTcpServer(accept) : createTlsServer(options.tls, accept);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  const { port } = server.address() as AddressInfo;
  const raw: RawServer = {
    origin: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests: [],
    connections: 0,
    replaceIdentity: (identity) => (server as TlsServer).setSecureContext(identity),
  };
  return raw;
}

/** A well-formed answer. */
export function http(status: number, headers: Record<string, string>, body: string | Buffer = ''): Buffer {
  const lines = Object.entries({ 'content-length': String(Buffer.byteLength(body)), ...headers });
  const head = [`HTTP/1.1 ${status} Text`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { ToolError } from '../model/errors.js';
import { addressClass } from './address.js';

/** Minimal Lower Layer Protocol, release 1: what begins and ends a message. */
const startOfBlock = 0x0b;
const endOfBlock = Buffer.from([0x1c, 0x0d]);

/** One message with its frame. */
export const framed = (message: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([startOfBlock]), message, endOfBlock]);

/**
 * Cuts a stream into messages. What stands between two of them is dropped. Returns `too-large` once a message, or what is
 * between two, exceeds the bound.
 */
export function frameReader(mostBytes: number): (chunk: Buffer) => Buffer[] | 'too-large' {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let betweenBytes = 0;
  let inside = false;
  return (chunk) => {
    const messages: Buffer[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      if (!inside) {
        const start = rest.indexOf(startOfBlock);
        betweenBytes += start === -1 ? rest.length : start;
        if (betweenBytes > mostBytes) return 'too-large';
        if (start === -1) break;
        inside = true;
        betweenBytes = 0;
        rest = rest.subarray(start + 1);
        continue;
      }
      // The two bytes of the end may come in two chunks.
      const [last] = held.slice(-1);
      const split = last?.at(-1) === endOfBlock[0] && rest[0] === endOfBlock[1];
      const end = split ? -1 : rest.indexOf(endOfBlock);
      const ends = split || end !== -1;
      const own = ends ? rest.subarray(0, Math.max(0, end)) : rest;
      held.push(own);
      heldBytes += own.length;
      if (heldBytes > mostBytes) return 'too-large';
      if (!ends) break;
      const message = Buffer.concat(held);
      messages.push(split ? message.subarray(0, -1) : message);
      [held, heldBytes, inside] = [[], 0, false];
      rest = rest.subarray(split ? 1 : end + endOfBlock.length);
    }
    return messages;
  };
}

export interface MllpOptions {
  /** Default 127.0.0.1. Anything but loopback needs `tls`. */
  readonly bind?: string;
  /** Default 0: a free port. */
  readonly port?: number;
  /** Key and certificate as PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Gives what is sent back, each in a frame of its own. */
  readonly onMessage: (message: Uint8Array, receivedAtMs: number) => readonly Uint8Array[];
  /** 1 MiB. */
  readonly messageBytes?: number;
  /** From the first byte of a message to its last. 10,000. */
  readonly messageMs?: number;
}

export interface MllpListener {
  readonly port: number;
  /** Connections so far that spoke as they should, and those in clear text where TLS is asked for. */
  readonly connections: number;
  readonly inClearText: number;
  close(): Promise<void>;
}

const mostConnections = 20;

/**
 * A bounded listener for HL7 v2 messages.
 * @throws ToolError `listener-needs-tls`, `port-in-use`, `cannot-listen`
 */
export async function listenMllp(options: MllpOptions): Promise<MllpListener> {
  const { bind = '127.0.0.1', port = 0, tls, onMessage, messageBytes = 1_048_576, messageMs = 10_000 } = options;
  if (tls === undefined && bind !== 'localhost' && addressClass(bind) !== 'loopback') {
    throw new ToolError('listener-needs-tls', `a listener on ${bind} without TLS was asked for`, {
      next: 'Give a key and a certificate, or bind to 127.0.0.1.',
    });
  }
  const sockets = new Set<Socket>();
  let [connections, inClearText] = [0, 0];

  const serve = (socket: Socket): void => {
    connections += 1;
    const read = frameReader(messageBytes);
    let deadline: NodeJS.Timeout | undefined;
    socket.on('close', () => clearTimeout(deadline));
    socket.on('data', (chunk: Buffer) => {
      const receivedAtMs = performance.now();
      deadline ??= setTimeout(() => socket.destroy(), messageMs).unref();
      const messages = read(chunk);
      if (messages === 'too-large') {
        socket.destroy();
        return;
      }
      for (const message of messages) {
        clearTimeout(deadline);
        deadline = undefined;
        for (const answer of onMessage(message, receivedAtMs)) socket.write(framed(answer));
      }
    });
  };
  const secured = tls === undefined ? undefined : createSecureContext(tls);
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    socket.on('error', () => socket.destroy());
    if (secured === undefined) return serve(socket);
    const hurry = setTimeout(() => socket.destroy(), messageMs).unref();
    socket.once('close', () => clearTimeout(hurry));
    socket.once('data', (first: Buffer) => {
      // A message without TLS is not read any further: it may be about anybody.
      if (first[0] === startOfBlock) {
        inClearText += 1;
        socket.destroy();
        return;
      }
      socket.pause();
      socket.unshift(first);
      const inner = new TLSSocket(socket, { isServer: true, secureContext: secured });
      inner.on('error', () => socket.destroy());
      inner.once('secure', () => {
        clearTimeout(hurry);
        serve(inner);
      });
    });
  });
  server.maxConnections = mostConnections;
  await new Promise<void>((listening, failed) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      failed(
        new ToolError(
          code === 'EADDRINUSE' ? 'port-in-use' : 'cannot-listen',
          `cannot listen on ${bind} port ${port}${code === 'EADDRINUSE' ? ': another program has it' : ''}`,
          { next: 'Choose an address of this machine and a port this user may open.' },
        ),
      ),
    );
    server.listen({ host: bind, port }, listening);
  });
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    get inClearText() {
      return inClearText;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

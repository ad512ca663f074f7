import { IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import { Socket } from 'node:net';
import type { ListenerRequest, ListenerResponse } from '../wire/listener.js';

/**
 * Runs a Node request listener on a request that was already read and returns its answer as a value, so that one chain
 * of handlers serves FHIR and OAuth alike. No byte goes over a socket.
 * @param at.url path and query the listener sees
 * @param at.originalUrl the same before a prefix was stripped
 */
export function answerOf(
  listener: RequestListener,
  request: ListenerRequest,
  at: { readonly url: string; readonly originalUrl: string; readonly host: string },
): Promise<ListenerResponse> {
  const incoming = new IncomingMessage(Object.assign(new Socket(), { encrypted: request.tls }));
  const { 'transfer-encoding': _chunked, ...headers } = request.headers;
  Object.assign(incoming, {
    method: request.method,
    url: at.url,
    originalUrl: at.originalUrl,
    headers: { ...headers, host: at.host, 'content-length': String(request.body.byteLength) },
  });
  incoming.push(request.body);
  incoming.push(null);
  return new Promise((resolve) => {
    const outgoing = new CollectedResponse(incoming, resolve);
    listener(incoming, outgoing);
  });
}

class CollectedResponse extends ServerResponse {
  readonly #chunks: Buffer[] = [];
  readonly #done: (response: ListenerResponse) => void;

  constructor(request: IncomingMessage, done: (response: ListenerResponse) => void) {
    super(request);
    this.#done = done;
  }

  override write(chunk: string | Uint8Array): boolean {
    this.#chunks.push(Buffer.from(chunk as Uint8Array));
    return true;
  }

  override end(chunk?: unknown): this {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) this.write(chunk);
    const headers = Object.entries(this.getHeaders()).flatMap(([name, value]) =>
      value === undefined || name === 'content-length' ? [] : [[name, [value].flat().join(', ')] as const],
    );
    this.#done({ status: this.statusCode, headers: Object.fromEntries(headers), body: Buffer.concat(this.#chunks) });
    return this;
  }
}

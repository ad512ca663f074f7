import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DoorRequest {
  readonly query: URLSearchParams;
  /** What follows the path of the route. */
  readonly rest: string;
  /** Parsed JSON, undefined for an empty body. */
  readonly body: unknown;
}

export interface DoorAnswer {
  readonly status: number;
  readonly body?: unknown;
  /** In the place of a body: JSON, one object a line. */
  readonly lines?: string;
}

/** `GET /availability` and the like; a route also takes every path below it. */
export type Routes = Readonly<Record<string, (request: DoorRequest) => DoorAnswer | Promise<DoorAnswer>>>;

export interface Door {
  readonly origin: string;
  close(): Promise<void>;
}

const mostBytes = 1024 * 1024;

/**
 * A bearer-protected door on loopback. Where a route names its own token in `tokens`, only that one opens it; where it
 * stands in `signed`, the body has to be signed with that secret: `x-scorecard-signature: sha256=<hex HMAC>`.
 */
export async function openDoor(settings: {
  port: number;
  token: string;
  tokens?: Readonly<Record<string, string>>;
  signed?: Readonly<Record<string, string>>;
  routes: Routes;
}): Promise<Door> {
  const server = http.createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request).then(
      ({ status, body, lines }) => finish(response, status, body, lines),
      () => finish(response, 500, { error: 'the program failed' }),
    );
  });

  async function answer(request: http.IncomingMessage): Promise<DoorAnswer> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const route = Object.entries(settings.routes).find(([key]) => {
      const [method, path = ''] = key.split(' ');
      return method === request.method && (url.pathname === path || url.pathname.startsWith(`${path}/`));
    });
    if (!route) return { status: 404, body: { error: 'no such door' } };
    const [key, handle] = route;
    const secret = settings.signed?.[key];
    if (secret === undefined) {
      const token = settings.tokens?.[key] ?? settings.token;
      if (!same(request.headers.authorization, `Bearer ${token}`)) return { status: 401 };
    }
    const path = key.slice(key.indexOf(' ') + 1);
    const text = await bodyOf(request);
    if (text === undefined) return { status: 413 };
    if (secret !== undefined) {
      const signature = createHmac('sha256', secret).update(text).digest('hex');
      if (!same(request.headers['x-scorecard-signature'], `sha256=${signature}`)) return { status: 401 };
    }
    let body: unknown;
    try {
      body = text === '' ? undefined : JSON.parse(text);
    } catch {
      return { status: 400, body: { error: 'the body is no JSON' } };
    }
    return handle({ query: url.searchParams, rest: url.pathname.slice(path.length + 1), body });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** 256 bits, for a door of its own. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function same(header: string | string[] | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(typeof header === 'string' ? header : ''), digest(expected));
}

async function bodyOf(request: http.IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function finish(response: http.ServerResponse, status: number, body: unknown, lines?: string): void {
  if (lines !== undefined) {
    response.writeHead(status, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    response.end(lines);
    return;
  }
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

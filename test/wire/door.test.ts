import { once } from 'node:events';
import type { Socket } from 'node:net';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { SafetyStop, ToolError } from '../../src/model/errors.js';
import { serverIdentity, type ServerIdentity } from '../../src/wire/certificates.js';
import { bearer, openDoor, WireFault, type Door, type DoorOptions, type DoorRequest } from '../../src/wire/door.js';
import { http, rawServer, type RawServer } from './raw-server.js';

const mebibyte = 1_048_576;

function doorTo(origin: string, options: Partial<DoorOptions> = {}): Door {
  const door = openDoor({ origins: [{ origin, purpose: 'fhir' }], ...options });
  onTestFinished(() => door.close());
  return door;
}

function get(origin: string, request: Partial<DoorRequest> = {}): DoorRequest {
  return {
    purpose: 'fhir',
    method: 'GET',
    url: `${origin}/metadata`,
    headers: { accept: 'application/fhir+json' },
    carriesCredential: false,
    ...request,
  };
}

async function faultOf(exchange: Promise<unknown>): Promise<WireFault> {
  const fault: unknown = await exchange.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(fault instanceof WireFault)) throw new Error('no WireFault', { cause: fault });
  return fault;
}

async function stopOf(exchange: Promise<unknown>): Promise<SafetyStop> {
  const stop: unknown = await exchange.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(stop instanceof SafetyStop)) throw new Error('no SafetyStop', { cause: stop });
  return stop;
}

describe('an exchange', () => {
  test('brings status, every header name, body and times in order', async () => {
    const server = await rawServer((socket) =>
      socket.write(http(200, { ETag: 'W/"1"', 'Set-Cookie': 'a=1', 'set-cookie': 'b=2', __proto__x: 'y' }, '{"a":1}')),
    );
    const door = doorTo(server.origin);
    const first = await door.exchange(get(server.origin));
    const second = await door.exchange(get(server.origin, { intendedAtMs: 5 }));
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({ etag: 'W/"1"', 'set-cookie': 'a=1, b=2' });
    expect(first.headerNames).toEqual(['content-length', 'etag', 'set-cookie', 'set-cookie', '__proto__x']);
    expect(Buffer.from(first.body).toString()).toBe('{"a":1}');
    expect(first.connection).toMatchObject({ reused: false, address: '127.0.0.1', addressClass: 'loopback' });
    expect(first.timing.connectMs).toBeDefined();
    expect(first.timing.intendedAtMs).toBeLessThanOrEqual(first.timing.sentAtMs);
    expect(first.timing.sentAtMs).toBeLessThanOrEqual(first.timing.firstByteAtMs);
    expect(first.timing.firstByteAtMs).toBeLessThanOrEqual(first.timing.endAtMs);
    expect(second.connection.reused).toBe(true);
    expect(second.timing.intendedAtMs).toBe(5);
    expect(second.timing.connectMs).toBeUndefined();
    expect(server.connections).toBe(1);
  });

  test('sends a body once, with its length, and nothing of its own but accept-encoding', async () => {
    const server = await rawServer((socket) => socket.write(http(201, {})));
    await doorTo(server.origin).exchange(
      get(server.origin, { method: 'POST', body: 'é', headers: { 'content-type': 'application/fhir+json' } }),
    );
    expect(server.requests[0]?.split('\r\n').slice(0, -2).toSorted()).toEqual([
      'POST /metadata HTTP/1.1',
      'accept-encoding: gzip, deflate, br',
      'connection: keep-alive',
      'content-length: 2',
      'content-type: application/fhir+json',
      `host: 127.0.0.1:${server.port}`,
    ]);
  });

  test.each([
    ['gzip', gzipSync('text')],
    ['x-gzip', gzipSync('text')],
    ['deflate', deflateSync('text')],
    ['deflate', deflateRawSync('text')],
    ['br', brotliCompressSync('text')],
    ['identity', Buffer.from('text')],
  ])('decompresses one encoding: %s', async (encoding, body) => {
    const server = await rawServer((socket) => socket.write(http(200, { 'content-encoding': encoding }, body)));
    const { body: text } = await doorTo(server.origin).exchange(get(server.origin));
    expect(Buffer.from(text).toString()).toBe('text');
  });

  test('waits for a free connection in order, and goes on with a new one after a fault', async () => {
    const server = await rawServer((socket, request, index) =>
      index === 0 ? socket.destroy() : socket.write(http(200, {}, /GET (\S+)/.exec(request)?.[1])),
    );
    const door = doorTo(server.origin, { connectionsPerOrigin: 1 });
    const paths = ['/a', '/b', '/c'].map((path) => door.exchange(get(server.origin, { url: server.origin + path })));
    const outcomes = await Promise.allSettled(paths);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(server.requests.map((request) => /GET (\S+)/.exec(request)?.[1])).toEqual(['/a', '/b', '/c']);
    expect(server.connections).toBe(2);
  });

  test('ends when its caller or the door ends it, in flight or waiting', async () => {
    const server = await rawServer(() => {});
    const door = doorTo(server.origin, { connectionsPerOrigin: 1 });
    const caller = new AbortController();
    const inFlight = faultOf(door.exchange(get(server.origin)));
    const waiting = faultOf(door.exchange(get(server.origin, { signal: caller.signal })));
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    caller.abort();
    expect(await waiting).toMatchObject({ reason: 'aborted', mayHaveArrived: false });
    await door.close();
    expect(await inFlight).toMatchObject({ reason: 'aborted', mayHaveArrived: true });
    expect(await faultOf(door.exchange(get(server.origin)))).toMatchObject({ reason: 'aborted' });
  });
});

describe('rule 1: one network door', () => {
  test('an origin is used for the purpose it is listed for, and no other', async () => {
    const server = await rawServer((socket) => socket.write(http(200, {})));
    const door = doorTo(server.origin);
    const urls = [
      server.origin.replace('127.0.0.1', 'localhost'),
      server.origin.replace('127.0.0.1', 'user:secret@127.0.0.1'),
      server.origin.replace('http:', 'https:'),
      'file:///etc/passwd',
      'no url',
    ];
    for (const url of urls) {
      expect(await faultOf(door.exchange(get(url)))).toMatchObject({
        reason: 'origin-not-listed',
        mayHaveArrived: false,
      });
    }
    expect(await faultOf(door.exchange(get(server.origin, { purpose: 'token' })))).toMatchObject({
      reason: 'origin-not-listed',
    });
    expect(server.connections).toBe(0);
  });

  test('a header the door owns, or one with a line break, is refused before anything is sent', async () => {
    const server = await rawServer((socket) => socket.write(http(200, {})));
    const door = doorTo(server.origin);
    const refused: Record<string, string>[] = [
      { Host: 'x' },
      { 'Content-Length': '1' },
      { 'a b': 'c' },
      { accept: 'x\r\nhost: y' },
    ];
    for (const headers of refused) {
      await expect(door.exchange(get(server.origin, { headers }))).rejects.toMatchObject({ code: 'header-not-usable' });
    }
    expect(server.connections).toBe(0);
  });

  test.each([
    ['https://ehr.example/fhir', 'origin-not-usable'],
    ['ftp://ehr.example', 'origin-not-usable'],
    ['http://ehr.example', 'plain-http-off-loopback'],
    ['http://10.0.0.1', 'plain-http-off-loopback'],
  ])('a door to %s does not open', (origin, code) => {
    expect(() => openDoor({ origins: [{ origin, purpose: 'fhir' }] })).toThrowError(expect.objectContaining({ code }));
  });

  test('one origin has one tls rule', () => {
    const origin = 'https://ehr.example';
    expect(() =>
      openDoor({
        origins: [
          { origin, purpose: 'fhir', tls: { spkiPins: ['a'] } },
          { origin: `${origin}:443`, purpose: 'token' },
        ],
      }),
    ).toThrowError(expect.objectContaining({ code: 'tls-conflict' }));
  });
});

describe('rule 31: tokens', () => {
  test.each(['', 'a b', 'a\r\nx: y', 'é', 'a'.repeat(8_193)])('token %# is refused and not quoted', (token) => {
    expect(() => bearer(token)).toThrowError(ToolError);
    expect(() => bearer(token)).toThrowError(expect.objectContaining({ code: 'token-not-usable' }));
  });
  test('visible ASCII up to 8,192 characters is accepted', () => {
    expect(bearer('a'.repeat(8_192))).toBe(`Bearer ${'a'.repeat(8_192)}`);
  });
});

describe('rule 32: errors are ours', () => {
  test('no fault carries a cause, a header or what the server wrote', async () => {
    const server = await rawServer((socket) => socket.end('HTTP/1.1 planted-by-server\r\n\r\n'));
    const fault = await faultOf(
      doorTo(server.origin).exchange(
        get(server.origin, { headers: { authorization: bearer('planted-token') }, carriesCredential: true }),
      ),
    );
    expect(fault).toMatchObject({ reason: 'protocol', mayHaveArrived: true });
    expect(fault.cause).toBeUndefined();
    expect(fault.message).not.toMatch(/planted/);
  });
});

describe('rule 39: hostile transports', () => {
  test('HS-1 accepts and never answers', async () => {
    const server = await rawServer(() => {});
    const fault = await faultOf(doorTo(server.origin).exchange(get(server.origin, { deadlineMs: 100 })));
    expect(fault).toMatchObject({ reason: 'timeout', mayHaveArrived: true });
  });

  test('HS-1 accepts TCP and never finishes TLS', async () => {
    const server = await rawServer(() => {});
    const origin = server.origin.replace('http:', 'https:');
    const fault = await faultOf(doorTo(origin).exchange(get(origin, { deadlineMs: 100 })));
    expect(fault).toMatchObject({ reason: 'timeout', mayHaveArrived: false });
  });

  test('HS-2 one byte at a time ends at the total deadline, in headers and in the body', async () => {
    const drip = (socket: Socket, text: string): void => {
      const bytes = text.split('');
      const timer = setInterval(() => socket.write(bytes.shift() ?? ' '), 10);
      socket.once('close', () => clearInterval(timer));
    };
    const server = await rawServer((socket, _request, index) => {
      if (index === 0) drip(socket, 'HTTP/1.1 200 OK\r\nx: ');
      else {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
        drip(socket, '');
      }
    });
    const door = doorTo(server.origin);
    expect(await faultOf(door.exchange(get(server.origin, { deadlineMs: 150 })))).toMatchObject({ reason: 'timeout' });
    expect(await faultOf(door.exchange(get(server.origin, { deadlineMs: 150 })))).toMatchObject({
      reason: 'timeout',
      status: 200,
    });
  });

  test('HS-2 silence in a body ends at the idle time-out', async () => {
    const server = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'));
    const fault = await faultOf(doorTo(server.origin, { defaults: { idleMs: 50 } }).exchange(get(server.origin)));
    expect(fault).toMatchObject({ reason: 'timeout', status: 200 });
  });

  test.each([
    ['1 MB in one header', `x: ${'a'.repeat(1_000_000)}\r\n`],
    ['10,000 headers', 'a:b\r\n'.repeat(10_000)],
    ['1,000 headers of 40 bytes', `${'x'.repeat(20)}: ${'a'.repeat(20)}\r\n`.repeat(1_000)],
  ])('HS-3 %s', async (_name, headers) => {
    const server = await rawServer((socket) => socket.write(`HTTP/1.1 200 OK\r\n${headers}content-length: 0\r\n\r\n`));
    expect(await faultOf(doorTo(server.origin).exchange(get(server.origin)))).toMatchObject({ reason: 'too-large' });
  });

  test('HS-3 ten interim answers pass, eleven and a thousand do not', async () => {
    const interim = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
    const server = await rawServer((socket, _request, index) =>
      socket.write(Buffer.concat([Buffer.from(interim.repeat([10, 11, 1_000][index] ?? 0)), http(200, {}, 'x')])),
    );
    const door = doorTo(server.origin);
    expect(await door.exchange(get(server.origin))).toMatchObject({ status: 200 });
    expect(await faultOf(door.exchange(get(server.origin)))).toMatchObject({ reason: 'too-large' });
    expect(await faultOf(door.exchange(get(server.origin)))).toMatchObject({ reason: 'too-large' });
  });

  test('HS-4 an announced 50 MB is not read', async () => {
    const closed: Promise<unknown>[] = [];
    const server = await rawServer(
      (socket) => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n\r\n${'x'.repeat(1_000)}`),
      { onConnection: (socket) => closed.push(new Promise((resolve) => socket.once('close', resolve))) },
    );
    const door = doorTo(server.origin);
    expect(await faultOf(door.exchange(get(server.origin)))).toMatchObject({ reason: 'too-large', status: 200 });
    await closed[0];
  });

  test('HS-4 an endless body is cut at 10 MiB and its socket destroyed', async () => {
    let sentBytes = 0;
    const closed: Promise<unknown>[] = [];
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 'x'), Buffer.from('\r\n')]);
    const server = await rawServer(
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        const pump = (error?: Error | null): void => {
          if (error instanceof Error) return;
          sentBytes += chunk.length;
          socket.write(chunk, pump);
        };
        pump();
      },
      { onConnection: (socket) => closed.push(new Promise((resolve) => socket.once('close', resolve))) },
    );
    expect(await faultOf(doorTo(server.origin).exchange(get(server.origin)))).toMatchObject({ reason: 'too-large' });
    await closed[0];
    expect(sentBytes).toBeLessThan(40 * mebibyte);
  });

  test('HS-4 a body of one-byte chunks does not multiply in memory', async () => {
    const million = Buffer.from('1\r\nx\r\n'.repeat(1_000_000));
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      socket.write(million);
      socket.write('0\r\n\r\n');
    });
    const before = process.memoryUsage.rss();
    const { body } = await doorTo(server.origin).exchange(get(server.origin));
    expect(body.length).toBe(1_000_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * mebibyte);
  });

  test('HS-5 a gzip bomb of 200 MiB stays below 300 MB', async () => {
    const gzip = createGzip({ level: 9 });
    const parts: Buffer[] = [];
    gzip.on('data', (part: Buffer) => parts.push(part));
    for (let index = 0; index < 200; index += 1) gzip.write(Buffer.alloc(mebibyte));
    gzip.end();
    await once(gzip, 'end');
    const bomb = Buffer.concat(parts);
    expect(bomb.length).toBeLessThan(250_000);
    const server = await rawServer((socket) => socket.write(http(200, { 'content-encoding': 'gzip' }, bomb)));
    const before = process.memoryUsage.rss();
    expect(await faultOf(doorTo(server.origin).exchange(get(server.origin)))).toMatchObject({ reason: 'too-large' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * mebibyte);
  });

  test.each([
    ['stacked', 'gzip, gzip', gzipSync(gzipSync('x')), 'encoding'],
    ['unknown', 'zstd', Buffer.from('x'), 'encoding'],
    ['named like a property of objects', 'constructor', Buffer.from('x'), 'encoding'],
    ['not what it says', 'gzip', Buffer.from('plain'), 'encoding'],
    ['cut', 'gzip', gzipSync('some text that is longer').subarray(0, 20), 'truncated'],
    ['cut', 'br', brotliCompressSync('some text that is longer').subarray(0, 10), 'truncated'],
  ])('HS-5 encoding %s', async (_name, encoding, body, reason) => {
    const server = await rawServer((socket) => socket.write(http(200, { 'content-encoding': encoding }, body)));
    expect(await faultOf(doorTo(server.origin).exchange(get(server.origin)))).toMatchObject({ reason });
  });

  test.each([
    ['less than its length', 'content-length: 10\r\n\r\n{"a":'],
    ['an unfinished chunk', 'transfer-encoding: chunked\r\n\r\n9\r\n{"a":'],
    ['no last chunk', 'transfer-encoding: chunked\r\n\r\n1\r\n{\r\n'],
  ])('HS-6 %s is truncated', async (_name, rest) => {
    const server = await rawServer((socket) => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    expect(await faultOf(doorTo(server.origin).exchange(get(server.origin)))).toMatchObject({
      reason: 'truncated',
      status: 200,
      mayHaveArrived: true,
    });
  });

  test('HS-7 a reset after the write was received: once sent, never again, and it may have arrived', async () => {
    const server = await rawServer((socket) => socket.resetAndDestroy());
    const fault = await faultOf(
      doorTo(server.origin).exchange(get(server.origin, { method: 'POST', body: '{"resourceType":"Appointment"}' })),
    );
    expect(fault).toMatchObject({ reason: 'reset', mayHaveArrived: true, sentAtMs: expect.any(Number) });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['a byte too many', Buffer.concat([http(200, {}, '{}'), Buffer.from('x')])],
    ['a second answer', Buffer.concat([http(200, {}, '{}'), http(200, {}, '{"forged":true}')])],
  ])('HS-8 %s: no answer, and the connection is not used again', async (_name, bytes) => {
    const server = await rawServer((socket, _request, index) =>
      socket.write(index === 0 ? bytes : http(200, {}, 'ok')),
    );
    const door = doorTo(server.origin, { connectionsPerOrigin: 1 });
    expect(await faultOf(door.exchange(get(server.origin)))).toMatchObject({ reason: 'protocol' });
    const { body, connection } = await door.exchange(get(server.origin));
    expect(Buffer.from(body).toString()).toBe('ok');
    expect(connection.reused).toBe(false);
    expect(server.connections).toBe(2);
  });

  test('HS-8 an answer nobody asked for on an idle connection ends it', async () => {
    const closed: Promise<unknown>[] = [];
    const server = await rawServer(
      (socket, _request, index) => {
        socket.write(http(200, {}, 'ok'));
        if (index === 0) setTimeout(() => socket.write(http(200, {}, 'forged')), 30);
      },
      { onConnection: (socket) => closed.push(new Promise((resolve) => socket.once('close', resolve))) },
    );
    const door = doorTo(server.origin, { connectionsPerOrigin: 1 });
    await door.exchange(get(server.origin));
    await closed[0];
    const { body, connection } = await door.exchange(get(server.origin));
    expect(Buffer.from(body).toString()).toBe('ok');
    expect(connection.reused).toBe(false);
  });

  test('HS-8 an answer split at every byte is one answer', async () => {
    const server = await rawServer((socket) => {
      const bytes = [...Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n')];
      socket.setNoDelay(true);
      const next = (): void => {
        const byte = bytes.shift();
        if (byte !== undefined) socket.write(Buffer.from([byte]), () => setImmediate(next));
      };
      next();
    });
    const { body } = await doorTo(server.origin).exchange(get(server.origin));
    expect(Buffer.from(body).toString()).toBe('ok');
  });

  test('any bytes for an answer end in an answer or a fault of ours', async () => {
    const seeds = [
      http(200, { 'content-encoding': 'gzip' }, gzipSync('{"resourceType":"Patient"}')),
      Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: y\r\n\r\n'),
      Buffer.from('HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 302 Found\r\nlocation: /x\r\nconnection: close\r\n\r\n'),
    ];
    const edit = fc.record({ at: fc.nat(200), byte: fc.nat(255), cut: fc.nat(3), insert: fc.boolean() });
    const answers = fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 4 })).map(([seed, edits]) => {
      let bytes = seed;
      for (const { at, byte, cut, insert } of edits) {
        const from = at % bytes.length;
        const middle = insert ? Buffer.from([byte]) : Buffer.alloc(0);
        bytes = Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(from + cut)]);
        if (bytes.length === 0) bytes = Buffer.from('\r');
      }
      return bytes;
    });
    let answer: Buffer = Buffer.alloc(0);
    const server = await rawServer((socket) => socket.end(answer));
    const door = doorTo(server.origin);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          answers,
          fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)),
        ),
        async (bytes) => {
          answer = bytes;
          const outcome: unknown = await door
            .exchange(get(server.origin, { deadlineMs: 2_000 }))
            .catch((fault: unknown) => fault);
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(WireFault);
          else expect(outcome).toMatchObject({ status: expect.any(Number) });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('Content-Length beside Transfer-Encoding is refused', async () => {
    const server = await rawServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
    );
    expect(await faultOf(doorTo(server.origin).exchange(get(server.origin)))).toMatchObject({ reason: 'protocol' });
  });

  test('nobody listens there, or the name does not resolve', async () => {
    const origin = 'https://127.0.0.1:1';
    expect(await faultOf(doorTo(origin).exchange(get(origin)))).toMatchObject({
      reason: 'refused',
      mayHaveArrived: false,
    });
    const named = 'https://ehr.invalid';
    const lookup = (): Promise<never> => Promise.reject(Object.assign(new Error('planted'), { code: 'ENOTFOUND' }));
    expect(await faultOf(doorTo(named, { lookup }).exchange(get(named)))).toMatchObject({ reason: 'host-not-found' });
  });
});

describe('redirects', () => {
  async function redirecting(status: number, location: (server: RawServer) => string): Promise<RawServer> {
    const server: RawServer = await rawServer((socket) => socket.write(http(status, { location: location(server) })));
    return server;
  }

  test('HS-13 a redirect to another origin is not followed, and its origin is told', async () => {
    const other = await rawServer((socket) => socket.write(http(200, {})));
    const server = await redirecting(302, () => `${other.origin}/secret-path?q=1`);
    expect(await faultOf(doorTo(server.origin).exchange(get(server.origin)))).toMatchObject({
      reason: 'redirected',
      status: 302,
      redirectOrigin: other.origin,
    });
    expect(other.connections).toBe(0);
  });

  test.each([301, 302, 303, 307, 308])(
    'HS-14 %i on the token request: nothing is sent again, the run stops',
    async (status) => {
      const other = await rawServer((socket) => socket.write(http(200, {})));
      const server = await redirecting(status, () => `${other.origin}/token`);
      const door = openDoor({
        origins: [server.origin, other.origin].map((origin) => ({ origin, purpose: 'token' })),
      });
      onTestFinished(() => door.close());
      const stop = await stopOf(
        door.exchange(
          get(server.origin, {
            purpose: 'token',
            method: 'POST',
            body: 'client_assertion=planted',
            carriesCredential: true,
          }),
        ),
      );
      expect(stop).toMatchObject({ code: 'credential-redirected', rule: 2, exitCode: 6 });
      expect(other.connections).toBe(0);
      expect(server.requests).toHaveLength(1);
    },
  );

  test('a credential is not sent again inside its own origin either', async () => {
    const server = await redirecting(307, () => '/elsewhere');
    const door = doorTo(server.origin);
    expect(
      await faultOf(
        door.exchange(get(server.origin, { headers: { authorization: bearer('t') }, carriesCredential: true })),
      ),
    ).toMatchObject({ reason: 'redirected', redirectOrigin: server.origin });
    expect(await faultOf(door.exchange(get(server.origin, { method: 'POST', body: 'x' })))).toMatchObject({
      reason: 'redirected',
    });
    expect(server.requests).toHaveLength(2);
  });

  test('a GET without a credential follows three inside the origin', async () => {
    const server = await rawServer((socket, _request, index) =>
      socket.write(index < 3 ? http(302, { location: `/${index}` }) : http(200, {}, 'here')),
    );
    const { status, hops, timing } = await doorTo(server.origin).exchange(get(server.origin));
    expect(status).toBe(200);
    expect(hops).toEqual(Array.from({ length: 3 }, () => ({ status: 302, origin: server.origin })));
    expect(timing.sentAtMs).toBeLessThanOrEqual(timing.firstByteAtMs);
  });

  test('HS-15 a loop ends after three', async () => {
    const server = await redirecting(302, () => '/loop');
    expect(await faultOf(doorTo(server.origin).exchange(get(server.origin)))).toMatchObject({
      reason: 'too-many-redirects',
    });
    expect(server.requests).toHaveLength(4);
  });

  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'http://[', '//169.254.169.254/latest'])(
    'a redirect to %s goes nowhere',
    async (location) => {
      const server = await redirecting(302, () => location);
      expect(await faultOf(doorTo(server.origin).exchange(get(server.origin)))).toMatchObject({ reason: 'redirected' });
    },
  );
});

describe('rule 3: TLS and addresses', () => {
  let identity: ServerIdentity;
  let second: ServerIdentity;
  let expired: ServerIdentity;
  let otherName: ServerIdentity;
  beforeAll(async () => {
    [identity, second, expired, otherName] = await Promise.all([
      serverIdentity(),
      serverIdentity(),
      serverIdentity({ validDays: -2 }),
      serverIdentity({ names: ['ehr.example'] }),
    ]);
  });

  function tlsServer(of: ServerIdentity): Promise<RawServer> {
    return rawServer((socket) => socket.write(http(200, { connection: 'close' }, 'ok')), {
      tls: { key: of.key, cert: of.cert },
    });
  }
  function tlsDoor(origin: string, tls: NonNullable<DoorOptions['origins'][number]['tls']>): Door {
    return doorTo(origin, { origins: [{ origin, purpose: 'fhir', tls }] });
  }

  test.each(['only', 'add'] as const)('a certificate of the own authority is accepted: ca %s', async (caMode) => {
    const server = await tlsServer(identity);
    const { connection, timing } = await tlsDoor(server.origin, { ca: identity.ca, caMode }).exchange(
      get(server.origin),
    );
    expect(connection).toMatchObject({ tlsProtocol: 'TLSv1.3', addressClass: 'loopback', address: '127.0.0.1' });
    expect(connection.peerSpkiSha256).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(timing.tlsMs).toBeDefined();
  });

  test('HS-9 expired, unknown, wrong name, not pinned: no request is sent', async () => {
    const cases = [
      [expired, { ca: expired.ca }, 'expired'],
      [identity, {}, 'self-signed|untrusted'],
      [identity, { ca: second.ca, caMode: 'only' }, 'self-signed|untrusted'],
      [otherName, { ca: otherName.ca }, 'wrong-name'],
      [identity, { ca: identity.ca, spkiPins: ['AAAA'] }, 'not-pinned'],
    ] as const;
    for (const [of, tls, problem] of cases) {
      const server = await tlsServer(of);
      const fault = await faultOf(tlsDoor(server.origin, tls).exchange(get(server.origin)));
      expect(fault).toMatchObject({ reason: 'certificate', mayHaveArrived: false });
      expect(fault.certificate).toMatch(new RegExp(`^(?:${problem})$`));
      expect(server.requests).toEqual([]);
    }
  });

  test('the environment cannot switch verification off', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    onTestFinished(() => {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    });
    const server = await tlsServer(identity);
    expect(await faultOf(tlsDoor(server.origin, {}).exchange(get(server.origin)))).toMatchObject({
      reason: 'certificate',
    });
  });

  test('serverName is the name that is verified, for its origin alone', async () => {
    const server = await tlsServer(otherName);
    const { status } = await tlsDoor(server.origin, { ca: otherName.ca, serverName: 'ehr.example' }).exchange(
      get(server.origin),
    );
    expect(status).toBe(200);
  });

  test('HS-11 another certificate key during the run stops it, and nothing more is sent there', async () => {
    const server = await tlsServer(identity);
    const door = tlsDoor(server.origin, { ca: `${identity.ca}\n${second.ca}` });
    await door.exchange(get(server.origin));
    server.replaceIdentity({ key: second.key, cert: second.cert });
    expect(await stopOf(door.exchange(get(server.origin)))).toMatchObject({ code: 'peer-changed', rule: 3 });
    server.replaceIdentity({ key: identity.key, cert: identity.cert });
    expect(await stopOf(door.exchange(get(server.origin)))).toMatchObject({ code: 'peer-changed' });
    expect(server.requests).toHaveLength(1);
  });

  test('two pinned keys of one origin may take turns', async () => {
    const server = await tlsServer(identity);
    const probe = tlsDoor(server.origin, { ca: identity.ca });
    const firstPin = (await probe.exchange(get(server.origin))).connection.peerSpkiSha256 ?? '';
    server.replaceIdentity({ key: second.key, cert: second.cert });
    const other = tlsDoor(server.origin, { ca: second.ca });
    const secondPin = (await other.exchange(get(server.origin))).connection.peerSpkiSha256 ?? '';
    const door = tlsDoor(server.origin, { ca: `${identity.ca}\n${second.ca}`, spkiPins: [firstPin, secondPin] });
    expect((await door.exchange(get(server.origin))).connection.peerSpkiSha256).toBe(secondPin);
    server.replaceIdentity({ key: identity.key, cert: identity.cert });
    expect((await door.exchange(get(server.origin))).connection.peerSpkiSha256).toBe(firstPin);
  });

  test.each([
    ['169.254.169.254', 'forbidden-address'],
    ['fe80::1', 'forbidden-address'],
    ['::ffff:169.254.169.254', 'forbidden-address'],
    ['0.0.0.0', 'forbidden-address'],
    ['10.1.2.3', 'address-changed'],
    ['93.184.216.34', 'address-changed'],
  ])('HS-12 a name that moves to %s is not connected to', async (moved, code) => {
    const server = await tlsServer(identity);
    const origin = `https://localhost:${server.port}`;
    const answers = ['127.0.0.1', moved, '127.0.0.1'];
    const lookup = (): Promise<{ address: string; family: number }[]> => {
      const address = answers.shift() ?? '';
      return Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }]);
    };
    const door = doorTo(origin, { origins: [{ origin, purpose: 'fhir', tls: { ca: identity.ca } }], lookup });
    expect(await door.exchange(get(origin))).toMatchObject({ status: 200 });
    expect(await stopOf(door.exchange(get(origin)))).toMatchObject({ code, rule: 3, exitCode: 6 });
    expect(await stopOf(door.exchange(get(origin)))).toMatchObject({ code });
    expect(server.connections).toBe(1);
  });

  test('HS-12 one forbidden address among others is enough; another class is left out', async () => {
    const server = await tlsServer(identity);
    const origin = `https://localhost:${server.port}`;
    const origins = [{ origin, purpose: 'fhir', tls: { ca: identity.ca } }] as const;
    const resolving =
      (...addresses: string[]) =>
      () =>
        Promise.resolve(addresses.map((address) => ({ address, family: 4 })));
    const mixed = doorTo(origin, { origins, lookup: resolving('127.0.0.1', '192.0.2.1') });
    expect((await mixed.exchange(get(origin))).connection.address).toBe('127.0.0.1');
    const planted = doorTo(origin, { origins, lookup: resolving('127.0.0.1', '169.254.169.254') });
    expect(await stopOf(planted.exchange(get(origin)))).toMatchObject({ code: 'forbidden-address' });
    expect(server.connections).toBe(1);
  });

  test('HS-12 a public name that moves to loopback is not connected to', async () => {
    const server = await tlsServer(identity);
    const origin = `https://localhost:${server.port}`;
    const answers = ['192.0.2.1', '127.0.0.1'];
    const caller = new AbortController();
    // Ended between resolving and connecting: this test talks to loopback only.
    const lookup = async () => {
      caller.abort();
      await new Promise((resolve) => setImmediate(resolve));
      return [{ address: answers.shift() ?? '', family: 4 }];
    };
    const door = doorTo(origin, { origins: [{ origin, purpose: 'fhir', tls: { ca: identity.ca } }], lookup });
    expect(await faultOf(door.exchange(get(origin, { signal: caller.signal })))).toMatchObject({ reason: 'aborted' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await stopOf(door.exchange(get(origin)))).toMatchObject({ code: 'address-changed', rule: 3 });
    expect(server.connections).toBe(0);
  });

  test('plain http to a name is for loopback addresses only', async () => {
    const origin = 'http://localhost:9';
    const lookup = () => Promise.resolve([{ address: '192.0.2.1', family: 4 }]);
    expect(await stopOf(doorTo(origin, { lookup }).exchange(get(origin)))).toMatchObject({
      code: 'plain-http-off-loopback',
    });
  });
});

import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { serverIdentity } from '../../src/wire/certificates.js';
import { openUpstream, type Upstream, type UpstreamOptions, type UpstreamRequest } from '../../src/wire/upstream.js';
import { http, rawServer } from './raw-server.js';

function upstream(options: UpstreamOptions): Upstream {
  const opened = openUpstream(options);
  onTestFinished(() => opened.close());
  return opened;
}

const get = (target: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  method: 'GET',
  target,
  headers: ['Host', 'ehr.example', 'X-One', '1', 'x-one', '2'],
  signal: new AbortController().signal,
  ...more,
});

async function text(body: Readable): Promise<string> {
  return Buffer.concat(await body.toArray()).toString();
}

test('headers go out and come in as they are, in order and case', async () => {
  const head =
    'HTTP/1.1 302 Elsewhere\r\nX-Odd: a\r\nx-odd: b\r\nLocation: https://other.example/\r\nContent-Length: 2\r\n\r\n';
  const server = await rawServer((socket) => socket.write(`${head}ok`));
  const answer = await upstream({ origin: server.origin }).pass(get('/r4/Slot?a=1'));
  expect(server.requests).toEqual([
    'GET /r4/Slot?a=1 HTTP/1.1\r\nHost: ehr.example\r\nX-One: 1\r\nx-one: 2\r\nConnection: keep-alive\r\n\r\n',
  ]);
  expect([answer.status, answer.statusText, await text(answer.body)]).toEqual([302, 'Elsewhere', 'ok']);
  expect(answer.headers).toEqual([
    'X-Odd',
    'a',
    'x-odd',
    'b',
    'Location',
    'https://other.example/',
    'Content-Length',
    '2',
  ]);
});

test('a read goes out again when its idle connection had ended, a write does not', async () => {
  const server = await rawServer((socket, _, index) => {
    // A connection that looks open ends as soon as it is used again.
    if (index === 1 || index === 4) socket.destroy();
    else socket.write(http(200, {}, 'ok'));
  });
  const opened = upstream({ origin: server.origin });
  await text((await opened.pass(get('/first'))).body);
  expect(await text((await opened.pass(get('/again'))).body)).toBe('ok');
  expect(server.connections).toBe(2);
  await text((await opened.pass(get('/third'))).body);
  await expect(opened.pass(get('/write', { method: 'DELETE' }))).rejects.toMatchObject({ reason: 'reset' });
  expect(server.requests.map((request) => request.split(' ', 2).join(' '))).toEqual([
    'GET /first',
    'GET /again',
    'GET /again',
    'GET /third',
    'DELETE /write',
  ]);
});

test('a body streams through, and whoever hangs up ends the exchange', async () => {
  const server = await rawServer((socket, request) => {
    if (!request.includes('/held')) socket.write(http(200, {}, String(request.length > 200_000)));
  });
  const opened = upstream({ origin: server.origin });
  const large = Buffer.alloc(200_000, 'x');
  const sent = await opened.pass(
    get('/Binary', {
      method: 'POST',
      headers: ['Host', 'x', 'Content-Length', '200000'],
      body: Readable.from([large]),
    }),
  );
  expect(await text(sent.body)).toBe('true');
  const ending = new AbortController();
  const held = opened.pass(get('/held', { signal: ending.signal }));
  ending.abort();
  await expect(held).rejects.toMatchObject({ name: 'WireFault' });
});

test('no silence is waited for longer than was said', async () => {
  const server = await rawServer(() => undefined);
  await expect(upstream({ origin: server.origin, idleMs: 50 }).pass(get('/'))).rejects.toMatchObject({
    reason: 'timeout',
  });
});

test('trust is that of the door: another key ends it for good', async () => {
  const [first, second] = [await serverIdentity(), await serverIdentity()];
  const server = await rawServer((socket) => socket.end(http(200, { connection: 'close' }, 'ok')), {
    tls: { key: first.key, cert: first.cert },
  });
  const stranger = upstream({ origin: server.origin });
  await expect(stranger.pass(get('/'))).rejects.toMatchObject({ reason: 'certificate' });
  const opened = upstream({ origin: server.origin, tls: { ca: `${first.ca}\n${second.ca}` } });
  expect(await text((await opened.pass(get('/'))).body)).toBe('ok');
  server.replaceIdentity(second);
  await expect(opened.pass(get('/'))).rejects.toMatchObject({ code: 'peer-changed' });
  server.replaceIdentity(first);
  await expect(opened.pass(get('/'))).rejects.toMatchObject({ code: 'peer-changed' });
});

test('forty connections at once are opened without a word on the terminal', async () => {
  const warned: string[] = [];
  const hear = ({ name }: Error): void => void warned.push(name);
  process.on('warning', hear);
  onTestFinished(() => void process.off('warning', hear));
  const server = await rawServer((socket) => socket.write(http(200, {}, 'ok')));
  const opened = upstream({ origin: server.origin });
  const answers = await Promise.all(Array.from({ length: 40 }, async (_, index) => opened.pass(get(`/${index}`))));
  expect(await Promise.all(answers.map(({ body }) => text(body)))).toEqual(Array.from({ length: 40 }, () => 'ok'));
  await new Promise(setImmediate);
  expect(server.connections).toBe(40);
  expect(warned).toEqual([]);
});

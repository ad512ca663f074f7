import { connect } from 'node:net';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { serverIdentity } from '../../src/wire/certificates.js';
import { openDoor } from '../../src/wire/door.js';
import { listen, type Listener, type ListenerRequest, type ListenOptions } from '../../src/wire/listener.js';

async function listener(options: ListenOptions): Promise<Listener> {
  const opened = await listen(options);
  onTestFinished(() => opened.close());
  return opened;
}

/** Bytes in, everything that comes back until the connection ends. */
async function converse(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

function post(origin: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest(`${origin}/hook`, { method: 'POST' }, (response) => resolve(response.resume().statusCode ?? 0))
      .once('error', reject)
      .end(body);
  });
}

test('a handler gets the whole request, over TLS through the door', async () => {
  const identity = await serverIdentity();
  const requests: ListenerRequest[] = [];
  const { origin } = await listener({
    tls: identity,
    handler: (request) => {
      requests.push(request);
      return { status: 202, headers: { 'x-seen': '1' }, body: 'é' };
    },
  });
  const door = openDoor({ origins: [{ origin, purpose: 'listener', tls: { ca: identity.ca } }] });
  onTestFinished(() => door.close());
  const before = performance.now();
  const answer = await door.exchange({
    purpose: 'listener',
    method: 'POST',
    url: `${origin}/hook/a%2Fb?x=1&x=2`,
    headers: { 'X-Secret': 's' },
    body: '{"a":1}',
    carriesCredential: true,
  });
  expect(answer).toMatchObject({ status: 202, headers: { 'x-seen': '1', 'content-length': '2' } });
  expect(requests).toHaveLength(1);
  const [request] = requests;
  expect(request).toMatchObject({ method: 'POST', path: '/hook/a%2Fb', tls: true });
  expect(request?.query.getAll('x')).toEqual(['1', '2']);
  expect(request?.headers['x-secret']).toBe('s');
  expect(Buffer.from(request?.body ?? []).toString()).toBe('{"a":1}');
  expect(request?.receivedAtMs).toBeGreaterThanOrEqual(before);
});

test('rule 42: a body over the limit gets 413, announced or not, and never reaches the handler', async () => {
  let handled = 0;
  const { port, refused } = await listener({
    limits: { bodyBytes: 10 },
    handler: () => {
      handled += 1;
      return { status: 200 };
    },
  });
  const head = 'POST /hook HTTP/1.1\r\nhost: x\r\n';
  expect(await converse(port, `${head}content-length: 50000000\r\n\r\nabc`)).toMatch(/^HTTP\/1.1 413 /);
  expect(await converse(port, `${head}transfer-encoding: chunked\r\n\r\n14\r\n${'x'.repeat(20)}\r\n`)).toMatch(
    /^HTTP\/1.1 413 /,
  );
  expect(handled).toBe(0);
  expect(refused.get(413)).toBe(2);
});

test('rule 42: requests beyond the rate get 429', async () => {
  const { origin, refused } = await listener({
    limits: { requestsPerSecond: 2 },
    handler: () => ({ status: 200 }),
  });
  const statuses = await Promise.all([post(origin, ''), post(origin, ''), post(origin, '')]);
  expect(statuses.toSorted()).toEqual([200, 200, 429]);
  expect(refused.get(429)).toBe(1);
});

test('HS-57 slow and oversized headers end the connection', async () => {
  const { port } = await listener({
    limits: { headersMs: 50, headerBytes: 1_000 },
    handler: () => ({ status: 200 }),
  });
  expect(await converse(port, 'GET / HTTP/1.1\r\nhost: x\r\n')).toMatch(/^HTTP\/1.1 408 /);
  expect(await converse(port, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(2_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 431 /,
  );
});

test('HS-61 targets for a proxy and contradictory lengths get no handler', async () => {
  let handled = 0;
  const { port } = await listener({
    handler: () => {
      handled += 1;
      return { status: 200 };
    },
  });
  expect(await converse(port, 'GET http://other.example/ HTTP/1.1\r\nhost: x\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  expect(await converse(port, 'CONNECT other.example:443 HTTP/1.1\r\nhost: x\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  expect(
    await converse(
      port,
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ),
  ).toMatch(/^HTTP\/1.1 400 /);
  expect(handled).toBe(0);
});

test('rule 41: whoever is not on the client list gets no answer', async () => {
  const handler = () => ({ status: 200 });
  const get = 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
  for (const clients of [['127.0.0.1'], ['10.1.0.0/16', '127.0.0.0/8']]) {
    const { port } = await listener({ handler, clients });
    expect(await converse(port, get)).toMatch(/^HTTP\/1.1 200 /);
  }
  for (const clients of [['10.1.0.7'], ['10.1.0.0/16', '::1'], []]) {
    const { port } = await listener({ handler, clients });
    expect(await converse(port, get)).toBe('');
  }
  for (const wrong of ['here', '10.1.0.0/33', '10.1.0.0/8/8', '10.1.0.0/x']) {
    await expect(listen({ handler, clients: [wrong] })).rejects.toMatchObject({ code: 'client-address' });
  }
});

test('what a handler throws goes to the owner, the peer sees a bare 500', async () => {
  const faults: unknown[] = [];
  const failing = () => Promise.reject(new Error('planted'));
  for (const options of [{ handler: failing }, { rawHandler: failing }]) {
    const { port } = await listener({ ...options, onHandlerFault: (fault) => faults.push(fault) });
    const answer = await converse(port, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 500 /);
    expect(answer).not.toMatch(/planted/);
  }
  expect(faults).toHaveLength(2);
});

test('a raw handler has the request to itself, larger bodies included', async () => {
  const { origin } = await listener({
    rawHandler: async (request, response) => {
      let bytes = 0;
      for await (const chunk of request) bytes += (chunk as Buffer).length;
      response.writeHead(bytes === 2_000_000 ? 200 : 500).end();
    },
  });
  expect(await post(origin, 'x'.repeat(2_000_000))).toBe(200);
});

test('close ends open and silent connections, and frees the port', async () => {
  const opened = await listen({ handler: () => new Promise(() => {}) });
  const silent = connect(opened.port, '127.0.0.1');
  const asking = connect(opened.port, '127.0.0.1');
  await Promise.all([once(silent, 'connect'), once(asking, 'connect')]);
  const ended = Promise.all([silent, asking].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  for (const socket of [silent, asking]) socket.on('error', () => {});
  asking.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await opened.close();
  await ended;
  const again = await listener({ port: opened.port, handler: () => ({ status: 200 }) });
  expect(again.port).toBe(opened.port);
});

test('faults a person can cause have a code', async () => {
  const { port } = await listener({ handler: () => ({ status: 200 }) });
  await expect(listen({ port, handler: () => ({ status: 200 }) })).rejects.toMatchObject({ code: 'port-in-use' });
  await expect(listen({ bind: '0.0.0.0', handler: () => ({ status: 200 }) })).rejects.toMatchObject({
    code: 'listener-needs-tls',
  });
  await expect(listen({})).rejects.toMatchObject({ code: 'listener-handler' });
});

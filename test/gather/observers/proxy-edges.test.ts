import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { proxyAddress } from '../../../src/gather/observers/proxy-guard.js';
import { http, rawServer } from '../../wire/raw-server.js';
import { converse, proxyTo } from './proxy-support.js';

const json = 'application/fhir+json';
const fhir = { 'content-type': json };

/** What comes back on one connection for these bytes, which ask for it to be closed. */
const say = (baseUrl: string, ...lines: string[]) =>
  converse(Number(new URL(baseUrl).port), [...lines, '', ''].join('\r\n'));

const pathOf = (baseUrl: string): string => new URL(baseUrl).pathname;
const hostOf = (baseUrl: string): string => new URL(baseUrl).host;

/** An EHR that Node speaks for, on an address of its own choice. */
async function ehr(answer: RequestListener, address = '127.0.0.1'): Promise<string> {
  const server = createServer(answer).listen(0, address);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

describe('compression', () => {
  it('asks the EHR for nothing the proxy could not look into', async () => {
    const server = await rawServer((socket) => socket.write(http(200, fhir, '{}')));
    const { proxy } = await proxyTo(`${server.origin}/r4`);
    const ask = async (accept: string) => {
      await say(
        proxy.baseUrl,
        `GET ${pathOf(proxy.baseUrl)}/Slot/1 HTTP/1.1`,
        `host: ${hostOf(proxy.baseUrl)}`,
        `Accept-Encoding: ${accept}`,
        'connection: close',
      );
      return /accept-encoding: (.*)\r\n/i.exec(server.requests.at(-1) ?? '')?.[1];
    };
    expect(await ask('gzip, deflate, br, zstd')).toBe('gzip, deflate, br');
    expect(await ask('gzip;q=0.5,br')).toBe('gzip;q=0.5,br');
    expect(await ask('zstd')).toBe('identity');
    expect(await ask('*')).toBe('identity');
    expect(await ask('gzip, identity;q=0')).toBe('gzip, identity;q=0');
  });
});

describe('old and unusual ways to speak HTTP', () => {
  it('answers a client of HTTP/1.0 in a way it can read, from an EHR that answers in chunks', async () => {
    const origin = await ehr((request, response) => {
      response.writeHead(200, { 'content-type': request.url?.includes('Binary') === true ? 'application/pdf' : json });
      response.write('{"half":');
      response.end('1}');
    });
    const { proxy } = await proxyTo(`${origin}/r4`);
    for (const path of ['Slot/1', 'Binary/1']) {
      const answer = await say(
        proxy.baseUrl,
        `GET ${pathOf(proxy.baseUrl)}/${path} HTTP/1.0`,
        `host: ${hostOf(proxy.baseUrl)}`,
      );
      expect(answer).toMatch(/^HTTP\/1\.[01] 200 /);
      expect(answer.toLowerCase()).not.toContain('transfer-encoding');
      expect(answer.split('\r\n\r\n')[1]).toBe('{"half":1}');
    }
  });

  it('answers a client that offers HTTP/2 unasked as one of HTTP/1.1, and takes nothing of the offer along', async () => {
    const names: string[][] = [];
    const origin = await ehr((request, response) => {
      names.push(Object.keys(request.headers).sort());
      response.writeHead(200, fhir).end('{"v":1}');
    });
    const { proxy, records } = await proxyTo(`${origin}/r4`);
    const offer = ['connection: Upgrade, HTTP2-Settings', 'upgrade: h2c', 'http2-settings: AAMAAABkAAQAoAAAAAIAAAAA'];
    const line = `GET ${pathOf(proxy.baseUrl)}/Slot/1 HTTP/1.1\r\nhost: ${hostOf(proxy.baseUrl)}`;
    const socket = connect(Number(new URL(proxy.baseUrl).port), '127.0.0.1');
    let answers = '';
    socket.on('data', (chunk) => (answers += chunk.toString()));
    socket.write([line, ...offer, '', ''].join('\r\n'));
    await expect.poll(() => answers).toContain('{"v":1}');
    // The connection goes on.
    socket.write(`${line}\r\nconnection: close\r\n\r\n`);
    await once(socket, 'close');
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(names).toEqual([
      ['connection', 'host'],
      ['connection', 'host'],
    ]);
    expect(records.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('waits for a slow EHR on a connection that is kept, and serves the next request on it', async () => {
    let asked = 0;
    const origin = await ehr((_, response) => {
      const body = `{"v":${(asked += 1)}}`;
      setTimeout(() => response.writeHead(200, fhir).end(body), 300);
    });
    const { proxy } = await proxyTo(`${origin}/r4`);
    const line = `GET ${pathOf(proxy.baseUrl)}/Slot/1 HTTP/1.1\r\nhost: ${hostOf(proxy.baseUrl)}`;
    const answer = await say(proxy.baseUrl, `${line}\r\n`, `${line}\r\nconnection: close`);
    expect(answer.match(/\{"v":\d\}/g)).toEqual(['{"v":1}', '{"v":2}']);
  });

  it('ends the answer early where the EHR does, and says so in the recording', async () => {
    const server = await rawServer((socket, request) => {
      const type = request.includes('/Binary/') ? 'application/pdf' : json;
      socket.write(http(200, { 'content-type': type, 'content-length': '100' }, '{"half":'));
      setTimeout(() => socket.destroy(), 50);
    });
    const { proxy, records } = await proxyTo(`${server.origin}/r4`);
    for (const path of ['Slot/1', 'Binary/1']) {
      const body = fetch(`${proxy.baseUrl}/${path}`).then((response) => response.text());
      await expect(body).rejects.toThrow();
    }
    expect(records.map(({ status, upstreamStatus }) => [status, upstreamStatus])).toEqual([
      [0, 200],
      // The beginning of the file had gone out.
      [200, 200],
    ]);
  });

  it('takes a body in chunks, held or streamed, and one that is announced before it is sent', async () => {
    const bodies: string[] = [];
    const origin = await ehr((request, response) => {
      let body = '';
      request
        .on('data', (chunk: Buffer) => (body += chunk.toString()))
        .on('end', () => {
          bodies.push(`${request.headers['content-length'] ?? request.headers['transfer-encoding']} ${body}`);
          response.writeHead(201, { location: `${origin}/r4/Binary/1` }).end();
        });
    });
    const { proxy } = await proxyTo(`${origin}/r4`);
    const post = (type: string, framing: string, body: string) =>
      converse(
        Number(new URL(proxy.baseUrl).port),
        `POST ${pathOf(proxy.baseUrl)}/Binary HTTP/1.1\r\nhost: ${hostOf(proxy.baseUrl)}\r\ncontent-type: ${type}\r\n${framing}\r\nconnection: close\r\n\r\n${body}`,
      );
    const chunks = '3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n';
    expect(await post(json, 'transfer-encoding: chunked', chunks)).toContain(`${proxy.baseUrl}/Binary/1`);
    await post('application/pdf', 'transfer-encoding: chunked', chunks);
    const waited = await post(json, 'expect: 100-continue\r\ncontent-length: 7', '{"a":2}');
    expect(waited).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
    await post('application/pdf', 'expect: 100-continue\r\ncontent-length: 3', 'pdf');
    expect(bodies).toEqual(['7 {"a":1}', 'chunked {"a":1}', '7 {"a":2}', '3 pdf']);
  });

  it('passes HEAD on without a body, and the question of a browser before it sends', async () => {
    const server = await rawServer((socket, request) => {
      if (request.startsWith('HEAD')) socket.write(http(200, { ...fhir, 'content-length': '1234', etag: 'W/"3"' }));
      else socket.write(http(204, { 'access-control-allow-origin': 'https://app.example' }));
    });
    const { proxy, records } = await proxyTo(`${server.origin}/r4`, { refuseWritesTo: () => 'unknown-object' });
    const head = await fetch(`${proxy.baseUrl}/Slot/1`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([200, '1234', 'W/"3"']);
    const preflight = await fetch(`${proxy.baseUrl}/Appointment/1`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'PUT' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://app.example',
    ]);
    expect(records.map(({ interaction }) => interaction)).toEqual(['read', 'discovery']);
  });
});

describe('addresses', () => {
  it('of an export lead through the proxy, those of others do not', async () => {
    const origin = await ehr((request, response) => {
      const base = `${origin}/ehr/org-1/r4`;
      if (request.url === '/ehr/org-1/r4/$export') {
        response.writeHead(202, { 'content-location': `${base}/bulk/7` }).end();
      } else if (request.url === '/ehr/org-1/r4/bulk/7') {
        const output = [
          { type: 'Patient', url: `${base}/bulk/7/1.ndjson` },
          { type: 'Slot', url: 'https://files.example/7/2.ndjson' },
        ];
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ output }));
      } else {
        const line = JSON.stringify({ resourceType: 'Patient', link: [{ other: { reference: `${base}/Patient/2` } }] });
        response.writeHead(200, { 'content-type': 'application/fhir+ndjson' }).end(`${line}\n${line}\n`);
      }
    });
    const { proxy, records } = await proxyTo(`${origin}/ehr/org-1/r4/`);
    const kicked = await fetch(`${proxy.baseUrl}/$export`, { headers: { prefer: 'respond-async' } });
    const status = kicked.headers.get('content-location') ?? '';
    expect([kicked.status, status]).toEqual([202, `${proxy.baseUrl}/bulk/7`]);
    const { output } = (await (await fetch(status)).json()) as { output: { url: string }[] };
    expect(output.map(({ url }) => url)).toEqual([
      `${proxy.baseUrl}/bulk/7/1.ndjson`,
      'https://files.example/7/2.ndjson',
    ]);
    const lines = (await (await fetch(output[0]?.url ?? '')).text()).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ link: [{ other: { reference: `${proxy.baseUrl}/Patient/2` } }] });
    }
    expect(records.map(({ path, interaction }) => [path, interaction])).toEqual([
      ['$export', 'search'],
      ['other', 'search'],
      ['other', 'search'],
    ]);
  });

  it('of a next page elsewhere stay as they are, and are not followed', async () => {
    const link = [{ relation: 'next', url: 'https://elsewhere.example/r4/Slot?page=2' }];
    const server = await rawServer((socket) =>
      socket.write(http(200, fhir, JSON.stringify({ resourceType: 'Bundle', type: 'searchset', link }))),
    );
    const { proxy } = await proxyTo(`${server.origin}/r4`);
    expect(await (await fetch(`${proxy.baseUrl}/Slot`)).json()).toMatchObject({ link });
    expect(server.requests).toHaveLength(1);
  });

  it('of IPv6 are exchanged like any other, on both sides', async () => {
    const bodies: string[] = [];
    const origin = await ehr((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
      request.on('end', () =>
        response
          .writeHead(200, fhir)
          .end(JSON.stringify({ a: `${origin}/r4/Slot/1`, b: `x?u=${encodeURIComponent(`${origin}/r4`)}` })),
      );
    }, '::1');
    const { proxy } = await proxyTo(`${origin}/r4`, { listen: { bind: '::1' } });
    expect(proxy.baseUrl).toMatch(/^http:\/\/\[::1\]:\d+\//);
    const answer = await fetch(`${proxy.baseUrl}/Slot`, {
      method: 'POST',
      headers: fhir,
      body: JSON.stringify({ reference: `${proxy.baseUrl}/Slot/1` }),
    });
    expect(await answer.json()).toEqual({
      a: `${proxy.baseUrl}/Slot/1`,
      b: `x?u=${encodeURIComponent(proxy.baseUrl)}`,
    });
    expect(bodies).toEqual([JSON.stringify({ reference: `${origin}/r4/Slot/1` })]);
  });

  it('with the usual port written out are those without it', () => {
    const hosts = (publicUrl: string) => [
      ...proxyAddress({ origin: 'http://127.0.0.1:8443', publicUrl, clients: undefined }).hosts,
    ];
    expect(hosts('https://proxy.example/a')).toEqual(['proxy.example', 'proxy.example:443', '127.0.0.1:8443']);
    expect(hosts('http://proxy.example:8443/a')).toEqual(['proxy.example:8443', '127.0.0.1:8443']);
  });
});

import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { serverIdentity, type ServerIdentity } from '../../src/wire/certificates.js';
import { probeTls } from '../../src/wire/tls-probe.js';
import { http, rawServer } from './raw-server.js';

async function port(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('TLS probe', () => {
  let identity: ServerIdentity;
  const received: string[] = [];
  beforeAll(async () => {
    identity = await serverIdentity({ keyType: 'rsa' });
  });

  function tlsServer(options: TlsOptions, of: ServerIdentity = identity): Promise<number> {
    const server = createServer({ key: of.key, cert: of.cert, ...options }, (socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => received.push(data.toString('latin1')));
    });
    server.on('tlsClientError', () => {});
    return port(server);
  }

  test('a server of today: old versions are refused by alert, nothing is sent but handshakes', async () => {
    const probe = await probeTls({ host: '127.0.0.1', port: await tlsServer({}), ca: identity.ca, caMode: 'only' });
    expect(probe.versions).toMatchObject({
      TLSv1: { outcome: 'refused-by-alert' },
      'TLSv1.1': { outcome: 'refused-by-alert' },
      'TLSv1.2': { outcome: 'accepted' },
      'TLSv1.3': { outcome: 'accepted' },
    });
    expect(probe.certificate).toMatchObject({ chain: 'valid', hostName: 'valid', keyType: 'rsa', keyBits: 2_048 });
    expect(Date.parse(probe.certificate?.notAfter ?? '')).toBeGreaterThan(Date.now());
    expect(probe.plainHttp).toBeUndefined();
    expect(received).toEqual([]);
  });

  test('rule 28, HS-10: TLS 1.0 beside 1.2 is seen, after the control on loopback', async () => {
    const weak = await tlsServer({ minVersion: 'TLSv1', ciphers: 'ALL:eNULL:@SECLEVEL=0' });
    const probe = await probeTls({ host: '127.0.0.1', port: weak, ca: identity.ca });
    expect(probe.versions).toMatchObject({
      TLSv1: { outcome: 'accepted' },
      'TLSv1.1': { outcome: 'accepted' },
      'TLSv1.2': { outcome: 'accepted' },
    });
    expect(probe.weakSuites).toMatchObject({
      'no-encryption': { outcome: 'accepted' },
      anonymous: { outcome: 'accepted' },
      'static-rsa': { outcome: 'accepted', suite: expect.stringMatching(/^TLS_RSA_/) },
    });
  });

  test('a suite this OpenSSL does not have is not provable, whatever the server does', async () => {
    const probe = await probeTls({ host: '127.0.0.1', port: await tlsServer({}), ca: identity.ca });
    expect(probe.weakSuites.rc4).toEqual({ outcome: 'not-provable', reason: 'control-failed' });
  });

  test('a connection closed or silent without an alert proves nothing', async () => {
    const closing = await port(
      createTcpServer((socket) => socket.once('data', () => socket.end()).on('error', () => {})),
    );
    const closed = await probeTls({ host: '127.0.0.1', port: closing });
    expect(closed.versions.TLSv1).toEqual({ outcome: 'not-provable', reason: 'closed-without-alert' });
    expect(closed.certificate).toBeUndefined();
    const silent = await rawServer(() => {});
    const none = await probeTls({ host: '127.0.0.1', port: silent.port, deadlineMs: 20 });
    expect(none.versions['TLSv1.3']).toEqual({ outcome: 'not-provable', reason: 'no-answer' });
    const refused = await probeTls({ host: '127.0.0.1', port: 1 });
    expect(refused.versions['TLSv1.2']).toEqual({ outcome: 'not-provable', reason: 'unreachable' });
  });

  test('HS-9 what is wrong with a certificate is told apart', async () => {
    const expired = await serverIdentity({ validDays: -2 });
    const named = await serverIdentity({ names: ['ehr.example'] });
    const facts = async (of: ServerIdentity, ca: string) =>
      (await probeTls({ host: '127.0.0.1', port: await tlsServer({}, of), ca, caMode: 'only' })).certificate;
    expect(await facts(expired, expired.ca)).toMatchObject({ chain: 'expired', hostName: 'valid' });
    expect(await facts(named, named.ca)).toMatchObject({ chain: 'valid', hostName: 'wrong-name', keyBits: 256 });
    expect((await facts(named, expired.ca))?.chain).toMatch(/^(?:untrusted|self-signed)$/);
  });

  test.each([
    [http(301, { location: 'https://127.0.0.1/' }), { outcome: 'redirects-to-https', status: 301 }],
    [http(200, {}, 'records'), { outcome: 'answers', status: 200 }],
    [http(302, { location: 'http://127.0.0.1/' }), { outcome: 'answers', status: 302 }],
    [Buffer.from('SSH-2.0-something else entirely\r\n'), { outcome: 'not-provable' }],
  ])('plain http %#', async (answer, plainHttp) => {
    const plain = await rawServer((socket) => socket.write(answer));
    const probe = await probeTls({ host: '127.0.0.1', port: 1, plainHttpPort: plain.port });
    expect(probe.plainHttp).toEqual(plainHttp);
    expect(plain.requests).toEqual([`GET / HTTP/1.1\r\nhost: 127.0.0.1:${plain.port}\r\nconnection: close\r\n\r\n`]);
  });

  test('a closed plain port is closed; a metadata address is never asked', async () => {
    expect((await probeTls({ host: '127.0.0.1', port: 1, plainHttpPort: 1 })).plainHttp).toEqual({ outcome: 'closed' });
    const lookup = () => Promise.resolve([{ address: '169.254.169.254', family: 4 }]);
    await expect(probeTls({ host: 'ehr.example', port: 443, lookup })).rejects.toMatchObject({
      code: 'forbidden-address',
      rule: 3,
    });
  });
});

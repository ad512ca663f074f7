import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { startFaultProxy } from '../../../src/gather/observers/fault-proxy.js';
import { defineDeviation } from '../../../src/sandbox/deviation.js';
import { serverIdentity } from '../../../src/wire/certificates.js';
import { http, rawServer } from '../../wire/raw-server.js';
import { trial } from '../../support/trial.js';
import { closeSandbox, converse, proxyTo } from './proxy-support.js';

afterAll(closeSandbox);

const appointment = (patient: string) =>
  JSON.stringify({
    resourceType: 'Appointment',
    status: 'booked',
    participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
  });
const json = { 'content-type': 'application/fhir+json' };

describe('rule 41 and HS-61: a proxy for one EHR and nothing else', () => {
  it('forwards nothing that asks for more than the EHR behind it', async () => {
    const server = await rawServer((socket) => socket.write(http(200, {}, 'reached')));
    const wanted: string[] = [];
    const { proxy } = await proxyTo(`${server.origin}/r4`, {
      onRefused: ({ why, host: to }) => to !== undefined && wanted.push(`${why} ${to}`),
    });
    const { port, host, pathname } = new URL(proxy.baseUrl);
    const ask = (line: string, ...headers: string[]) =>
      converse(Number(port), [`${line} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
    const own = `host: ${host}`;
    for (const answer of [
      await ask('GET http://other.example/r4/Slot', own),
      await ask(`GET http://${host}${pathname}/Slot`, own),
      await ask('CONNECT other.example:443', own),
      await ask(`TRACE ${pathname}/Slot`, own),
      await ask(`GET ${pathname}/Slot`, own, 'connection: upgrade', 'upgrade: websocket'),
      await ask(`GET ${pathname}/Slot`, 'host: other.example'),
      await ask(`GET ${pathname}/Slot`, own, 'host: other.example'),
      await ask(`GET ${pathname}/Slot`),
      await ask(`POST ${pathname}/Slot`, own, 'content-length: 1', 'transfer-encoding: chunked'),
      await ask(`POST ${pathname}/Slot`, own, 'content-length: 1', 'content-length: 2'),
      await ask(`GET ${pathname}/../admin`, own),
      await ask(`GET ${pathname}/%2e%2E/admin`, own),
      await ask(`GET ${pathname}/Slot%2f..%2f..`, own),
      await ask(`GET ${pathname}\\..\\admin`, own),
    ]) {
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).not.toContain('reached');
    }
    for (const path of ['/', '/r4/Slot', `${pathname}x/Slot`, `/x${pathname}/Slot`]) {
      expect(await ask(`GET ${path}`, own)).toMatch(/^HTTP\/1\.1 404 /);
    }
    expect(await ask(`GET ${pathname}/Slot`, own, `x-much: ${'x'.repeat(33_000)}`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(server.requests).toEqual([]);
    expect(Object.fromEntries(proxy.refused)).toEqual({
      connect: 1,
      'absolute-form': 2,
      method: 1,
      upgrade: 1,
      host: 2,
      target: 4,
      framing: 2,
      elsewhere: 4,
    });
    expect(proxy.detours()).toBe(13);
    expect(new Set(wanted)).toEqual(
      new Set(['connect other.example', 'absolute-form other.example', 'host other.example']),
    );
    expect((await ask(`GET ${pathname}/Slot`, own, 'connection: close')).endsWith('reached')).toBe(true);
  });

  it('leaves this machine only with TLS, listed clients and a path nobody can guess', async () => {
    const { key, cert } = await serverIdentity();
    const start = (listen: object, publicUrl?: string) =>
      startFaultProxy({
        upstream: 'https://ehr.example/r4',
        environmentClass: 'simulator',
        listen: { bind: '0.0.0.0', ...listen },
        ...(publicUrl === undefined ? {} : { publicUrl }),
      });
    await expect(start({})).rejects.toMatchObject({ code: 'listener-needs-tls' });
    await expect(start({ tls: { key, cert } })).rejects.toMatchObject({ code: 'proxy-needs-clients' });
    const tls = { tls: { key, cert }, clients: ['10.1.0.7'] };
    for (const path of ['short', 'aaaaaaaaaaaaaaaa', 'deadbeef/deadbeef']) {
      await expect(start(tls, `https://proxy.example/${path}`)).rejects.toMatchObject({ code: 'proxy-needs-prefix' });
    }
    const proxy = await start(tls, 'https://proxy.example:8443');
    expect(proxy.baseUrl).toMatch(/^https:\/\/proxy\.example:8443\/[0-9a-f]{32}$/);
    await proxy.close();
  });

  it('lets no fault happen in front of a production EHR', async () => {
    const { proxy } = await proxyTo('https://ehr.example/r4', { environmentClass: 'production' });
    expect(() => proxy.inject({ fault: '500', when: { interaction: 'any' } })).toThrow(
      expect.objectContaining({ code: 'fault-in-production' }) as Error,
    );
  });

  it('passes tokens as bytes, keeps none, and ends with everything it holds', async () => {
    const server = await rawServer((socket) => socket.write(http(200, json, '{}')));
    const { proxy, records } = await proxyTo(`${server.origin}/r4`);
    await fetch(`${proxy.baseUrl}/Slot/1`, { headers: { authorization: 'Bearer secret-of-the-product' } });
    expect(server.requests[0]).toContain('Bearer secret-of-the-product');
    expect(JSON.stringify([records, proxy.seen({})])).not.toContain('secret-of-the-product');
    const { port } = new URL(proxy.baseUrl);
    await proxy.close();
    const [error] = (await once(connect(Number(port), '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });
});

describe('rule 41 and HS-62: changes outside the test data', () => {
  it('are not passed on, one by one, in a bundle, or by way of an object read before', async () => {
    const stranger = JSON.parse(appointment('stranger')) as object;
    const server = await rawServer((socket) => socket.write(http(200, json, JSON.stringify({ ...stranger, id: 'a' }))));
    const { proxy, records } = await proxyTo(`${server.origin}/r4`, {
      refuseWritesTo: ({ patients }) =>
        patients === undefined ? 'unknown-object' : patients.includes('stranger') ? 'unlisted-patient' : undefined,
    });
    const send = async (method: string, path: string, body?: string) =>
      (await fetch(`${proxy.baseUrl}/${path}`, { method, headers: json, ...(body === undefined ? {} : { body }) }))
        .status;
    expect(await send('POST', 'Appointment', appointment('listed'))).toBe(200);
    expect(await send('DELETE', 'Appointment/never-seen')).toBe(403);
    expect(proxy.stop).toBeUndefined();
    expect(await send('GET', 'Appointment/a')).toBe(200);
    expect(await send('PATCH', 'Appointment/a', '[]')).toBe(403);
    expect(await send('POST', 'Appointment', appointment('stranger'))).toBe(403);
    const entry = [{ request: { method: 'POST', url: 'Appointment' }, resource: stranger }];
    expect(await send('POST', '', JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry }))).toBe(403);
    expect(server.requests.map((request) => request.split(' ')[0])).toEqual(['POST', 'GET']);
    expect(records.map(({ refused }) => refused)).toEqual([
      undefined,
      'unknown-object',
      undefined,
      'unlisted-patient',
      'unlisted-patient',
      'unlisted-patient',
    ]);
    expect(proxy.stop).toMatchObject({ code: 'write-outside-test-data', rule: 41 });
  });

  it('end the run', async () => {
    let base = '';
    let answered: number | undefined;
    const meddling = defineDeviation({
      id: 'meddling-product',
      title: 'Somebody writes for a patient outside the test data while the run goes on',
      caughtBy: ['read.interactions'],
      source: 'https://hl7.org/fhir/R4/http.html',
      wrap: (next) => async (request) => {
        if (request.path.endsWith('/metadata') && base !== '' && answered === undefined) {
          answered = 0;
          const body = appointment('stranger');
          answered = (await fetch(`${base}/Appointment`, { method: 'POST', headers: json, body })).status;
        }
        return next(request);
      },
    });
    const { end, events, exchanges } = await trial({
      proxy: true,
      checks: ['discovery.capability', 'read.interactions'],
      deviations: [meddling],
      change({ organization }) {
        organization['aiSystem'] = { proxy: { listener: 'proxy' } };
        base = (organization['listeners'] as Record<string, { publicUrl?: string }>)['proxy']?.publicUrl ?? '';
      },
    });
    expect(answered).toBe(403);
    expect([end.how, end.code]).toEqual(['safety-stop', 'write-outside-test-data']);
    expect(events.find(({ event }) => event === 'safety-stop')?.data).toMatchObject({ rule: 41 });
    expect(exchanges.find(({ context }) => context === 'ai-product')).toMatchObject({
      method: 'POST',
      path: 'Appointment',
      status: 403,
      refused: 'unlisted-patient',
    });
  });
});

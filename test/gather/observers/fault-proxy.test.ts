import type { Appointment, Bundle, CapabilityStatement, Patient, Slot } from 'fhir/r4.js';
import { Client } from 'fhir-kit-client';
import { afterAll, describe, expect, it, test } from 'vitest';
import type { Json } from '../../sandbox/sandbox-session.js';
import { closeSandbox, proxyTo, sandboxBehindProxy, type Behind } from './proxy-support.js';
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { serverIdentity } from '../../../src/wire/certificates.js';
import { rawServer, http } from '../../wire/raw-server.js';

afterAll(closeSandbox);

const client = 'ai-voice-bot';

const busy = (slot: Slot): Slot => ({ ...slot, status: 'busy' });

/** The AI system behind the proxy: its token, its EHR base. */
async function product(behind: Behind) {
  const { token } = await behind.ehr.signIn(client);
  const send = async (method: string, path: string, more: { headers?: Record<string, string>; body?: string } = {}) => {
    const response = await fetch(path.startsWith('http') ? path : `${behind.proxy.baseUrl}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, accept: 'application/fhir+json', ...more.headers },
      ...(more.body === undefined ? {} : { body: more.body }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: (text === '' ? undefined : JSON.parse(text)) as unknown,
    };
  };
  return send;
}

const json = { 'content-type': 'application/fhir+json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

async function freeSlot(send: Awaited<ReturnType<typeof product>>): Promise<Slot & { id: string }> {
  const { json: found } = await send('POST', 'Slot/_search', { headers: form, body: 'status=free&_count=1' });
  return (found as Bundle<Slot & { id: string }>).entry?.[0]?.resource as Slot & { id: string };
}

async function patientOf({ ehr }: Behind): Promise<Patient & { id: string }> {
  const id = ehr.organization().clinic.index.patients[0]?.id ?? '';
  return Promise.resolve({ resourceType: 'Patient', id });
}

const visit = (slot: Slot, patient: string): Appointment => ({
  resourceType: 'Appointment',
  status: 'booked',
  start: slot.start,
  end: slot.end,
  slot: [{ reference: `Slot/${slot.id}` }],
  participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
});

describe('what the AI system sees through the proxy', () => {
  it('has every address of the EHR as one of the proxy, and pages on through it', async () => {
    const behind = await sandboxBehindProxy();
    const send = await product(behind);
    const { json: first } = await send('POST', 'Slot/_search', { headers: form, body: 'status=free&_count=2' });
    const bundle = first as Bundle<Slot>;
    expect(bundle.entry?.map(({ fullUrl }) => fullUrl?.startsWith(`${behind.proxy.baseUrl}/Slot/`))).toEqual([
      true,
      true,
    ]);
    const next = bundle.link?.find(({ relation }) => relation === 'next')?.url ?? '';
    expect(next.startsWith(`${behind.proxy.baseUrl}/`) || next.startsWith(`${behind.proxy.baseUrl}?`)).toBe(true);
    const second = (await send('GET', next)).json as Bundle<Slot>;
    expect(second.entry).toHaveLength(2);
    expect(second.entry?.[0]?.resource?.id).not.toBe(bundle.entry?.[0]?.resource?.id);
    expect(JSON.stringify([first, second])).not.toContain(behind.fhirBase);
  });

  it('gets the token endpoint, issuer and keys of the EHR itself, and a sign-in address that puts its aud right', async () => {
    const behind = await sandboxBehindProxy();
    const { tokenUrl, issuer } = behind.ehr.organization();
    const found = (await (await fetch(`${behind.proxy.baseUrl}/.well-known/smart-configuration`)).json()) as Record<
      string,
      string
    >;
    expect(found).toMatchObject({ token_endpoint: tokenUrl, issuer, jwks_uri: `${issuer}/jwks` });
    expect(found['authorization_endpoint']?.startsWith(`${behind.proxy.baseUrl}/`)).toBe(true);
    const ask = new URLSearchParams({
      client_id: 'app',
      state: 's',
      aud: behind.proxy.baseUrl,
      scope: 'launch openid',
    });
    for (const sent of [
      await fetch(`${found['authorization_endpoint']}?${ask}`, { redirect: 'manual' }),
      await fetch(`${found['authorization_endpoint']}`, { method: 'POST', body: ask, redirect: 'manual' }),
    ]) {
      const target = new URL(sent.headers.get('location') ?? '');
      expect([sent.status, `${target.origin}${target.pathname}`]).toEqual([303, `${issuer}/authorize`]);
      expect(Object.fromEntries(target.searchParams)).toEqual({ ...Object.fromEntries(ask), aud: behind.fhirBase });
    }
    const metadata = (await (await fetch(`${behind.proxy.baseUrl}/metadata`)).json()) as CapabilityStatement;
    expect(metadata.implementation?.url).toBe(behind.proxy.baseUrl);
    const text = JSON.stringify(metadata);
    expect(text).toContain(`"valueUri":"${tokenUrl}"`);
    expect(text).not.toContain(`"valueUri":"${issuer}/authorize"`);
  });

  it('writes to the EHR without a trace of the proxy’s address, whatever it puts where', async () => {
    const behind = await sandboxBehindProxy();
    const send = await product(behind);
    const slot = await freeSlot(send);
    const { id: patient } = await patientOf(behind);
    const absolute = (text: string) => `${behind.proxy.baseUrl}/${text}`;
    const created = await send('POST', 'Appointment', {
      headers: { ...json, prefer: 'return=representation' },
      body: JSON.stringify({
        ...visit(slot, patient),
        participant: [{ actor: { reference: absolute(`Patient/${patient}`) }, status: 'accepted' }],
        description: `see ${absolute('Slot/1')}`,
      }),
    });
    expect(created.status).toBe(201);
    const { id } = created.json as Appointment;
    expect(created.headers.get('location')).toBe(`${behind.proxy.baseUrl}/Appointment/${id}/_history/1`);
    expect((created.json as Appointment).description).toBe(`see ${absolute('Slot/1')}`);
    const everything = JSON.stringify(behind.ehr.organization().store.snapshot());
    expect(everything).not.toContain(new URL(behind.proxy.baseUrl).host);
    const stored = behind.ehr.organization().store.get('Appointment', id ?? '')?.resource as Appointment;
    expect(stored.participant[0]?.actor?.reference).toBe(`${behind.fhirBase}/Patient/${patient}`);
    expect(stored.description).toBe(`see ${behind.fhirBase}/Slot/1`);
    const again = await send('POST', 'Appointment/_search', {
      headers: form,
      body: new URLSearchParams({ patient: absolute(`Patient/${patient}`), _id: id ?? '' }).toString(),
    });
    expect((again.json as Bundle).entry).toHaveLength(1);
    const byAddress = await send(
      'GET',
      `Appointment?_id=${id}&patient=${encodeURIComponent(absolute(`Patient/${patient}`))}`,
    );
    expect((byAddress.json as Bundle).entry).toHaveLength(1);
  });

  it('gets the bytes it would get without it, but for addresses', async () => {
    const head =
      'HTTP/1.1 200 Fine\r\nX-Odd: 1\r\ncontent-TYPE: application/json\r\nETag: W/"7"\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n';
    const body = '{ "v":1.10 }';
    const server = await rawServer((socket) => {
      socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    });
    const { proxy } = await proxyTo(`${server.origin}/r4`);
    const { converse } = await import('./proxy-support.js');
    const { port, pathname, host } = new URL(proxy.baseUrl);
    const lines = (target: string, at: string) =>
      `GET ${target} HTTP/1.1\r\nACCEPT: application/json\r\nhost: ${at}\r\nX-First: 1\r\nconnection: close\r\n\r\n`;
    const through = await converse(Number(port), lines(`${pathname}/Slot/1`, host));
    expect(through.replace('Connection: close\r\n', '')).toBe(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    expect(server.requests).toEqual([
      `GET /r4/Slot/1 HTTP/1.1\r\nACCEPT: application/json\r\nhost: ${new URL(server.origin).host}\r\nX-First: 1\r\nconnection: keep-alive\r\n\r\n`,
    ]);
  });
});

describe('what the run learns', () => {
  it('keeps templates, names and counts, and no value, id or token', async () => {
    const behind = await sandboxBehindProxy();
    const send = await product(behind);
    const slot = await freeSlot(send);
    await send('GET', `Slot/${slot.id}`);
    await send('GET', 'Patient?family=Meyer&birthdate=1980-01-01');
    expect(
      behind.records.map(({ method, path, interaction, status, upstreamStatus }) => [
        method,
        path,
        interaction,
        status,
        upstreamStatus,
      ]),
    ).toEqual([
      ['POST', 'Slot/_search?status&_count', 'search', 200, 200],
      ['GET', 'Slot/{id}', 'read', 200, 200],
      ['GET', 'Patient?family&birthdate', 'search', 200, 200],
    ]);
    expect(behind.records.map(({ tellingInUrl }) => tellingInUrl)).toEqual([[], [], ['family', 'birthdate']]);
    const kept = JSON.stringify(behind.records);
    for (const value of [slot.id, 'Meyer', '1980-01-01', 'Bearer']) expect(kept).not.toContain(value);
  });

  it('knows which version of an object the AI system read before it wrote, in its order', async () => {
    const behind = await sandboxBehindProxy();
    const send = await product(behind);
    const slot = await freeSlot(send);
    const { id: patient } = await patientOf(behind);
    const created = await send('POST', 'Appointment', { headers: json, body: JSON.stringify(visit(slot, patient)) });
    const id = /Appointment\/([^/]+)/.exec(created.headers.get('location') ?? '')?.[1] ?? '';
    const since = performance.now();
    const cancel = (ifMatch: string) =>
      send('PATCH', `Appointment/${id}`, {
        headers: { 'content-type': 'application/json-patch+json', 'if-match': ifMatch },
        body: JSON.stringify([{ op: 'replace', path: '/status', value: 'cancelled' }]),
      });
    await send('GET', `Appointment/${id}`);
    await cancel('W/"9"');
    await cancel('W/"1"');
    const reference = `Appointment/${id}`;
    expect(
      behind.proxy
        .seen({ reference, since })
        .map(({ kind, status, version, ifMatch, readBefore }) => ({ kind, status, version, ifMatch, readBefore })),
    ).toEqual([
      { kind: 'read', status: 200, version: '1', ifMatch: undefined, readBefore: undefined },
      { kind: 'write', status: 412, version: undefined, ifMatch: '9', readBefore: '1' },
      { kind: 'write', status: 200, version: '2', ifMatch: '1', readBefore: '1' },
    ]);
    expect(behind.proxy.seen({ reference })).toHaveLength(4);
    expect(behind.records.slice(-3).map(({ ifMatch }) => ifMatch)).toEqual([undefined, 'not-as-read', 'as-read']);
  });
});

describe('faults, switched while it runs', () => {
  it('answers in the EHR’s place, so often as it is told, and only where it is told', async () => {
    const behind = await sandboxBehindProxy();
    const send = await product(behind);
    const slot = await freeSlot(send);
    const path = `Slot/${slot.id}`;
    for (const [fault, status] of [
      ['403', 403],
      ['404', 404],
      ['429', 429],
      ['500', 500],
      ['503', 503],
      ['412', 412],
      ['expired-token', 401],
    ] as const) {
      const injected = behind.proxy.inject({
        fault,
        when: { interaction: 'read', resourceType: 'Slot' },
        times: 1,
        retryAfterS: 7,
      });
      expect((await send('GET', 'Slot?status=free&_count=1')).status).toBe(200);
      const met = await send('GET', path);
      expect([met.status, (met.json as { resourceType: string }).resourceType]).toEqual([status, 'OperationOutcome']);
      expect(met.headers.get('retry-after')).toBe(status === 429 || status === 503 ? '7' : null);
      expect((await send('GET', path)).status).toBe(200);
      expect(injected.hits()).toBe(1);
      injected.remove();
    }
    const met = behind.records.filter(({ fault }) => fault !== undefined);
    expect(met.map(({ fault, upstreamStatus }) => [fault, upstreamStatus])).toEqual(
      ['403', '404', '429', '500', '503', '412', 'expired-token'].map((fault) => [fault, undefined]),
    );
  });

  it('says of every patient that another one stands in the place, and leaves the rest as it is', async () => {
    const behind = await sandboxBehindProxy();
    const send = await product(behind);
    const rows = (json: unknown) =>
      ((json as Bundle<Patient>).entry ?? []).flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
    const replacedBy = 'Patient/survivor';
    const search = async () => rows((await send('GET', 'Patient?_count=2')).json);
    const before = await search();
    const injected = behind.proxy.inject({
      fault: 'merged-patient',
      replacedBy,
      when: { interaction: 'any', resourceType: 'Patient' },
    });
    const merged = { active: false, link: [{ other: { reference: replacedBy }, type: 'replaced-by' }] };
    expect(before).toHaveLength(2);
    expect(await search()).toEqual(before.map((each) => ({ ...each, ...merged })));
    const path = `Patient/${before[0]?.id}`;
    expect((await send('GET', path)).json).toEqual({ ...before[0], ...merged });
    expect((await send('GET', 'Patient/nobody')).json).toMatchObject({ resourceType: 'OperationOutcome' });
    injected.remove();
    expect((await send('GET', path)).json).toEqual(before[0]);
    expect(behind.records.slice(-4).map(({ fault }) => fault)).toEqual([
      'merged-patient',
      'merged-patient',
      'merged-patient',
      undefined,
    ]);
  });

  it('shows a page instead of the record, the record of before, or half of it', async () => {
    const behind = await sandboxBehindProxy();
    const send = await product(behind);
    const slot = await freeSlot(send);
    const when = { interaction: 'read', path: `Slot/${slot.id}` } as const;
    const page = behind.proxy.inject({ fault: 'wrong-content', when });
    const shown = await fetch(`${behind.proxy.baseUrl}/Slot/${slot.id}`);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    page.remove();
    const half = behind.proxy.inject({ fault: 'truncated', when });
    await expect(send('GET', `Slot/${slot.id}`)).rejects.toThrow();
    half.remove();
    const stale = behind.proxy.inject({ fault: 'stale-read', when });
    const first = await send('GET', `Slot/${slot.id}`);
    behind.ehr.organization().store.transaction((writer) => writer.update(busy(slot)));
    expect((await send('GET', `Slot/${slot.id}`)).text).toBe(first.text);
    expect(stale.hits()).toBe(2);
    stale.remove();
    expect(((await send('GET', `Slot/${slot.id}`)).json as Slot).status).toBe('busy');
  });

  it('drops the connection before the EHR hears of it, after some time, or after the EHR has done the work', async () => {
    const behind = await sandboxBehindProxy();
    const send = await product(behind);
    const slot = await freeSlot(send);
    const { id: patient } = await patientOf(behind);
    const booked = () => [...behind.ehr.organization().store.all('Appointment')].length;
    const before = booked();
    const book = () => send('POST', 'Appointment', { headers: json, body: JSON.stringify(visit(slot, patient)) });
    for (const rule of [{ fault: 'refuse' }, { fault: 'stall', stallMs: 20 }] as const) {
      const injected = behind.proxy.inject({ ...rule, when: { interaction: 'write' } });
      await expect(book()).rejects.toThrow();
      injected.remove();
      expect(booked()).toBe(before);
    }
    const dropped = behind.proxy.inject({
      fault: 'drop-answer',
      when: { interaction: 'write', resourceType: 'Appointment' },
    });
    await expect(book()).rejects.toThrow();
    dropped.remove();
    expect(booked()).toBe(before + 1);
    expect(
      behind.records.slice(-3).map(({ fault, status, upstreamStatus }) => [fault, status, upstreamStatus]),
    ).toEqual([
      ['refuse', 0, undefined],
      ['stall', 0, undefined],
      ['drop-answer', 0, 201],
    ]);
    const [write] = behind.proxy.seen({}).filter(({ kind }) => kind === 'write');
    expect(write).toMatchObject({ kind: 'write', status: 0, upstreamStatus: 201, version: '1', fault: 'drop-answer' });
  });

  it('lets something happen in the EHR between the sending and the arrival of a write', async () => {
    const behind = await sandboxBehindProxy();
    const send = await product(behind);
    const slot = await freeSlot(send);
    const { id: patient } = await patientOf(behind);
    behind.proxy.inject({
      fault: 'pass',
      when: { interaction: 'write', resourceType: 'Appointment' },
      times: 1,
      meanwhile: () => {
        behind.ehr.organization().store.transaction((writer) => writer.update(busy(slot)));
        return Promise.resolve();
      },
    });
    const answer = await send('POST', 'Appointment', { headers: json, body: JSON.stringify(visit(slot, patient)) });
    expect(answer.status).toBe(409);
  });
});

it.each(['gzip', 'deflate', 'br'] as const)(
  'exchanges addresses in %s too, and announces it still',
  async (encoding) => {
    const compress = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[encoding];
    const server = await rawServer((socket) => {
      const body = compress(JSON.stringify({ fullUrl: `${server.origin}/r4/Slot/1`, v: 1 }));
      socket.write(http(200, { 'content-type': 'application/fhir+json', 'content-encoding': encoding }, body));
    });
    const { proxy } = await proxyTo(`${server.origin}/r4`);
    const answer = await fetch(`${proxy.baseUrl}/Slot/1`);
    expect(answer.headers.get('content-encoding')).toBe(encoding);
    expect(await answer.json()).toEqual({ fullUrl: `${proxy.baseUrl}/Slot/1`, v: 1 });
    const sent = gzipSync(JSON.stringify({ url: `${proxy.baseUrl}/Slot/1` }));
    await fetch(`${proxy.baseUrl}/Slot`, {
      method: 'POST',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: sent,
    });
    const received = Buffer.from(server.requests[1]?.split('\r\n\r\n').slice(1).join('\r\n\r\n') ?? '', 'latin1');
    expect(gunzipSync(received).toString()).toBe(JSON.stringify({ url: `${server.origin}/r4/Slot/1` }));
  },
);

it('ends the run when the EHR behind it is another all of a sudden', async () => {
  const [first, second] = [await serverIdentity(), await serverIdentity()];
  const server = await rawServer((socket) => socket.end(http(200, { ...json, connection: 'close' }, '{}')), {
    tls: { key: first.key, cert: first.cert },
  });
  const { proxy } = await proxyTo(`${server.origin}/r4`, { tls: { ca: `${first.ca}\n${second.ca}` } });
  expect((await fetch(`${proxy.baseUrl}/Slot/1`)).status).toBe(200);
  server.replaceIdentity(second);
  await expect(fetch(`${proxy.baseUrl}/Slot/1`)).rejects.toThrow();
  expect(proxy.stop).toMatchObject({ code: 'peer-changed', rule: 3 });
});

describe('bodies it does not look into', () => {
  it('streams a Binary in both directions, and what it cannot hold', async () => {
    const large = Buffer.alloc(3 * 1_048_576, 'x');
    const server = await rawServer((socket, request) => {
      if (request.startsWith('GET /r4/Slot/1')) {
        socket.write(
          http(200, { 'content-type': 'application/fhir+json' }, `{"a":"http://127.0.0.1/${'y'.repeat(2_000)}"}`),
        );
      } else
        socket.write(
          http(200, { 'content-type': 'application/pdf', 'x-got': String(request.length > 3_000_000) }, large),
        );
    });
    const { proxy, records } = await proxyTo(`${server.origin}/r4`, { heldBytes: 1_024 });
    const sent = await fetch(`${proxy.baseUrl}/Binary`, {
      method: 'POST',
      body: large,
      headers: { 'content-type': 'application/pdf' },
    });
    expect(sent.headers.get('x-got')).toBe('true');
    expect((await sent.arrayBuffer()).byteLength).toBe(large.length);
    expect(await (await fetch(`${proxy.baseUrl}/Slot/1`)).json()).toMatchObject({
      a: expect.stringContaining('yyy') as string,
    });
    const refused = await fetch(`${proxy.baseUrl}/Slot`, {
      method: 'POST',
      body: `"${'z'.repeat(2_000)}"`,
      headers: json,
    });
    expect(refused.status).toBe(413);
    expect(records.map(({ bytes, unparsed, status }) => [status, bytes > 2_000, unparsed ?? false])).toEqual([
      [200, true, false],
      [200, true, true],
      [413, false, false],
    ]);
  });
});

test('a client of others works through it unchanged: discovery, pages, create, conflict', async () => {
  const behind = await sandboxBehindProxy();
  const { tokenUrl } = behind.ehr.organization();
  const kit = new Client({ baseUrl: behind.proxy.baseUrl });
  expect((await kit.smartAuthMetadata()).tokenUrl?.href).toBe(tokenUrl);
  kit.bearerToken = (await behind.ehr.signIn('event-source')).token;
  const first = (await kit.search({ resourceType: 'Slot', searchParams: { status: 'free', _count: 40 } })) as Json;
  const found = new Set<string>();
  for (let page: Json | undefined = first; page; page = (await kit.nextPage({ bundle: page as never })) as Json) {
    for (const { resource } of page.entry ?? []) found.add(resource.id ?? '');
  }
  expect(found.size).toBe(first.total);
  const { patients, orders } = behind.ehr.organization().clinic.index;
  const body = {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    focus: { reference: `${behind.proxy.baseUrl}/ServiceRequest/${orders[0]?.id}` },
    for: { reference: `Patient/${patients[0]?.id}` },
  } as const;
  const created = (await kit.create({ resourceType: 'Task', body })) as Json;
  const id = created.id ?? '';
  const update = (version: string) =>
    kit.update({
      resourceType: 'Task',
      id,
      body: { ...created, status: 'received' } as never,
      options: { headers: { 'If-Match': `W/"${version}"` } },
    });
  expect(await update('1')).toMatchObject({ meta: { versionId: '2' } });
  await expect(update('1')).rejects.toMatchObject({ response: { status: 412 } });
  expect(JSON.stringify(behind.ehr.organization().store.snapshot())).not.toContain(new URL(behind.proxy.baseUrl).host);
});

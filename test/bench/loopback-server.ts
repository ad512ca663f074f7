import { fork } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Bundle, Patient, Resource } from 'fhir/r4.js';
import { serverIdentity } from '../../src/wire/certificates.js';

/** Delay of one answer, in milliseconds, by how many requests came before; and one time in which nothing is answered. */
export interface Injection {
  readonly delaysMs: readonly number[];
  readonly stall?: { readonly afterMs: number; readonly forMs: number };
}

export interface LoopbackServer {
  readonly origin: string;
  /** PEM; absent on plain http. */
  readonly ca: string | undefined;
  /** From now on answers are late like this; what was injected before is forgotten. */
  inject(injection: Injection): Promise<void>;
  /** Milliseconds between each request and its answer on the server's own clock, in order of arrival. */
  injected(): Promise<number[]>;
  stop(): Promise<void>;
}

type Message = { readonly inject: Injection } | { readonly report: true };

/** A small FHIR server in a process of its own: `GET /fhir/Patient/{id}`, a search that finds `rows` slots, `GET /fhir/Binary/{bytes}`. */
export async function startLoopbackServer(options: { tls: boolean; rows: number }): Promise<LoopbackServer> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], { stdio: 'inherit' });
  const answer = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error('the loopback server ended'));
      child.once('exit', gone);
      child.once('message', (message) => {
        child.off('exit', gone);
        resolve(message as T);
      });
    });
  const ask = <T>(message: Message): Promise<T> => {
    const answered = answer<T>();
    child.send(message);
    return answered;
  };
  const { origin, ca } = await answer<{ origin: string; ca?: string }>();
  return {
    origin,
    ca,
    inject: (injection) => ask({ inject: injection }),
    injected: () => ask({ report: true }),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill();
      }),
  };
}

function patient(id: string): Patient {
  return {
    resourceType: 'Patient',
    id,
    meta: { versionId: '1', lastUpdated: '2026-01-05T09:00:00.000Z' },
    identifier: [{ system: 'urn:example:mrn', value: '000123' }],
    name: [{ use: 'official', family: 'Example', given: ['Ada', 'B'] }],
    telecom: [{ system: 'phone', value: '+1-555-0100', use: 'home' }],
    gender: 'female',
    birthDate: '1970-01-01',
    address: [{ line: ['1 Example Road'], city: 'Lakeside', postalCode: '00001' }],
  };
}

function searchset(rows: number): Bundle {
  const slot = (index: number): Resource =>
    ({
      resourceType: 'Slot',
      id: `slot-${index}`,
      meta: { versionId: '3', lastUpdated: '2026-01-05T09:00:00.000Z' },
      serviceType: [{ coding: [{ system: 'urn:example:visit', code: 'follow-up', display: 'Follow-up visit' }] }],
      schedule: { reference: 'Schedule/north-1' },
      status: 'free',
      start: '2026-02-02T09:00:00.000Z',
      end: '2026-02-02T09:20:00.000Z',
    }) as Resource;
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: rows,
    link: [{ relation: 'self', url: 'https://example.org/Slot' }],
    entry: Array.from({ length: rows }, (_, index) => ({
      fullUrl: `https://example.org/Slot/slot-${index}`,
      resource: slot(index),
      search: { mode: 'match' as const },
    })),
  };
}

/** So many bytes, never held at once. */
function respondLarge(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'application/dicom', 'content-length': bytes });
  const chunk = Buffer.alloc(65_536, 'x');
  let left = bytes;
  const write = (): void => {
    while (left > 0) {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      left -= part.length;
      if (!response.write(part)) {
        response.once('drain', write);
        return;
      }
    }
    response.end();
  };
  write();
}

async function serve({ tls, rows }: { tls: boolean; rows: number }): Promise<void> {
  const bodies = { read: JSON.stringify(patient('p-1')), search: JSON.stringify(searchset(rows)) };
  let injection: Injection = { delaysMs: [] };
  let stalledFromMs = Number.POSITIVE_INFINITY;
  const arrivals: { readonly atMs: number; answeredAfterMs: number }[] = [];

  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    const binary = /^\/fhir\/Binary\/(\d+)$/.exec(request.url ?? '')?.[1];
    if (binary !== undefined) return respondLarge(response, Number(binary));
    const arrival = { atMs: performance.now(), answeredAfterMs: Number.NaN };
    const [first = arrival] = arrivals;
    if (arrivals.length === 0 && injection.stall !== undefined) stalledFromMs = first.atMs + injection.stall.afterMs;
    const { delaysMs, stall } = injection;
    let dueMs = arrival.atMs + (delaysMs[arrivals.length % Math.max(1, delaysMs.length)] ?? 0);
    const stallEndsMs = stalledFromMs + (stall?.forMs ?? 0);
    if (dueMs > stalledFromMs && arrival.atMs < stallEndsMs) dueMs = Math.max(dueMs, stallEndsMs);
    arrivals.push(arrival);
    const send = (): void => {
      arrival.answeredAfterMs = performance.now() - arrival.atMs;
      const body = request.method === 'GET' ? bodies.read : bodies.search;
      response.writeHead(200, {
        'content-type': 'application/fhir+json;charset=utf-8',
        'content-length': Buffer.byteLength(body),
        etag: 'W/"1"',
        'cache-control': 'no-store',
      });
      response.end(body);
    };
    request.resume();
    if (dueMs > arrival.atMs) setTimeout(send, dueMs - performance.now());
    else request.once('end', send);
  };
  const identity = tls ? await serverIdentity() : undefined;
  const server =
    identity === undefined
      ? createHttpServer(respond)
      : createHttpsServer({ key: identity.key, cert: identity.cert }, respond);
  server.keepAliveTimeout = 60_000;
  process.on('message', (message: Message) => {
    if ('report' in message) process.send?.(arrivals.map(({ answeredAfterMs }) => answeredAfterMs));
    else {
      injection = message.inject;
      stalledFromMs = Number.POSITIVE_INFINITY;
      arrivals.length = 0;
      process.send?.({});
    }
  });
  process.on('disconnect', () => process.exit());
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({
      origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
      ...(identity === undefined ? {} : { ca: identity.ca }),
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(JSON.parse(process.argv[2] ?? '{}') as never);

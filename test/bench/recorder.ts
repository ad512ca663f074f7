import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Pool } from 'undici';
import { AccessRecorder } from '../../src/gather/access-record.js';
import { Recorder, scopeFor } from '../../src/gather/recorder.js';
import { createRunFolder } from '../../src/gather/run-folder.js';
import { TemplateBudget } from '../../src/gather/template-match.js';
import { openDoor } from '../../src/wire/door.js';
import { TokenBucket } from '../../src/wire/token-bucket.js';
import { startLoopbackServer, type LoopbackServer } from './loopback-server.js';
import { hand, median, placesOfSection } from './row.js';

const rounds = 11;
const requestsPerRound = 800;
const concurrency = 8;
/** Faster than any EHR. Without it the server is the bottleneck of one side and sleeps between the other's requests. */
const answersAfterMs = 5;
const mostWallTimes = 1.3;
const mostCpuTimes = 1.5;

const places = placesOfSection();
const server = await startLoopbackServer({ tls: true, rows: 28 });
await server.inject({ delaysMs: [answersAfterMs] });
const credential = `Bearer ${'t'.repeat(43)}`;
const criteria = [
  ['schedule', 'Schedule/north-1'],
  ['start', 'ge2026-02-02'],
  ['status', 'free'],
] as const;

/** A read and a search in turn, by both; answers are as large as those of the demo, 6 kB on average. */
async function recorded(): Promise<(index: number) => Promise<void>> {
  const door = openDoor({
    origins: [{ origin: server.origin, purpose: 'fhir', tls: { ca: server.ca ?? '' } }],
    connectionsPerOrigin: concurrency,
  });
  await mkdir(places.runs, { recursive: true });
  const folder = await createRunFolder(join(places.runs, '..', 'recorder'), 'recorder', []);
  const organization = { metadata: { id: 'bench' }, testData: { patients: [{ alias: 'one', id: 'p-1' }] } };
  const recorder = new Recorder({
    door,
    bases: { fhir: `${server.origin}/fhir` },
    pacing: new TokenBucket({ requestsPerSecond: Number.POSITIVE_INFINITY, concurrency }),
    evidence: folder.evidence,
    now: () => new Date(),
    signal: new AbortController().signal,
    repeatAfterMs: 100,
    accesses: new AccessRecorder('recorder', organization as never),
    bindingOf: () => 'ai',
  });
  const budget = new TemplateBudget('bench', [
    { context: 'ai', method: 'GET', path: 'Patient/{id}', most: 1e9 },
    { context: 'ai', method: 'POST', path: 'Slot/_search?schedule&start&status', most: 1e9 },
  ]);
  const scope = scopeFor('bench', 'run', budget);
  return async (index) => {
    const answer = await recorder.send(
      scope,
      'ai',
      index % 2 === 0
        ? { method: 'GET', path: 'Patient/p-1' }
        : { method: 'POST', path: 'Slot/_search', form: criteria },
      credential,
    );
    if (answer.resource === undefined) throw new Error(`the recorder got ${answer.status}`);
  };
}

function bare({ origin, ca }: LoopbackServer): (index: number) => Promise<void> {
  const pool = new Pool(origin, { connections: concurrency, connect: ca === undefined ? {} : { ca } });
  const headers = { accept: 'application/fhir+json', authorization: credential };
  const form = new URLSearchParams(criteria.map(([name, value]): [string, string] => [name, value])).toString();
  return async (index) => {
    const { body, statusCode } = await pool.request(
      index % 2 === 0
        ? { method: 'GET', path: '/fhir/Patient/p-1', headers }
        : {
            method: 'POST',
            path: '/fhir/Slot/_search',
            headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
            body: form,
          },
    );
    const { resourceType } = (await body.json()) as { resourceType?: string };
    if (resourceType === undefined) throw new Error(`undici got ${statusCode}`);
  };
}

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function round(send: (index: number) => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < requestsPerRound) await send(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - startedMs, cpuMs: (user + system) / 1_000 };
}

const senders = [bare(server), await recorded()] as const;
for (const send of senders) await round(send);
const costs: [Cost[], Cost[]] = [[], []];
for (let turn = 0; turn < rounds; turn++) {
  // First one, then the other begins.
  for (const which of turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
    costs[which].push(await round(senders[which]));
}
const row = (name: string, of: keyof Cost, most: number) => {
  const ratios = costs[1].map((cost, turn) => cost[of] / (costs[0][turn]?.[of] ?? Number.NaN));
  const each = (which: 0 | 1): string => (median(costs[which].map((cost) => cost[of])) / requestsPerRound).toFixed(3);
  const ratio = median(ratios);
  return {
    what: `recorder and pacing over bare undici: ${name}`,
    measured: `${each(1)} ms a request, undici ${each(0)} ms`,
    budget: `<= ${most} x`,
    ratio,
    ok: ratio <= most,
  };
};
hand([row('wall', 'wallMs', mostWallTimes), row('CPU', 'cpuMs', mostCpuTimes)]);
await server.stop();
process.exit();

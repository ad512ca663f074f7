import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProbeTools } from '../../src/gather/probe.js';
import { Recorder, scopeFor } from '../../src/gather/recorder.js';
import { createRunFolder } from '../../src/gather/run-folder.js';
import { Lane } from '../../src/gather/series/lane.js';
import { runSeries } from '../../src/gather/series/run-series.js';
import type { SeriesPlan } from '../../src/gather/series/sampling-plan.js';
import { takeSearches } from '../../src/gather/series/searches.js';
import { TemplateBudget } from '../../src/gather/template-match.js';
import { judgeSeries } from '../../src/model/latency-series.js';
import { openDoor } from '../../src/wire/door.js';
import { TokenBucket } from '../../src/wire/token-bucket.js';
import { startLoopbackServer, type Injection } from './loopback-server.js';
import { hand, milliseconds, placesOfSection, type Row } from './row.js';

const samples = 400;
const cold = 5;
const ratePerMinute = 6_000;
const percentiles = [50, 95, 99];
const allowedMs = 2;
const allowedShare = 0.02;
/** Longer than anything injected: a series ends at its look, not because a budget is broken. */
const budgetMs = 10_000;
const inFlight = 400;

const uniform = (from: number, to: number): number => from + (to - from) * Math.random();
const injections: readonly (Injection & { readonly name: string })[] = [
  { name: 'fixed 40 ms', delaysMs: [40] },
  {
    name: '20 or 200 ms, one in ten late',
    delaysMs: Array.from({ length: 1_000 }, () => (Math.random() < 0.1 ? uniform(195, 205) : uniform(18, 22))),
  },
  { name: '30 ms with a stall of 1 s', delaysMs: [30], stall: { afterMs: 1_500, forMs: 1_000 } },
];

const places = placesOfSection();
await mkdir(places.runs, { recursive: true });
// Plain http: how long a handshake takes is not what is injected.
const server = await startLoopbackServer({ tls: false, rows: 5 });
const pace = { requestsPerSecond: Number.POSITIVE_INFINITY, concurrency: inFlight };
const lateness = monitorEventLoopDelay({ resolution: 5 });
lateness.enable();
const rows: Row[] = [];
for (const [index, injection] of injections.entries()) {
  await server.inject(injection);
  const door = openDoor({ origins: [{ origin: server.origin, purpose: 'fhir' }], connectionsPerOrigin: inFlight });
  const folder = await createRunFolder(join(places.runs, '..', `percentiles-${index}`), 'series', []);
  const { signal } = new AbortController();
  const recorder = new Recorder({
    door,
    bases: { fhir: `${server.origin}/fhir` },
    pacing: new TokenBucket(pace),
    evidence: folder.evidence,
    now: () => new Date(),
    signal,
    repeatAfterMs: 100,
  });
  const search = { context: 'ai', method: 'POST', path: 'Slot/_search?status', most: samples * 2 } as const;
  const scope = scopeFor('latency-series', 'run', new TemplateBudget('latency-series', [search]));
  const tools = {
    signal,
    clients: { ai: { send: (request: Parameters<typeof recorder.send>[2]) => recorder.send(scope, 'ai', request) } },
  } as unknown as Pick<ProbeTools, 'clients' | 'signal'>;
  const searches = new Map([['slot', [{ type: 'Slot', parameters: [['status', 'free'] as const] }]]]);
  const lane = new Lane(pace);
  const { logs, blocks } = await runSeries({
    plan: planOf(),
    lane,
    random: Math.random,
    signal,
    take: (task) => takeSearches(tools, lane, searches, task),
    control: () => Promise.resolve(true),
  });
  const injected = (await server.injected()).slice(cold);
  await door.close();
  const series = logs[0]!.series({ ratePerMinute, simulator: true }, blocks);
  for (const percentile of percentiles) {
    const { intervalMs, n } = judgeSeries(series, { percentile, budgetMs }).data;
    rows.push(rowOf(injection.name, percentile, { injected, samples: series.samples, intervalMs, n }));
  }
}
// On a machine that does other things this is what the samples are late by, and no fault of the engine.
const lateMs = (percentile: number): string => milliseconds(lateness.percentile(percentile) / 1e6 - 5);
rows.push({ what: 'percentiles: event loop late, p50 and p95', measured: `${lateMs(50)}, ${lateMs(95)}`, budget: '' });
hand(rows);
await server.stop();
process.exit();

/** Searches at a high rate, one look, nothing else. */
function planOf(): SeriesPlan {
  const looks = [{ n: samples, passAt: samples, failAt: null }];
  const target = { percentile: 95, budgetMs };
  const read: Pick<SeriesPlan, ReadByRunSeries> = {
    tracks: [{ subject: 'budget:read', part: 'read', target, looks, resources: ['slot'] }],
    cold,
    looks: [samples],
    blocks: 1,
    blockPauseMs: 0,
    ratePerMinute,
    mostSamples: samples * 2,
  };
  return read as SeriesPlan;
}

type ReadByRunSeries = 'tracks' | 'cold' | 'looks' | 'blocks' | 'blockPauseMs' | 'ratePerMinute' | 'mostSamples';

interface Seen {
  readonly injected: readonly number[];
  readonly samples: readonly (readonly [number, number | null])[];
  readonly intervalMs: readonly [number | null, number | null];
  readonly n: number;
}

/**
 * The printed interval has to hold the percentile of what was injected; where n carries no upper end, its lower one has
 * to. The sample at the percentile's rank may lie above the injected one by 2 ms or 2 %, whichever is more: the way there
 * and back is in it.
 */
function rowOf(name: string, percentile: number, { injected, samples: measured, intervalMs, n }: Seen): Row {
  const rank = Math.ceil((percentile / 100) * n) - 1;
  const ranked = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[rank] ?? Number.NaN;
  const truth = ranked(injected);
  const upper = ranked(measured.map(([, upperMs]) => upperMs ?? Number.POSITIVE_INFINITY));
  const allowed = Math.max(allowedMs, truth * allowedShare);
  const [from, to] = intervalMs;
  const holds = (from ?? 0) - allowed <= truth && truth <= (to ?? Number.POSITIVE_INFINITY);
  const exact = upper >= truth - allowed && upper - truth <= allowed;
  const shown = (value: number | null): string => (value === null ? 'none' : milliseconds(value));
  return {
    what: `percentiles: ${name}, p${percentile}, n = ${n}`,
    measured: `${milliseconds(upper)} in ${shown(from)} to ${shown(to)}, injected ${milliseconds(truth)}`,
    budget: `+- ${milliseconds(allowed)}, interval holds it`,
    ok: holds && exact && n === samples && injected.length >= samples,
  };
}

import autocannon from 'autocannon';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadChecks } from '../../src/cli/check-catalog.js';
import { prepareRun } from '../../src/cli/execute-run.js';
import type { Contract } from '../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';
import type { RecordedFact } from '../../src/model/fact.js';
import { judgeSeries, type LatencySeries } from '../../src/model/latency-series.js';
import { defineDeviation } from '../../src/sandbox/deviation.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { reusedKeys } from '../support/client-keys.js';
import { startBeside, writeDocuments } from '../support/trial.js';
import { openLateDoor, type Lateness } from './late-door.js';
import { hand, milliseconds, placesOfSection, type Row } from './row.js';

/**
 * How true the time from an event to the record is. Events reach a reference product through a door that holds them back
 * by known delays; the sandbox notes when it has stored what the product wrote for each. The intervals the tool prints
 * have to hold the percentiles of these times, which nobody told it.
 */
const percentiles = [50, 95, 99];
/** Nothing injected comes near it: a series ends at its first look for p99, 349 samples. */
const budgetMs = 20_000;
const cold = 5;
const leastEvents = 1_000;
/** The way to the door and back, which is in our time and in none of the door's. */
const allowedMs = 5;

const stall = { afterMs: 3_000, forMs: 1_000 };
const lateness: readonly (Lateness & { readonly name: string })[] = [
  { name: '300 ms', delaysMs: [300] },
  { name: '100 ms, one in ten 1,500 ms', delaysMs: [...Array.from({ length: 9 }, () => 100), 1_500] },
  { name: '150 ms and a stall of 1 s', delaysMs: [150], stall },
];

const places = placesOfSection();
const packagePlaces = { checksFolder: new URL('dist/checks/', places.package), packageFolder: places.package };
const checks = await loadChecks(packagePlaces.checksFolder);
const folder = await mkdtemp(join(places.runs, '..', 'accuracy-'));
const stored = new Map<string, number>();
const sandbox = await startSandbox({
  keysFolder: folder,
  createKey: reusedKeys(),
  organizations: ['lakeside'],
  deviations: [
    defineDeviation({
      id: 'noted-when-stored',
      title: 'Nothing is wrong; when each visit was stored is noted',
      caughtBy: ['latency.event-to-record'],
      source: 'https://hl7.org/fhir/R4/http.html#create',
      wrap: (next) => async (request) => {
        const response = await next(request);
        const atMs = performance.now();
        if (request.method === 'POST' && request.path.endsWith('/Appointment') && response.status === 201) {
          const { identifier } = JSON.parse(Buffer.from(request.body).toString()) as {
            identifier?: { value?: string }[];
          };
          for (const { value } of identifier ?? []) if (value !== undefined) stored.set(value, atMs);
        }
        return response;
      },
    }),
  ],
});
const product = await startBeside(sandbox, folder, 'integrated');
const door = await openLateDoor(product.webhookUrl);
const rows: Row[] = [];
let events = 0;
try {
  const files = await writeDocuments(sandbox, folder, { change: onlyTheCall }, [], product);
  for (const each of lateness) {
    door.begin(each);
    const series = await seriesOf(files);
    const acted = actedMs().slice(cold);
    events += series.samples.length;
    for (const percentile of percentiles) rows.push(rowOf(each.name, percentile, series, acted));
  }
  rows.push({
    what: 'accuracy: events told and found',
    measured: `${events}`,
    budget: `>= ${leastEvents}`,
    ok: events >= leastEvents,
  });
  rows.push(await closedAndOpenLoop());
} finally {
  await door.close();
  await product.stop();
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
}
hand(rows);
process.exit();

/** Nothing is measured but the time from the call to the visit. */
function onlyTheCall(documents: { contract: Record<string, unknown>; organization: Record<string, unknown> }): void {
  const contract = documents.contract as { latency?: Contract['latency']; overrides?: Contract['overrides'] };
  contract.overrides = (contract.overrides ?? []).filter(({ path }) => !path.startsWith('latency['));
  contract.latency = (contract.latency ?? [])
    .filter(({ id }) => id === 'call-to-visit')
    .map((entry) => ({ ...entry, percentile: 99, budget: `PT${budgetMs / 1_000}S` }));
  const { aiSystem } = documents.organization as unknown as OrganizationProfile;
  if (aiSystem?.webhook !== undefined) aiSystem.webhook.url = door.url;
}

async function seriesOf(files: Awaited<ReturnType<typeof writeDocuments>>): Promise<LatencySeries> {
  const prepared = await prepareRun(
    {
      ...files,
      writes: 'all',
      gate: 'none',
      selected: ['latency.event-to-record'],
      output: join(folder, 'runs'),
      signal: new AbortController().signal,
    },
    packagePlaces,
    checks,
  );
  const gathered = await prepared.execute();
  const fact = (await readFile(join(gathered.folder, 'evidence.ndjson'), 'utf8'))
    .split('\n')
    .filter((line) => line.includes('"kind":"latency-series"'))
    .map((line) => JSON.parse(line) as RecordedFact)
    .find(({ subject }) => subject === 'budget:call-to-visit');
  if (fact === undefined || !Array.isArray((fact.value as Partial<LatencySeries>).samples)) {
    throw new Error('no event was timed');
  }
  return fact.value as LatencySeries;
}

/** From the arrival of each event at the door to its visit in the EHR, in order of arrival. */
function actedMs(): number[] {
  return [...door.arrived].flatMap(([identifier, atMs]) => {
    const storedMs = stored.get(identifier);
    return storedMs === undefined ? [] : [storedMs - atMs];
  });
}

function rowOf(name: string, percentile: number, series: LatencySeries, acted: readonly number[]): Row {
  const { intervalMs, n } = judgeSeries(series, { percentile, budgetMs }).data;
  const sorted = [...acted].sort((a, b) => a - b);
  const truth = sorted[Math.ceil((percentile / 100) * sorted.length) - 1] ?? Number.NaN;
  const [from, to] = intervalMs;
  const holds = (from ?? 0) - allowedMs <= truth && truth <= (to ?? Number.POSITIVE_INFINITY) + allowedMs;
  const shown = (value: number | null): string => (value === null ? 'none' : milliseconds(value));
  return {
    what: `accuracy: ${name}, p${percentile}, n = ${n}`,
    measured: `${shown(from)} to ${shown(to)}, acted ${milliseconds(truth)}`,
    budget: 'interval holds it',
    ok: holds && n === acted.length,
  };
}

/** The same door, the same stall: asked by one who waits for each answer, and by one who keeps to a schedule. */
async function closedAndOpenLoop(): Promise<Row> {
  const seconds = 6;
  const everyMs = 20;
  const idle = { delaysMs: [5], stall };
  door.begin(idle);
  const closed = await autocannon({ url: door.idleUrl, connections: 1, duration: seconds });
  door.begin(idle);
  const startMs = performance.now();
  const open = await Promise.all(
    Array.from({ length: (seconds * 1_000) / everyMs }, async (_, index) => {
      const dueMs = startMs + index * everyMs;
      await pause(dueMs - performance.now());
      await fetch(door.idleUrl);
      return performance.now() - dueMs;
    }),
  );
  const p99 = open.sort((a, b) => a - b)[Math.ceil(0.99 * open.length) - 1] ?? Number.NaN;
  return {
    what: 'accuracy: a stall of 1 s, p99 of a schedule beside autocannon with one connection',
    measured: `${milliseconds(p99)} of ${open.length}, closed loop ${milliseconds(closed.latency.p99)} of ${closed.requests.total}`,
    budget: '',
    ratio: p99 / Math.max(1, closed.latency.p99),
  };
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadChecks } from '../../src/cli/check-catalog.js';
import { probes } from '../../src/gather/probes/index.js';
import { compareCodeUnits } from '../../src/model/order.js';
import type { ExchangeLine } from '../../src/model/evidence.js';
import type { Scorecard } from '../../src/model/scorecard.js';
import { commandLine, runProgram } from './program.js';
import { newestRun } from './recorded-run.js';
import { hand, megabytes, placesOfSection, type Row } from './row.js';

const mostMs = 15_000;
const mostBytes = 250e6;
const mostRequests = 250;
/** Decisions of a run that went through to its end. */
const scored = new Set([0, 1, 3, 4]);

const places = placesOfSection();
const ended = await runProgram(process.execPath, [commandLine(places), 'demo', '--output', places.runs], {
  timeoutMs: 60_000,
  watch: true,
});
if (!scored.has(ended.code ?? -1)) throw new Error(`demo ended with ${ended.code}: ${ended.stderr.slice(-600)}`);

const folder = await newestRun(places.runs);
const { decision, run } = JSON.parse(await readFile(join(folder, 'scorecard.json'), 'utf8')) as Scorecard;
const exchanges = (await readFile(join(folder, 'evidence.ndjson'), 'utf8'))
  .split('\n')
  .filter((line) => line.includes('"type":"exchange"'))
  .map((line) => JSON.parse(line) as ExchangeLine);
const functional = exchanges.filter(({ sample }) => sample !== true);
const families = await familiesOfProbes();
const perFamily = new Map<string, number>();
for (const { probe } of functional) {
  const family = families.get(probe) ?? probe;
  perFamily.set(family, (perFamily.get(family) ?? 0) + 1);
}
const [child] = ended.childPeakBytes;
const rows: Row[] = [
  {
    what: 'demo: wall time',
    measured: `${(ended.wallMs / 1000).toFixed(1)} s, ${decision.value}, exit ${ended.code}`,
    budget: `<= ${mostMs / 1000} s`,
    ok: ended.wallMs <= mostMs,
  },
  {
    what: 'demo: peak memory',
    measured: megabytes(ended.peakBytes),
    budget: `<= ${megabytes(mostBytes)}`,
    ok: ended.peakBytes === undefined || ended.peakBytes <= mostBytes,
  },
  { what: 'demo: peak memory of the AI system', measured: megabytes(child), budget: '' },
  {
    what: 'demo: requests without samples',
    measured: `${functional.length}`,
    budget: `<= ${mostRequests}`,
    ok: functional.length <= mostRequests,
  },
  ...[...perFamily]
    .sort(([, a], [, b]) => b - a)
    .map(([family, count]): Row => ({ what: `  ${family}`, measured: `${count}`, budget: '' })),
  {
    what: 'demo: requests of measured series',
    measured: `${run.requests.samples}`,
    budget: '',
  },
];
hand(rows);

/** The families of the checks that read what a probe brings, `read+write` where there are several. */
async function familiesOfProbes(): Promise<Map<string, string>> {
  const checks = await loadChecks(new URL('dist/checks/', places.package));
  return new Map(
    probes.map(({ id, brings }) => {
      const reading = checks.filter((check) => check.reads.some((kind) => brings.includes(kind)));
      const names = [...new Set(reading.map((check) => check.id.split('.')[0] ?? ''))].sort(compareCodeUnits);
      return [id, names.length === 0 ? id : names.join('+')];
    }),
  );
}

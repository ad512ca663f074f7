import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadChecks } from '../../src/cli/check-catalog.js';
import { prepareRun } from '../../src/cli/execute-run.js';
import { scoreFolder } from '../../src/cli/score-run.js';
import { seededRandom } from '../../src/gather/random.js';
import type { Contract } from '../../src/model/documents/contract.js';
import { upperBound } from '../../src/model/shares.js';
import { defineDeviation, type Deviation } from '../../src/sandbox/deviation.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { reusedKeys } from '../support/client-keys.js';
import { writeDocuments } from '../support/trial.js';
import { hand, placesOfSection } from './row.js';

/**
 * False alarms (scoring C.2): runs of the clean sandbox in ordinary weather. Every answer is late by a log-normal delay, one
 * in 200 is a transient fault instead. No run may end in "No-go: failed" for that; 1 % is the most that is allowed.
 *
 * What is shortened, so that a thousand take minutes: budgets ask for the median instead of the 95th percentile, which
 * needs 5 samples instead of 69; no resource has a greatest age, which is always asked at the 95th; no AI system; several
 * sandboxes side by side. Everything else is the whole run.
 */
const runs = Number(process.env['EHR_SCORECARD_SOAK_RUNS'] ?? 1_000);
/** Several processes with seeds of their own share the work; their counts are added up. */
const seed = process.env['EHR_SCORECARD_SOAK_SEED'] ?? 'soak';
const lanes = 8;
const runsPerSandbox = 20;
const transientShare = 0.005;
const medianDelayMs = 4;
const sigma = 1;
const mostFailed = 0.01;
const transients = [500, 502, 503, 504, 429] as const;

const places = placesOfSection();
const packagePlaces = { checksFolder: new URL('dist/checks/', places.package), packageFolder: places.package };
const checks = await loadChecks(packagePlaces.checksFolder);
const decisions = new Map<string, number>();
const blamed = new Map<string, number>();
let left = runs;
let faults = 0;
let requests = 0;

await Promise.all(Array.from({ length: lanes }, (_, lane) => workLane(lane)));

const failed = decisions.get('no-go-failed') ?? 0;
const words = [...decisions].map(([value, count]) => `${count} ${value}`).join(', ');
hand([
  {
    what: `soak: ${runs} runs, ${requests} requests, ${faults} transient faults`,
    measured: `${failed} No-go: failed (at most ${(upperBound(failed, runs) * 100).toFixed(2)} %, 95 %)`,
    budget: `<= ${mostFailed * 100} %`,
    ok: failed <= mostFailed * runs,
  },
  { what: 'soak: decisions', measured: words, budget: '' },
  ...[...blamed].map(([check, count]) => ({ what: `  failed: ${check}`, measured: `${count}`, budget: '' })),
]);

async function workLane(lane: number): Promise<void> {
  const random = seededRandom(`${seed}-${lane}`);
  while (left > 0) {
    const folder = await mkdtemp(join(places.runs, '..', 'soak-'));
    const sandbox = await startSandbox({
      keysFolder: folder,
      organizations: ['lakeside'],
      createKey: reusedKeys(),
      deviations: [weather(random)],
    });
    try {
      const change = shorten;
      const files = await writeDocuments(sandbox, folder, { change }, []);
      for (let count = 0; count < runsPerSandbox && left > 0; count += 1) {
        left -= 1;
        const prepared = await prepareRun(
          {
            ...files,
            writes: 'all',
            gate: 'go',
            output: join(folder, `runs-${count}`),
            seed: `${lane}-${left}`,
            signal: new AbortController().signal,
          },
          packagePlaces,
          checks,
        );
        const gathered = await prepared.execute();
        const { scorecard } = await scoreFolder(gathered.folder, packagePlaces, { gate: 'go' });
        note(scorecard);
      }
    } finally {
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function note({ decision, checks: results }: Awaited<ReturnType<typeof scoreFolder>>['scorecard']): void {
  decisions.set(decision.value, (decisions.get(decision.value) ?? 0) + 1);
  for (const { id, outcome } of results)
    if (outcome === 'fail' || outcome === 'error') blamed.set(id, (blamed.get(id) ?? 0) + 1);
  if ([...decisions.values()].reduce((a, b) => a + b, 0) % 25 === 0)
    process.stderr.write(`${JSON.stringify([...decisions])} ${JSON.stringify([...blamed])}\n`);
}

function shorten({ contract }: { contract: Record<string, unknown> }): void {
  const { latency, resources } = contract as unknown as Contract;
  for (const entry of latency ?? []) entry.percentile = 50;
  for (const { freshness } of resources ?? []) delete freshness?.maxAge;
}

/** A fault comes before the server did anything: whether it did is what no client can know of a lost answer. */
function weather(random: () => number): Deviation {
  return defineDeviation({
    id: 'ordinary-weather',
    title: 'Answers are late by a log-normal delay, one in 200 is a transient fault',
    caughtBy: ['validity.none'],
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6',
    wrap: (next) => async (request) => {
      requests += 1;
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      await pause(medianDelayMs * Math.exp(sigma * normal));
      if (random() >= transientShare) return next(request);
      faults += 1;
      const status = transients[Math.floor(random() * transients.length)] ?? 503;
      return { status, headers: status === 429 ? { 'retry-after': '1' } : {}, body: '' };
    },
  });
}

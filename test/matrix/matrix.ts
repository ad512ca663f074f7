import { fork, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadChecks } from '../../src/cli/check-catalog.js';
import { loadPolicy } from '../../src/load/policy.js';
import type { Outcome } from '../../src/model/outcome.js';
import type { Deviation } from '../../src/sandbox/deviation.js';
import { deviations } from '../../src/sandbox/deviations/index.js';
import { nameOf, situationOf, type Situation } from './situation.js';
import type { Told } from './worker.js';
import { checksFolder } from '../support/places.js';

const root = new URL('../../', import.meta.url);
/** Their cases are all tried here; `npm test` takes some. */
const alsoWhole = readdirSync(new URL('test/', root), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/${name}`)
  .filter((name) => readFileSync(new URL(name, root), 'utf8').includes('/support/everything.js'));
const fromDist = new URL('test/support/from-dist.mjs', root).href;
const longestRunMs = 240_000;
const noticed: ReadonlySet<Outcome | undefined> = new Set(['fail', 'warn', 'not-measured']);

interface Task {
  readonly situation: Situation;
  readonly deviation?: Deviation;
}

const checkIds = (await loadChecks(checksFolder)).map(({ id }) => id);
const { policy } = await loadPolicy('pilot', { folder: new URL('profiles/policies/', root), checkIds });
const blockers = new Set(policy.rows.filter(({ severity }) => severity === 'blocker').map(({ check }) => check));

const wanted = process.argv.slice(2);
const chosen = deviations.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const situations = new Map(chosen.map((each) => [nameOf(situationOf(each)), situationOf(each)]));
let faults = 0;
const clean = new Map<string, NonNullable<Told['outcomes']>>();
await runAll(
  [...situations.values()].map((situation) => ({ situation })),
  ({ situation }, { outcomes, fault }) => {
    clean.set(nameOf(situation), outcomes ?? {});
    const bad = Object.entries(outcomes ?? {}).filter(([, outcome]) => outcome === 'fail' || outcome === 'error');
    report(`clean ${nameOf(situation)}`, [
      ...(outcomes === undefined ? [fault ?? 'no answer'] : []),
      ...bad.map(([check, outcome]) => `${check} is ${outcome}`),
    ]);
  },
);
await runAll(
  chosen.map((deviation) => ({ situation: situationOf(deviation), deviation })),
  ({ situation, deviation }, told) => judge(deviation!, told, clean.get(nameOf(situation)) ?? {}),
);
console.log(
  `\n${chosen.length} deviations, ${situations.size} clean runs, ${checkIds.length} checks, ${faults} faults`,
);

const vitest = join(root.pathname, 'node_modules/vitest/vitest.mjs');
const kills =
  wanted.length > 0
    ? 0
    : spawnSync(process.execPath, [vitest, 'run', ...alsoWhole], {
        cwd: root,
        stdio: 'inherit',
        env: { ...process.env, EHR_SCORECARD_TEST_ALL: '1' },
      }).status;
process.exit(faults === 0 && kills === 0 ? 0 : 1);

function report(line: string, found: readonly string[]): void {
  faults += found.length;
  console.log([line, ...found.map((text) => `  FAULT ${text}`)].join('\n'));
}

/** One line of the table: the deviation, and every check that says something else than in the clean run. */
function judge({ id, caughtBy }: Deviation, { outcomes, fault }: Told, before: NonNullable<Told['outcomes']>): void {
  if (outcomes === undefined) {
    report(`${id}: not run`, [fault ?? 'no answer']);
    return;
  }
  const changed = Object.entries(outcomes).filter(([check, outcome]) => outcome !== before[check]);
  const words = changed.map(([check, outcome]) => `${check} ${before[check] ?? 'absent'} > ${outcome}`);
  const found = caughtBy.filter((check) => !noticed.has(outcomes[check])).map((check) => `${check} did not notice`);
  for (const [check, outcome] of changed) {
    if (outcome === 'error') found.push(`${check} threw`);
    const named = (caughtBy as readonly string[]).includes(check);
    if (outcome === 'fail' && blockers.has(check) && !named) found.push(`${check} is a blocker and not named`);
  }
  report(`${id}: ${words.length === 0 ? 'nothing changed' : words.join(', ')}`, found);
}

/** Every task, as many at a time as there are cores; told in the order in which they end. */
async function runAll(tasks: readonly Task[], told: (task: Task, answer: Told) => void): Promise<void> {
  const left = [...tasks];
  const lane = async (): Promise<void> => {
    for (let task = left.shift(); task !== undefined; task = left.shift()) told(task, await runOne(task));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}

/** A process for each run: what one leaves behind in memory is nobody else's. */
function runOne(task: Task): Promise<Told> {
  return new Promise((resolve) => {
    const child = fork(join(import.meta.dirname, 'worker.ts'), [], {
      execArgv: ['--import', 'tsx', '--import', fromDist],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      timeout: longestRunMs,
      killSignal: 'SIGKILL',
    });
    child.once('message', (message) => {
      resolve(message as Told);
      child.disconnect();
    });
    child.once('exit', () => resolve({ fault: `no answer within ${longestRunMs / 1000} s` }));
    child.send({ deviation: task.deviation?.id, situation: task.situation });
  });
}

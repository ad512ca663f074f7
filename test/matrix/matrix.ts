import { fork, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadChecks } from '../../src/cli/check-catalog.js';
import { loadPolicy } from '../../src/load/policy.js';
import type { Outcome } from '../../src/model/outcome.js';
import { deviations } from '../../src/sandbox/deviations/index.js';
import { nameOf, situationOf, type Situation } from './situation.js';
import type { Told } from './worker.js';

const root = new URL('../../', import.meta.url);
const longestRunMs = 240_000;
const noticed: ReadonlySet<Outcome | undefined> = new Set(['fail', 'warn', 'not-measured']);

interface Task {
  readonly situation: Situation;
  readonly deviation?: string;
}

const checkIds = (await loadChecks(new URL('checks/', root))).map(({ id }) => id);
const { policy } = await loadPolicy('pilot', { folder: new URL('profiles/policies/', root), checkIds });
const blockers = new Set(policy.rows.filter(({ severity }) => severity === 'blocker').map(({ check }) => check));

const wanted = process.argv.slice(2);
const chosen = deviations.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const situations = new Map(chosen.map((each) => [nameOf(situationOf(each)), situationOf(each)]));
const tasks: Task[] = [
  ...[...situations.values()].map((situation) => ({ situation })),
  ...chosen.map((each) => ({ situation: situationOf(each), deviation: each.id })),
];
const answers = await runAll(tasks);

let faults = 0;
const fault = (text: string): void => {
  faults += 1;
  console.log(`  FAULT ${text}`);
};
for (const [index, situation] of [...situations.values()].entries()) {
  console.log(`clean ${nameOf(situation)}`);
  const { outcomes, fault: why } = answers[index] ?? {};
  if (outcomes === undefined) fault(why ?? 'no answer');
  for (const [id, outcome] of Object.entries(outcomes ?? {})) {
    if (outcome === 'fail' || outcome === 'error') fault(`${id} is ${outcome}`);
  }
}
for (const [index, deviation] of chosen.entries()) {
  const { id, caughtBy } = deviation;
  const name = nameOf(situationOf(deviation));
  const clean = answers[[...situations.keys()].indexOf(name)]?.outcomes ?? {};
  const { outcomes, fault: why } = answers[situations.size + index] ?? {};
  const changed = Object.entries(outcomes ?? {}).filter(([check, outcome]) => outcome !== clean[check]);
  const words = changed.map(([check, outcome]) => `${check} ${clean[check] ?? 'absent'} > ${outcome}`);
  console.log(`${id}: ${words.length === 0 ? 'nothing changed' : words.join(', ')}`);
  if (outcomes === undefined) {
    fault(why ?? 'no answer');
    continue;
  }
  for (const check of caughtBy) if (!noticed.has(outcomes[check])) fault(`${check} did not notice`);
  for (const [check, outcome] of changed) {
    const named = (caughtBy as readonly string[]).includes(check);
    if (outcome === 'error') fault(`${check} threw`);
    if (outcome === 'fail' && blockers.has(check) && !named)
      fault(`${check} is a blocker, has failed and is not named`);
  }
}
console.log(
  `\n${chosen.length} deviations, ${situations.size} clean runs, ${checkIds.length} checks, ${faults} faults`,
);

const vitest = join(root.pathname, 'node_modules/vitest/vitest.mjs');
const kills =
  wanted.length > 0
    ? 0
    : spawnSync(process.execPath, [vitest, 'run', 'test/kill-points.test.ts'], {
        cwd: root,
        stdio: 'inherit',
        env: { ...process.env, EHR_SCORECARD_TEST_ALL: '1' },
      }).status;
process.exit(faults === 0 && kills === 0 ? 0 : 1);

/** Every task in one of as many processes as there are cores; answers in the order of the tasks. */
async function runAll(all: readonly Task[]): Promise<Told[]> {
  const told: Told[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < all.length; index = next++) {
      const task = all[index]!;
      process.stderr.write(`${index + 1}/${all.length} ${task.deviation ?? `clean ${nameOf(task.situation)}`}\n`);
      told[index] = await runOne(task);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return told;
}

/** A process for each run: what one leaves behind in memory is nobody else's. */
function runOne(task: Task): Promise<Told> {
  return new Promise((resolve) => {
    const child = fork(join(import.meta.dirname, 'worker.ts'), [], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      timeout: longestRunMs,
      killSignal: 'SIGKILL',
    });
    child.once('message', (message) => {
      resolve(message as Told);
      child.disconnect();
    });
    child.once('exit', () => resolve({ fault: `no answer within ${longestRunMs / 1000} s` }));
    child.send(task);
  });
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine, runProgram } from './program.js';
import { enlargedRun, newestRun } from './recorded-run.js';
import { hand, megabytes, milliseconds, placesOfSection } from './row.js';

const rounds = 7;
const mostMs = 100;
const manyExchanges = 500_000;
const mostBytes = 150e6;
const scored = new Set([0, 1, 3, 4]);

const places = placesOfSection();
const run = await newestRun(places.runs);
const own = (path: string): string => JSON.stringify(new URL(`dist/${path}`, places.package).href);

// What the command imports first, then the first and only scoring of a fresh process.
const program = `
  const [{ scoreFolder }, { loadChecks }] = await Promise.all([
    import(${own('src/cli/score-run.js')}),
    import(${own('src/cli/check-catalog.js')}),
    import(${own('src/load/policy.js')}),
    import(${own('src/load/scorecard.js')}),
    import(${own('src/model/scorecard-json.js')}),
  ]);
  const places = { checksFolder: new URL(${own('checks/')}), packageFolder: new URL(${JSON.stringify(places.package.href)}) };
  await loadChecks(places.checksFolder);
  const startedMs = performance.now();
  await scoreFolder(process.argv[1], places);
  console.log(performance.now() - startedMs);
`;
const insideMs: number[] = [];
const wholeMs: number[] = [];
for (let round = 0; round < rounds; round++) {
  const inside = await runProgram(process.execPath, ['--input-type=module', '-e', program, run], { timeoutMs: 20_000 });
  if (inside.code !== 0) throw new Error(`scoring failed: ${inside.stderr.slice(0, 600)}`);
  insideMs.push(Number(inside.stdout));
  const whole = await runProgram(process.execPath, [commandLine(places), 'score', run], { timeoutMs: 20_000 });
  if (!scored.has(whole.code ?? -1)) throw new Error(`score ended with ${whole.code}: ${whole.stderr.slice(0, 600)}`);
  wholeMs.push(whole.wallMs);
}

const large = join(places.runs, '..', 'enlarged');
await enlargedRun(run, large, manyExchanges);
const many = await runProgram(process.execPath, [commandLine(places), 'score', large], {
  timeoutMs: 40_000,
  watch: true,
});
await rm(large, { recursive: true, force: true });
if (!scored.has(many.code ?? -1)) throw new Error(`score ended with ${many.code}: ${many.stderr.slice(0, 600)}`);

// The fastest: whatever else the machine does only adds.
const inside = Math.min(...insideMs);
hand([
  {
    what: 'score of the recorded demo, after start-up',
    measured: milliseconds(inside),
    budget: `<= ${mostMs} ms`,
    ok: inside <= mostMs,
  },
  { what: 'score of the recorded demo, whole command', measured: milliseconds(Math.min(...wholeMs)), budget: '' },
  {
    what: 'score of 500,000 exchanges: peak memory',
    measured: megabytes(many.peakBytes),
    budget: `<= ${megabytes(mostBytes)}`,
    ok: many.peakBytes === undefined || many.peakBytes <= mostBytes,
  },
  { what: 'score of 500,000 exchanges: whole command', measured: `${(many.wallMs / 1000).toFixed(1)} s`, budget: '' },
]);

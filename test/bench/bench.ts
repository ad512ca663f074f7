import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runProgram } from './program.js';
import type { Row } from './row.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** In this order: `offline-score` scores what `demo` recorded. Together under four minutes. */
const sections = [
  { file: 'start-up', timeoutMs: 30_000 },
  { file: 'demo', timeoutMs: 65_000 },
  { file: 'recorder', timeoutMs: 45_000 },
  { file: 'percentiles', timeoutMs: 40_000 },
  { file: 'proxy', timeoutMs: 45_000 },
  { file: 'offline-score', timeoutMs: 60_000 },
  // Two minutes; runs only when it is named: `npm run bench -- accuracy`.
  { file: 'accuracy', timeoutMs: 600_000, onlyNamed: true },
  // Half an hour; runs only when it is named: `npm run bench -- soak`.
  { file: 'soak', timeoutMs: 5_400_000, onlyNamed: true },
] as const;

const wanted = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-bench-'));
try {
  const packageFolder = await buildPackage(join(folder, 'package'));
  const rows: Row[] = [];
  for (const section of sections) {
    const { file, timeoutMs } = section;
    if (wanted.length > 0 ? !wanted.includes(file) : 'onlyNamed' in section) continue;
    process.stderr.write(`${file} ...\n`);
    // Compiled like the package itself: a loader that rewrites functions while they load would be measured too.
    const program = join(packageFolder, `dist/test/bench/${file}.js`);
    const { code, stdout, stderr, wallMs } = await runProgram(
      process.execPath,
      [program, pathToFileURL(`${packageFolder}/`).href, join(folder, 'runs')],
      { timeoutMs, cwd: root },
    );
    if (code === 0) rows.push(...(JSON.parse(stdout) as Row[]));
    else rows.push({ what: file, measured: whyNot(code, stderr, wallMs), budget: 'measured at all', ok: false });
  }
  console.log(table(rows));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The package as npm would install it, in a folder of its own, so that the tree and its dist stay as they are. */
async function buildPackage(into: string): Promise<string> {
  await mkdir(into);
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const built = await runProgram(
    process.execPath,
    [compiler, '-p', join(root, 'test/bench/tsconfig.json'), '--outDir', join(into, 'dist')],
    { timeoutMs: 60_000, cwd: root },
  );
  if (built.code !== 0) process.stderr.write(`the build has faults:\n${built.stdout.slice(0, 1_000)}\n`);
  await cp(join(root, 'profiles'), join(into, 'profiles'), { recursive: true });
  // What the tests' own support looks for two folders up.
  await symlink(join(into, 'profiles'), join(into, 'dist/profiles'));
  await cp(join(root, 'package.json'), join(into, 'package.json'));
  await symlink(join(root, 'node_modules'), join(into, 'node_modules'));
  return into;
}

function whyNot(code: number | null, stderr: string, wallMs: number): string {
  if (code === null) return `no end within ${Math.round(wallMs / 1000)} s`;
  const error = /^\w*Error: (.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split('\n').at(-1) ?? '';
  return error.slice(0, 200);
}

function table(rows: readonly Row[]): string {
  const cells = [
    ['what', 'measured', 'budget', 'ratio', ''],
    ...rows.map(({ what, measured, budget, ratio, ok }) => [
      what,
      measured,
      budget,
      ratio === undefined ? '' : `${ratio.toFixed(2)} x`,
      ok === undefined ? '' : ok ? 'ok' : 'MISSED',
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const missed = rows.filter(({ ok }) => ok === false).length;
  const judged = rows.filter(({ ok }) => ok !== undefined).length;
  return [...lines, '', `${judged - missed} of ${judged} budgets held, Node ${process.versions.node}`].join('\n');
}

import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { loadChecks } from '../../src/cli/check-catalog.js';
import { prepareRun } from '../../src/cli/execute-run.js';
import { evaluate } from '../../src/evaluate/engine.js';
import type { EvidenceEnd } from '../../src/model/evidence.js';
import type { RecordedFact } from '../../src/model/fact.js';
import { clinicOf } from './clinic.js';
import { startMedplum, type RunningServer } from './medplum.js';
import { clients, organizationOf } from './organization.js';
import { expected, rowsOf, type Row } from './verdicts.js';

// A server nobody here wrote, judged by the checks as any other: what they say has to be what is true of it.

const own = fileURLToPath(new URL('.', import.meta.url));
const root = new URL('../../', import.meta.url);
const places = { checksFolder: new URL('checks/', root), packageFolder: root };
const offline =
  /code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)/;

/** Installs the server where it is not; why it cannot be, when no registry can be reached. @throws Error otherwise */
function unavailable(): string | undefined {
  if (existsSync(join(own, 'node_modules', '@medplum', 'fhir-router', 'package.json'))) return undefined;
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: own,
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  const [, code] = offline.exec(stderr) ?? [];
  if (code !== undefined) return `no package registry can be reached (${code})`;
  throw new Error(`npm ci ended with ${status}:\n${stderr}`);
}

interface Outcome {
  readonly rows: readonly Row[];
  readonly requests: number;
}

async function judged(server: RunningServer, folder: string, now: Date): Promise<Outcome> {
  const organization = join(folder, 'organization.yaml');
  const contract = join(folder, 'contract.yaml');
  await writeFile(organization, stringify(organizationOf(server, now)), { mode: 0o600 });
  await copyFile(join(own, 'contract.yaml'), contract);
  const before = await server.stored();
  const checks = await loadChecks(places.checksFolder);
  const prepared = await prepareRun(
    {
      contract,
      organization,
      writes: 'all',
      gate: 'go',
      output: join(folder, 'runs'),
      seed: 'third-party',
      selected: Object.keys(expected),
      signal: new AbortController().signal,
    },
    places,
    checks,
  );
  const gathered = await prepared.execute();
  const lines = (await readFile(join(gathered.folder, 'evidence.ndjson'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string });
  const facts = lines.filter((line) => line.type === 'fact') as unknown as RecordedFact[];
  const end = lines.at(-1) as unknown as EvidenceEnd;
  const { subjects, startedAt } = prepared.documents;
  const after = await server.stored();
  return {
    rows: [
      ...rowsOf(evaluate(checks, subjects, facts, { startedAt: startedAt.toISOString() })),
      {
        check: '(the run)',
        subject: 'run',
        expected: 'complete, 0 left',
        found: `${end.how}, ${end.residue.length} left`,
      },
      {
        check: '(the records)',
        subject: 'run',
        expected: 'as before',
        found: after === before ? 'as before' : 'changed',
      },
    ],
    requests: end.sentRequests,
  };
}

function print({ rows, requests }: Outcome): number {
  const heading: Row = { check: 'check', subject: 'subject', expected: 'expected', found: 'found' };
  const width = (column: keyof Row): number => Math.max(...[heading, ...rows].map((row) => row[column].length));
  const columns = ['check', 'subject', 'expected', 'found'] as const;
  for (const row of [heading, ...rows]) {
    const mark = row === heading || row.expected === row.found ? ' ' : 'x';
    console.log(`${mark} ${columns.map((column) => row[column].padEnd(width(column))).join('  ')}`.trimEnd());
  }
  const wrong = rows.filter((row) => row.expected !== row.found).length;
  console.log(`\n${rows.length - wrong} of ${rows.length} verdicts agree with the server. ${requests} requests.`);
  return wrong === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const why = unavailable();
  if (why !== undefined) {
    console.log(`skipped: ${why}, so nothing was tried on a server of others`);
    return 0;
  }
  const folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-third-party-'));
  const now = new Date();
  const secrets = new Map(clients.map((id) => [id, `secret-of-${id}`]));
  const server = await startMedplum(clinicOf(now), secrets);
  try {
    for (const [id, secret] of secrets) await writeFile(join(folder, `${id}.secret`), secret, { mode: 0o600 });
    return print(await judged(server, folder, now));
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();

import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRunFolder } from '../../src/load/run-folder.js';
import { chainLine, chainStart, sha256Hex } from '../../src/model/chain.js';
import { ToolError } from '../../src/model/errors.js';

const at = '2026-11-20T08:00:00.000Z';
const contract = 'kind: WorkflowContract\n';
const secretLooking = 'ZZTESTALPHA';

const header = {
  type: 'header',
  schemaVersion: 1,
  runId: 'run-1',
  tool: { name: 'ehr-scorecard', version: '0.1.0' },
  startedAt: at,
  operator: { party: 'ci', who: 'nightly' },
  environment: { id: 'simulator', class: 'simulator', origin: 'https://127.0.0.1' },
  phi: 'synthetic-only',
  writes: 'none',
  gate: 'go',
  selection: null,
  credentials: true,
  inputs: [{ name: 'contract.yaml', role: 'contract', sha256: sha256Hex(contract) }],
  planSha256: chainStart,
  seed: 's',
};
const exchange = (id: number) => ({
  type: 'exchange',
  id: `x${id}`,
  probe: 'search',
  subject: 'resource:slot',
  context: 'ai',
  method: 'GET',
  path: 'Slot?start',
  purpose: 'fhir',
  status: 200,
  sentAt: at,
  waitedMs: 0,
  durationMs: 1,
  bytes: 10,
  headers: {},
  requestId: `r${id}`,
});
const fact = (...exchanges: string[]) => ({
  type: 'fact',
  kind: 'stale-update',
  version: 1,
  subject: 'action:book',
  value: { missing: 'writes-off', detail: secretLooking },
  grade: 'measured',
  exchanges,
  environmentClass: 'simulator',
});
const end = (journalHead = chainStart) => ({
  type: 'end',
  at,
  how: 'complete',
  plannedRequests: 2,
  sentRequests: 2,
  unavailableRequests: 0,
  writes: 0,
  undone: 0,
  residue: [],
  leavesMax: 0,
  journalHead,
});

function chain(bodies: readonly object[]): string[] {
  let previous = chainStart;
  return bodies.map((body, seq) => {
    const line = chainLine(seq, previous, body);
    previous = sha256Hex(line);
    return line;
  });
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-folder-'));
  await mkdir(join(folder, 'inputs'));
  await writeFile(join(folder, 'inputs', 'contract.yaml'), contract);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const whole = [header, exchange(1), exchange(2), fact('x2'), end()];
const write = (lines: readonly string[], tail = '\n') =>
  writeFile(join(folder, 'evidence.ndjson'), lines.join('\n') + tail);

async function refusal(): Promise<ToolError> {
  const error = await readRunFolder(folder).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ToolError);
  expect((error as ToolError).exitCode).toBe(2);
  expect(`${(error as ToolError).message}${(error as ToolError).next}`).not.toContain(secretLooking);
  return error as ToolError;
}

describe('a run folder as the run wrote it', () => {
  it('is read, with the exchanges that facts cite only', async () => {
    await write(chain(whole));
    const run = await readRunFolder(folder);
    expect([run.complete, run.exchangeCount, run.facts.length, [...run.exchangesById.keys()]]).toEqual([
      true,
      2,
      1,
      ['x2'],
    ]);
    expect(run.inputs.map(({ name, role }) => [name, role])).toEqual([['contract.yaml', 'contract']]);
    expect(run.evidenceHead).toBe(sha256Hex(chain(whole).at(-1)!));
    expect(run.hasScorecard).toBe(false);
  });

  it('is incomplete without its end', async () => {
    await write(chain(whole.slice(0, 4)));
    expect((await readRunFolder(folder)).complete).toBe(false);
  });

  it('is incomplete when its last line is torn, wherever', async () => {
    const lines = chain(whole);
    for (const kept of [1, 40, lines[4]!.length - 1, lines[4]!.length]) {
      await write([...lines.slice(0, 4), lines[4]!.slice(0, kept)], '');
      const run = await readRunFolder(folder);
      expect([run.complete, run.ends.length, run.facts.length]).toEqual([false, 0, 1]);
    }
  });

  it('may have got a segment later', async () => {
    const segment = { type: 'segment', kind: 'audit-file', at, sources: [{ name: 'log.csv', sha256: chainStart }] };
    await write(chain([...whole, segment, fact(), end()]));
    const run = await readRunFolder(folder);
    expect([run.complete, run.segments.length, run.ends.length, run.facts.length]).toEqual([true, 1, 2, 2]);
  });

  it('holds a journal that goes on after the end', async () => {
    const journal = chain([{ type: 'intent' }, { type: 'done' }, { type: 'cleanup' }]);
    await writeFile(join(folder, 'journal.ndjson'), `${journal.join('\n')}\n`);
    await write(chain([...whole.slice(0, 4), end(sha256Hex(journal[1]!))]));
    expect((await readRunFolder(folder)).complete).toBe(true);
  });
});

describe('rule 36, HS-64: is refused, with the first bad line', () => {
  const edited = (change: (lines: string[]) => string[]) => write(change(chain(whole)));
  const swap = (lines: string[]) => [lines[0]!, lines[2]!, lines[1]!, ...lines.slice(3)];
  it.each<[string, (lines: string[]) => string[], string, string]>([
    [
      'a line edited',
      (lines) => lines.map((line, i) => (i === 1 ? line.replace('200', '204') : line)),
      'broken-chain',
      '3',
    ],
    ['a line removed', (lines) => lines.filter((_, i) => i !== 2), 'broken-chain', '3'],
    ['lines swapped', swap, 'broken-chain', '2'],
    ['a line added', (lines) => [...lines.slice(0, 2), lines[1]!, ...lines.slice(2)], 'broken-chain', '3'],
    ['a line that is no JSON', (lines) => [...lines.slice(0, 2), '{', ...lines.slice(2)], 'unreadable-line', '3'],
    ['an array', (lines) => ['[]', ...lines], 'broken-chain', '1'],
    ['an empty line', (lines) => [...lines, ''], 'unreadable-line', '6'],
  ])('%s', async (_, change, code, line) => {
    await edited(change);
    const error = await refusal();
    expect([error.code, error.message.split(':')[1]]).toEqual([code, line]);
  });

  it.each<[string, readonly object[], string]>([
    ['a line of an unknown type', [header, { type: 'opinion' }], 'unknown-line'],
    ['a type of the prototype', [header, { type: 'constructor' }], 'unknown-line'],
    ['an exchange of another shape', [header, { ...exchange(1), status: 'ok' }], 'unknown-line'],
    ['another schema version', [{ ...header, schemaVersion: 2 }], 'evidence-of-another-version'],
    ['no header', [exchange(1)], 'unknown-line'],
    ['two headers', [header, header], 'unknown-line'],
    [
      'an input name that leaves the folder',
      [{ ...header, inputs: [{ ...header.inputs[0], name: '../x' }] }],
      'unknown-line',
    ],
    ['a journal head that no journal has', [header, end('a'.repeat(64))], 'broken-chain'],
  ])('%s', async (_, bodies, code) => {
    await write(chain(bodies));
    expect((await refusal()).code).toBe(code);
  });

  it('an input that was changed, is missing, or is not named', async () => {
    await write(chain(whole));
    await writeFile(join(folder, 'inputs', 'contract.yaml'), `${contract}# ${secretLooking}\n`);
    expect((await refusal()).code).toBe('digest-differs');
    await rm(join(folder, 'inputs', 'contract.yaml'));
    expect((await refusal()).code).toBe('file-not-found');
    await writeFile(join(folder, 'inputs', 'contract.yaml'), contract);
    await writeFile(join(folder, 'inputs', 'extra.yaml'), '');
    expect((await refusal()).code).toBe('unlisted-input');
  });

  it('HS-65 a line over 1 MiB', async () => {
    await write([...chain(whole), `{"a":"${'x'.repeat(1024 * 1024)}"}`]);
    expect((await refusal()).code).toBe('line-too-long');
    await write([...chain(whole), 'x'.repeat(3 * 1024 * 1024)], '');
    expect((await refusal()).code).toBe('line-too-long');
  });

  it('HS-65 a link, a pipe, and no folder at all', async () => {
    await write(chain(whole));
    await symlink('/etc/hostname', join(folder, 'report.md'));
    expect((await refusal()).code).toBe('not-a-file');
    await rm(join(folder, 'report.md'));
    execFileSync('mkfifo', [join(folder, 'scorecard.json')]);
    expect((await refusal()).code).toBe('not-a-file');
    await rm(join(folder, 'scorecard.json'));
    const moved = join(folder, 'inputs', 'evidence');
    await writeFile(moved, await readFile(join(folder, 'evidence.ndjson')));
    await rm(join(folder, 'evidence.ndjson'));
    await symlink(moved, join(folder, 'evidence.ndjson'));
    expect((await refusal()).code).toBe('not-a-file');
    await rm(folder, { recursive: true });
    expect((await refusal()).code).toBe('not-a-run-folder');
  });
});

import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Appointment } from 'fhir/r4.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadChecks } from '../src/cli/check-catalog.js';
import { prepareRun } from '../src/cli/execute-run.js';
import { recoverRun } from '../src/cli/recover.js';
import { startSandbox, type Sandbox } from '../src/sandbox/server.js';
import { reusedKeys } from './support/client-keys.js';
import { live, writeDocuments } from './support/trial.js';
import { places } from './support/places.js';
import { everything, rows } from './support/everything.js';

interface ChildResult {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly output: {
    readonly folder?: string;
    readonly how?: string;
    readonly operations: readonly string[];
    readonly undone?: number;
    readonly residue?: readonly { readonly id: string; readonly reason: string }[];
  };
}

let folder: string;
let sandbox: Sandbox;
let files: { contract: string; organization: string };
let before: string;

const store = () => sandbox.organizations.get('lakeside')!.store;
const nowLive = () => live(store().snapshot());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-kill-'));
  sandbox = await startSandbox({ keysFolder: folder, createKey: reusedKeys(), organizations: ['lakeside'] });
  files = await writeDocuments(sandbox, folder, {}, []);
  before = nowLive();
});

afterEach(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

const childProgram = join(import.meta.dirname, 'support/killed-run.mjs');

function child(options: Record<string, unknown>): Promise<ChildResult> {
  return new Promise((resolve) => {
    const program = spawn(process.execPath, [childProgram, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    program.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    program.on('close', (code, signal) => {
      resolve({ code, signal, output: text === '' ? { operations: [] } : (JSON.parse(text) as ChildResult['output']) });
    });
  });
}

const aroundAWrite = /^journal:(intent-flushed$|before-)/;

/** Every point, or the first of each kind before and after something was written. */
function chosenPoints(points: readonly string[]): number[] {
  const all = points.map((_, index) => index + 1);
  if (everything) return all;
  return all.filter((point) => {
    const name = points[point - 1] ?? '';
    return aroundAWrite.test(name) && points.indexOf(name) === point - 1;
  });
}

// One writing probe: two objects created, each changed by two clients, one of them taken back by the probe itself.
const writing = { mode: 'run', checks: ['write.version-conflict'] };
const runOptions = (killAt: number, output: string) => ({ ...writing, ...files, killAt, output: join(folder, output) });

async function killedAt(killAt: number, output = `runs-${killAt}`): Promise<string | undefined> {
  const { signal } = await child(runOptions(killAt, output));
  expect(signal).toBe('SIGKILL');
  const [name] = await readdir(join(folder, output)).catch(() => []);
  return name === undefined ? undefined : join(folder, output, name);
}

let whole: Promise<readonly string[]> | undefined;
/** The same run to its end, in this process: the operations it can be killed at, the same ones in every EHR here. */
const wholeRun = (): Promise<readonly string[]> => (whole ??= operationsOfRun());

async function operationsOfRun(): Promise<readonly string[]> {
  const operations: string[] = [];
  const run = await prepareRun(
    {
      ...files,
      writes: 'all',
      gate: 'go',
      output: join(folder, 'whole'),
      seed: 'killed',
      selected: writing.checks,
      signal: new AbortController().signal,
      operation: (name) => operations.push(name),
    },
    places,
    await loadChecks(places.checksFolder),
  );
  expect((await run.execute()).how).toBe('complete');
  return operations;
}

/** A cleanup that nobody kills, in this process, which knows nothing of the run but its folder. */
async function cleanup(runFolder: string) {
  const operations: string[] = [];
  const { organization } = files;
  const result = await recoverRun(runFolder, { organization }, places, new AbortController().signal, (name) =>
    operations.push(name),
  );
  return { ...result, operations };
}

const cleanupInItsOwnProcess = (runFolder: string, killAt = 0) =>
  child({ mode: 'cleanup', folder: runFolder, organization: files.organization, killAt });

describe('rule 23: killed at every operation of a writing run, then cleaned up', () => {
  it('leaves the EHR as it was, and a second cleanup sends no write', { timeout: 600_000 }, async () => {
    const points = await wholeRun();
    expect(nowLive()).toBe(before);
    expect(points.length).toBeGreaterThan(40);
    // One after the other: a run refuses to start beside what a killed one has left. Only the second cleanup may overlap.
    let again: Promise<unknown> = Promise.resolve();
    const secondCleanup = async (runFolder: string): Promise<void> => {
      const { operations, residue } = await cleanup(runFolder);
      expect(operations.filter((name) => /send:fhir:(PATCH|PUT|DELETE)/.test(name))).toEqual([]);
      expect(residue).toEqual([]);
    };
    for (const killAt of chosenPoints(points)) {
      const runFolder = await killedAt(killAt);
      if (runFolder === undefined) continue;
      const { residue } = await cleanup(runFolder);
      expect(residue, `killed before ${killAt}: ${points[killAt - 1]}`).toEqual([]);
      await again;
      again = secondCleanup(runFolder);
    }
    await again;
    expect(nowLive()).toBe(before);
  });
});

describe('killed in the cleanup itself', () => {
  it('is finished by the next cleanup', async () => {
    // Just after the first object was created, so that the cleanup has one object to undo.
    const created = (await wholeRun()).indexOf('journal:outcome-written') + 2;
    const { operations } = await cleanup((await killedAt(created, 'sample'))!);
    for (const killAt of chosenPoints(operations)) {
      const runFolder = (await killedAt(created, `again-${killAt}`))!;
      expect((await cleanupInItsOwnProcess(runFolder, killAt)).signal).toBe('SIGKILL');
      expect((await cleanup(runFolder)).residue, operations[killAt - 1]).toEqual([]);
    }
    expect(nowLive()).toBe(before);
  });
});

describe('rule 20: what is not ours', () => {
  async function killedBetween(): Promise<{ runFolder: string; appointment: Appointment }> {
    const firstCreated = (await wholeRun()).indexOf('journal:outcome-written') + 1;
    const runFolder = (await killedAt(firstCreated + 3))!;
    const intents = (await readFile(join(runFolder, 'journal.ndjson'), 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { type: string; objectId?: string });
    const id = intents.find((line) => line.type === 'outcome')!.objectId!;
    return { runFolder, appointment: store().get('Appointment', id)!.resource as Appointment };
  }

  it('a human edit between kill and cleanup survives and is listed', async () => {
    const { runFolder, appointment } = await killedBetween();
    store().transaction((writer) =>
      writer.update({ ...appointment, comment: 'moved by the front desk' } as Appointment),
    );
    const { residue } = await cleanup(runFolder);
    expect(residue).toEqual([{ resourceType: 'Appointment', id: appointment.id, reason: 'changed-by-others' }]);
    const after = store().get('Appointment', appointment.id!)!.resource as Appointment;
    expect(after).toMatchObject({ status: 'booked', comment: 'moved by the front desk' });
  });

  it('decoys with a similar identifier, or our tag and another value, survive', async () => {
    const { runFolder, appointment } = await killedBetween();
    const { id: _id, ...content } = appointment;
    const decoys = ['-9', '0'].map((suffix) => {
      const identifier = appointment.identifier!.map((each) => ({ ...each, value: `${each.value}${suffix}` }));
      return store().transaction((writer) =>
        writer.create({ ...content, slot: [], identifier } as never),
      ) as Appointment;
    });
    const { residue } = await cleanup(runFolder);
    expect(residue).toEqual([]);
    for (const decoy of decoys) {
      expect((store().get('Appointment', decoy.id!)!.resource as Appointment).status).toBe('booked');
    }
    expect((store().get('Appointment', appointment.id!)!.resource as Appointment).status).toBe('cancelled');
  });

  it('rule 22, HS-66: a journal of another organization is refused and nothing is sent', async () => {
    const { runFolder } = await killedBetween();
    const text = await readFile(files.organization, 'utf8');
    await writeFile(files.organization, text.replace(/id: lakeside\n/, 'id: elsewhere\n'));
    const events = [...store().all('AuditEvent')].length;
    const { code, output } = await cleanupInItsOwnProcess(runFolder);
    expect(code).not.toBe(0);
    expect(output.operations).toEqual([]);
    expect([...store().all('AuditEvent')].length).toBe(events);
  });
});

const fillingADisk = ['read.interactions', 'write.create', 'write.version-conflict', 'write.idempotent-retry'];

describe('a full disk', () => {
  it('in the middle of the writes: stops, says so, and cleanup takes everything back', async () => {
    const program = spawn(
      'bash',
      [
        '-c',
        // In KiB: more than the documents take, less than the evidence of these probes.
        `ulimit -f 64; exec "${process.execPath}" "${childProgram}" "$0"`,
        JSON.stringify({ ...runOptions(0, 'full'), checks: fillingADisk }),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    program.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise((resolve) => program.on('close', resolve));
    expect(code).not.toBe(0);
    expect(said).toContain('disk-write-failed');
    const [name] = await readdir(join(folder, 'full'));
    const journal = await readFile(join(folder, 'full', name!, 'journal.ndjson'), 'utf8');
    expect(journal).toContain('"type":"intent"');
    expect((await cleanupInItsOwnProcess(join(folder, 'full', name!))).output.residue).toEqual([]);
    expect(nowLive()).toBe(before);
  });
});

describe('an interrupt', () => {
  for (const signal of rows(['SIGTERM', 'SIGINT', 'SIGHUP'], 1)) {
    it(`${signal}: ends in order with everything undone`, async () => {
      const { output, code } = await child({ ...runOptions(40, 'interrupted'), killSignal: signal });
      expect(code).toBe(0);
      expect(output.how).toBe('interrupted');
      expect(nowLive()).toBe(before);
    });
  }
});

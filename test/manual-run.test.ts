import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Resource, Slot } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Contract } from '../src/model/documents/contract.js';
import type { ExchangeLine } from '../src/model/evidence.js';
import type { RecordedFact } from '../src/model/fact.js';
import type { LatencySeries } from '../src/model/latency-series.js';
import { connect, type FhirConnection } from '../src/sandbox/ai-systems/fhir-connection.js';
import type { RunningAiSystem } from '../src/sandbox/ai-systems/start.js';
import { startSandbox, type Sandbox } from '../src/sandbox/server.js';
import { reusedKeys } from './support/client-keys.js';
import { packageFolder } from './support/places.js';
import { startBeside, writeDocuments } from './support/trial.js';

// A person at the screen of the EHR is played by a program at the other end of a pipe, with the client of a scheduler.

const bin = fileURLToPath(new URL('dist/bin/ehr-scorecard.js', packageFolder));
const askedFor = 8;
const actMs = 400;

describe('a run whose events a person makes', () => {
  let folder: string;
  let sandbox: Sandbox;
  let product: RunningAiSystem;
  let staff: FhirConnection;
  let freeSlots: Slot[];
  let patient: string;
  let files: { readonly contract: string; readonly organization: string };
  let code: number | null;
  let stdout = '';
  let stderr = '';
  let series: LatencySeries;
  let exchanges: readonly ExchangeLine[];
  let report: string;

  /** Books a visit; the last click, which cancels it, is left. */
  async function prepared(): Promise<() => Promise<void>> {
    const slot = freeSlots.pop()!;
    const made = await staff.send({
      method: 'POST',
      url: 'Appointment',
      headers: { 'content-type': 'application/fhir+json', prefer: 'return=representation' },
      body: JSON.stringify({
        resourceType: 'Appointment',
        status: 'booked',
        start: slot.start,
        end: slot.end,
        slot: [{ reference: `Slot/${slot.id}` }],
        participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
      }),
    });
    return async () => {
      await staff.send({
        method: 'PATCH',
        url: `Appointment/${(made.body as Resource).id}`,
        headers: { 'content-type': 'application/json-patch+json', 'if-match': made.etag ?? '' },
        body: JSON.stringify([{ op: 'replace', path: '/status', value: 'cancelled' }]),
      });
    };
  }

  const run = (output: string, ...flags: string[]) => {
    const given = ['--contract', files.contract, '--organization', files.organization, '--output', output];
    const only = ['--only', 'latency.event-to-response', '--gate', 'none', ...flags];
    const child = spawn(process.execPath, [bin, 'run', ...given, ...only], { cwd: fileURLToPath(packageFolder) });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    return { child, said, ended: once(child, 'close').then(([status]) => status as number | null) };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-manual-'));
    sandbox = await startSandbox({
      keysFolder: folder,
      createKey: reusedKeys(),
      deviations: [],
      organizations: ['lakeside'],
    });
    product = await startBeside(sandbox, folder, 'integrated');
    const change = ({ contract }: { contract: Record<string, unknown> }): void => {
      for (const entry of (contract as unknown as Contract).latency ?? [])
        if (entry.id === 'freed-slot') entry.budget = 'PT10S';
    };
    files = await writeDocuments(sandbox, folder, { change }, [], product);
    const lakeside = sandbox.organizations.get('lakeside')!;
    const { clientId, keyFile, kid, algorithm } = lakeside.clients.find(({ name }) => name === 'scheduler-north')!;
    const { fhirBase, tokenUrl } = lakeside;
    const caFile = join(folder, 'ca.pem');
    staff = connect(
      { fhirBase, tokenUrl, clientId, keyFile, kid, algorithm, caFile, port: 0, controlToken: '', webhookSecret: '' },
      ['system/Patient.rs', 'system/Slot.rs', 'system/Appointment.crus'],
    );
    freeSlots = (await staff.searchAll('Slot', [['status', 'free']])) as Slot[];
    patient = lakeside.clinic.index.patients.find(({ site }) => site === 'north')!.id;
    const output = join(folder, 'runs');
    const { child, said, ended } = run(output, '--manual', String(askedFor));
    const saying = async (text: string, times: number): Promise<void> => {
      while (said.err.split(text).length <= times) await once(child.stderr, 'data');
    };
    for (let prompt = 1; prompt <= 7; prompt++) {
      await saying('Press Enter when', prompt);
      const clicks = [await prepared(), ...(prompt === 2 ? [await prepared()] : [])];
      child.stdin.write('\n');
      await saying('ready:', prompt);
      if (prompt !== 3) {
        await pause(actMs);
        for (const click of clicks) await click();
      }
      child.stdin.write('\n');
    }
    await saying('Press Enter when', 8);
    child.stdin.end();
    code = await ended;
    ({ out: stdout, err: stderr } = said);
    const [kept = ''] = await readdir(output);
    report = await readFile(join(output, kept, 'report.md'), 'utf8');
    const lines = (await readFile(join(output, kept, 'evidence.ndjson'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    const facts = lines.filter(({ type }) => type === 'fact') as unknown as RecordedFact[];
    series = facts.find(({ kind, subject }) => kind === 'latency-series' && subject === 'budget:freed-slot')
      ?.value as LatencySeries;
    exchanges = lines.filter(({ type }) => type === 'exchange') as unknown as ExchangeLine[];
  });

  afterAll(async () => {
    staff.close();
    await product.stop();
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('counts an event that lies between "ready" and Enter, and from there to the answer', () => {
    expect(code).toBe(0);
    expect(series.source).toBe('manual');
    expect(series.samples).toHaveLength(5);
    for (const [lowerMs, upperMs] of series.samples) {
      expect(lowerMs).toBeLessThan(10_000);
      // The person may have clicked as soon as "ready" stood there.
      expect(upperMs ?? 0).toBeGreaterThanOrEqual(actMs);
    }
  });

  it('leaves out an Enter before anybody could act, and two changes at once', () => {
    expect(series.notSent).toBe(2);
    expect(stderr).toContain('not counted: 2 such changes are seen');
    expect(stderr).toContain('not counted: Enter came before anybody could have clicked');
  });

  it('ends with the input, with one look at the number there is', () => {
    expect(series.looks).toEqual([{ n: 5, passAt: 0, failAt: 3 }]);
    expect(stdout).toContain('n=5');
    expect(report).toMatch(/\| *p95 .*\| *manual *\|/);
  });

  it('names patients by their alias, and tells the person no time', () => {
    expect(stderr).not.toContain(patient);
    expect(stderr).not.toMatch(/\d (?:ms|s)\b/);
  });

  it('writes nothing', () => {
    const wrote = exchanges
      .filter(({ purpose }) => purpose === 'fhir' || purpose.startsWith('ai-'))
      .filter(({ method, path }) => method !== 'GET' && !path.includes('/_search'));
    expect(wrote).toEqual([]);
  });

  it('ends at once with Ctrl-C, whatever it waits for', async () => {
    const { child, said, ended } = run(join(folder, 'interrupted'), '--manual', '5');
    while (!said.err.includes('Press Enter when')) await once(child.stderr, 'data');
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });

  it.each([
    [['--manual', '4'], 'invalid-count'],
    [['--manual', 'many'], 'invalid-count'],
    [['--manual', '5', '--observe', '10m'], 'watching-twice'],
    [['--manual', '5', '--writes', 'one'], 'observing-writes-nothing'],
  ])('%j ends with 2 before anything is sent', async (flags, said) => {
    const refused = run(join(folder, 'refused'), ...flags);
    expect(await refused.ended).toBe(2);
    expect(refused.said.err).toContain(said);
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AuditEvent } from 'fhir/r4.js';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Contract } from '../src/model/documents/contract.js';
import type { OrganizationProfile } from '../src/model/documents/organization.js';
import type { ExchangeLine } from '../src/model/evidence.js';
import type { RecordedFact } from '../src/model/fact.js';
import type { LatencySeries } from '../src/model/latency-series.js';
import { rankInterval } from '../src/model/shares.js';
import { connect } from '../src/sandbox/ai-systems/fhir-connection.js';
import { startAiSystem, type RunningAiSystem } from '../src/sandbox/ai-systems/start.js';
import { writePrivateFile } from '../src/sandbox/keys.js';
import { packageFolder } from './support/places.js';

// Five processes: an EHR, a product, staff who book and cancel, a run that does the same and times the product, and one that
// writes nothing and times it too. What each of them did is asked of the EHR.

const bin = fileURLToPath(new URL('dist/bin/ehr-scorecard.js', packageFolder));
const driver = fileURLToPath(new URL('test/support/driving-visits.mjs', packageFolder));
const contractFile = new URL('profiles/contracts/scheduling-voice-bot.yaml', packageFolder);

interface Recorded {
  readonly series: LatencySeries;
  readonly exchanges: readonly ExchangeLine[];
  readonly journal: string;
  readonly phi: unknown;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of Node; `ended` resolves with everything it wrote. */
function start(...argv: string[]): { child: ChildProcess; said: () => string; ended: Promise<Ended> } {
  const child = spawn(process.execPath, argv, { cwd: fileURLToPath(packageFolder) });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, said: () => stdout, ended };
}

/** Waits until the program has written this. */
async function saying(program: ReturnType<typeof start>, text: string): Promise<void> {
  while (!program.said().includes(text)) {
    const end = await Promise.race([once(program.child.stdout!, 'data').then(() => undefined), program.ended]);
    if (end !== undefined) throw new Error(`it ended with ${end.code}: ${end.stderr}`);
  }
}

describe('a run that observes what other processes do', () => {
  let folder: string;
  let organization: OrganizationProfile;
  let files: { readonly contract: string; readonly organization: string };
  let sandbox: ReturnType<typeof start> | undefined;
  let product: RunningAiSystem | undefined;
  let staff: { readonly booked: number; readonly cancelled: number };
  let acting: Recorded;
  let observing: Recorded;
  let changes: readonly AuditEvent[];
  let searches: readonly AuditEvent[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-observed-'));
    sandbox = start(bin, 'sandbox', '--port', '0', '--org', 'lakeside', '--folder', folder);
    await saying(sandbox, 'Try:');
    const home = join(folder, 'lakeside');
    organization = parse(await readFile(join(home, 'scheduling.yaml'), 'utf8')) as OrganizationProfile;
    product = await startAiSystem('integrated', join(folder, 'product'), {
      ...(await client('ai-voice-bot')),
      providers: [],
      visitType: 'none',
      earliestDays: 14,
      latestDays: 60,
    });
    files = await documents();
    const driving = start(
      driver,
      JSON.stringify({
        client: await client('scheduler-north'),
        patients: organization.testData?.patients?.filter(({ site }) => site === 'north').map(({ id }) => id),
        notOfSchedule: organization.testData?.slots?.schedule,
        everyMs: 250,
      }),
    );
    await saying(driving, 'slots');
    [observing, acting] = await Promise.all([
      recorded('observing', '--observe', '20s'),
      recorded('acting', '--writes', 'all'),
    ]);
    driving.child.kill();
    const { stdout } = await driving.ended;
    staff = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as typeof staff;
    const log = connect({ ...(await client('auditor')), port: 0, controlToken: '', webhookSecret: '' }, [
      'system/AuditEvent.rs',
    ]);
    const found = (action: string): Promise<AuditEvent[]> =>
      log.searchAll('AuditEvent', [
        ['action', action],
        ['_count', '1000'],
      ]) as Promise<AuditEvent[]>;
    changes = await found('C,U,D');
    searches = await found('E');
    log.close();
  });

  afterAll(async () => {
    await product?.stop();
    sandbox?.child.kill();
    await sandbox?.ended;
    await rm(folder, { recursive: true, force: true });
  });

  /** How a program signs in as this client of the sandbox. */
  async function client(name: string) {
    const home = join(folder, 'lakeside');
    const { fhirBase = '', tokenUrl = '' } = organization.environments?.['sandbox'] ?? {};
    const keyFile = join(home, 'keys', `${name}.pem`);
    const key = createPublicKey(await readFile(keyFile, 'utf8'));
    return {
      fhirBase,
      tokenUrl,
      clientId: `lakeside-${name}`,
      keyFile,
      caFile: join(home, 'ca.pem'),
      kid: await calculateJwkThumbprint(await exportJWK(key)),
      algorithm: key.asymmetricKeyType === 'rsa' ? ('RS384' as const) : ('ES384' as const),
    };
  }

  /** Slow enough that a busy machine keeps up, and that every event is followed to its answer. */
  async function documents(): Promise<typeof files> {
    const home = join(folder, 'lakeside');
    const contract = parse(await readFile(contractFile, 'utf8')) as Contract;
    for (const entry of contract.latency ?? []) if (entry.id === 'freed-slot') entry.budget = 'PT10S';
    if (organization.limits?.sampling !== undefined) organization.limits.sampling.rate = { perMinute: 240 };
    await writePrivateFile(home, 'ai-system.token', product?.token ?? '');
    const token = { ref: 'file:ai-system.token' };
    organization.aiSystem = { query: { url: product?.queryUrl ?? '', token } };
    await mkdir(home, { recursive: true });
    const written = { contract: join(home, 'contract.yaml'), organization: join(home, 'organization.yaml') };
    await writeFile(written.contract, stringify(contract), { mode: 0o600 });
    await writeFile(written.organization, stringify(organization), { mode: 0o600 });
    return written;
  }

  function run(output: string, ...flags: string[]): Promise<Ended> {
    const { contract, organization: profile } = files;
    const given = ['--contract', contract, '--organization', profile, '--output', output, ...flags];
    const only = ['--only', 'latency.event-to-response', '--gate', 'none', '--seed', 'observed', '--quiet'];
    return start(bin, 'run', ...given, ...only).ended;
  }

  async function recorded(name: string, ...flags: string[]): Promise<Recorded> {
    const output = join(folder, name);
    const ended = await run(output, ...flags);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const [kept = ''] = (await readdir(output)).filter((each) => !each.endsWith('.ndjson'));
    const lines = (await readFile(join(output, kept, 'evidence.ndjson'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    const facts = lines.filter(({ type }) => type === 'fact') as unknown as RecordedFact[];
    const series = facts.find(({ kind, subject }) => kind === 'latency-series' && subject === 'budget:freed-slot');
    return {
      series: series?.value as LatencySeries,
      exchanges: lines.filter(({ type }) => type === 'exchange') as unknown as ExchangeLine[],
      journal: await readFile(join(output, kept, 'journal.ndjson'), 'utf8'),
      phi: (lines[0] as { phi?: unknown } | undefined)?.phi,
    };
  }

  const requestOf = ({ entity = [] }: AuditEvent): string | undefined =>
    entity.find(({ description }) => description === 'X-Request-Id')?.what?.identifier?.value;
  const byClient = ({ agent }: AuditEvent): string | undefined => agent[0]?.altId;
  const requestsOf = ({ exchanges }: Recorded): Set<string> => new Set(exchanges.map(({ requestId }) => requestId));
  const of = (records: readonly AuditEvent[], run: Recorded): AuditEvent[] => {
    const own = requestsOf(run);
    return records.filter((record) => own.has(requestOf(record) ?? ''));
  };

  /** Where the median lies, by both ends of every sample (latency D.6). */
  function medianOf({ samples }: LatencySeries): readonly [number, number] {
    const { lower, upper } = rankInterval(samples.length, 50);
    const sorted = (end: 0 | 1): number[] => samples.map((sample) => sample[end] ?? Infinity).sort((a, b) => a - b);
    return [sorted(0)[(lower ?? 1) - 1] ?? 0, sorted(1)[(upper ?? samples.length) - 1] ?? Infinity];
  }

  it('sees the events of the others, and keeps its source apart', () => {
    expect(observing.series.source).toBe('observed');
    expect(acting.series.source).toBe('active');
    // Staff alone frees more than 40 visits in that time.
    expect(staff.cancelled).toBeGreaterThanOrEqual(40);
    expect(observing.series.samples.length).toBeGreaterThanOrEqual(40);
    expect(observing.series.looks).toHaveLength(1);
    expect(observing.series.looks[0]?.n).toBe(observing.series.samples.length);
  });

  it('agrees with the acting one within the brackets of both', () => {
    const [one, other] = [medianOf(observing.series), medianOf(acting.series)];
    expect(Math.max(one[0], other[0])).toBeLessThanOrEqual(Math.min(one[1], other[1]));
    for (const [lowerMs, upperMs] of observing.series.samples) {
      expect(upperMs ?? Infinity).toBeGreaterThanOrEqual(lowerMs);
    }
  });

  it('writes nothing: the log of the EHR holds its searches, and the changes of all the others', () => {
    expect(of(searches, observing).length).toBeGreaterThanOrEqual(40);
    expect(of(changes, observing)).toEqual([]);
    expect(of(changes, acting).length).toBeGreaterThanOrEqual(2 * acting.series.samples.length);
    const byStaff = changes.filter((record) => byClient(record) === 'lakeside-scheduler-north');
    expect(byStaff.filter((record) => !requestsOf(acting).has(requestOf(record) ?? ''))).toHaveLength(
      staff.booked + staff.cancelled,
    );
    const nobodys = changes
      .filter((record) => !requestsOf(acting).has(requestOf(record) ?? '') && !byStaff.includes(record))
      .map((record) => `${byClient(record)} ${record.entity?.[0]?.what?.reference?.split('/')[0]}`);
    expect(new Set(nobodys)).toEqual(new Set(['lakeside-ai-voice-bot Subscription']));
  });

  it('journals nothing, and may hold data of patients', () => {
    expect(observing.journal).not.toContain('"type":"intent"');
    expect(acting.journal).toContain('"type":"intent"');
    expect(observing.phi).toBe('may-contain');
  });

  it('cannot be asked to write', async () => {
    const { code, stderr } = await run(join(folder, 'refused'), '--observe', '20s', '--writes', 'one');
    expect(code).toBe(2);
    expect(stderr).toContain('observing-writes-nothing');
  });
});

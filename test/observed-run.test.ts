import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadChecks } from '../src/cli/check-catalog.js';
import { prepareRun, type RunRequest } from '../src/cli/execute-run.js';
import type { AnyCheck } from '../src/model/check.js';
import type { Contract } from '../src/model/documents/contract.js';
import type { OrganizationProfile } from '../src/model/documents/organization.js';
import type { ExchangeLine } from '../src/model/evidence.js';
import type { RecordedFact } from '../src/model/fact.js';
import type { LatencySeries } from '../src/model/latency-series.js';
import { rankInterval } from '../src/model/shares.js';
import type { RunningAiSystem } from '../src/sandbox/ai-systems/start.js';
import { startSandbox, type Sandbox } from '../src/sandbox/server.js';
import { reusedKeys } from './support/client-keys.js';
import { startBeside, writeDocuments, type TrialOptions } from './support/trial.js';
import { places } from './support/places.js';

// One run books and cancels and times the product; another one beside it writes nothing and times the same visits.

const observeMs = 20_000;

/** Slow enough that a busy machine keeps up, and that every event is followed to its answer. */
function unhurried({ contract, organization }: Parameters<NonNullable<TrialOptions['change']>>[0]): void {
  for (const entry of (contract as unknown as Contract).latency ?? []) {
    if (entry.id === 'freed-slot') entry.budget = 'PT10S';
  }
  const { limits } = organization as unknown as OrganizationProfile;
  if (limits?.sampling !== undefined) limits.sampling.rate = { perMinute: 240 };
}

interface Recorded {
  readonly series: LatencySeries;
  readonly exchanges: readonly ExchangeLine[];
  readonly journal: string;
  readonly phi: unknown;
}

describe('a run that observes, beside one that acts', () => {
  let folder: string;
  let sandbox: Sandbox;
  let product: RunningAiSystem;
  let checks: readonly AnyCheck[];
  let request: RunRequest;
  let acting: Recorded;
  let observing: Recorded;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-observed-'));
    sandbox = await startSandbox({
      keysFolder: folder,
      createKey: reusedKeys(),
      deviations: [],
      organizations: ['lakeside'],
    });
    product = await startBeside(sandbox, folder, 'integrated');
    const files = await writeDocuments(sandbox, folder, { change: unhurried }, [], product);
    checks = await loadChecks(places.checksFolder);
    request = {
      ...files,
      writes: 'none',
      gate: 'none',
      selected: ['latency.event-to-response'],
      output: join(folder, 'runs'),
      seed: 'observed',
      signal: new AbortController().signal,
    };
    [observing, acting] = await Promise.all([
      recorded({ ...request, observeMs }),
      recorded({ ...request, writes: 'all', output: join(folder, 'acting') }),
    ]);
  }, 180_000);

  afterAll(async () => {
    await product.stop();
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function recorded(asked: RunRequest): Promise<Recorded> {
    const gathered = await (await prepareRun(asked, places, checks)).execute();
    const lines = (await readFile(join(gathered.folder, 'evidence.ndjson'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    const facts = lines.filter(({ type }) => type === 'fact') as unknown as RecordedFact[];
    const series = facts.find(({ kind, subject }) => kind === 'latency-series' && subject === 'budget:freed-slot');
    return {
      series: series?.value as LatencySeries,
      exchanges: lines.filter(({ type }) => type === 'exchange') as unknown as ExchangeLine[],
      journal: await readFile(join(gathered.folder, 'journal.ndjson'), 'utf8'),
      phi: (lines[0] as { phi?: unknown } | undefined)?.phi,
    };
  }

  /** Where the median lies, by both ends of every sample (latency D.6). */
  function medianOf({ samples }: LatencySeries): readonly [number, number] {
    const { lower, upper } = rankInterval(samples.length, 50);
    const sorted = (end: 0 | 1): number[] => samples.map((sample) => sample[end] ?? Infinity).sort((a, b) => a - b);
    return [sorted(0)[(lower ?? 1) - 1] ?? 0, sorted(1)[(upper ?? samples.length) - 1] ?? Infinity];
  }

  it('sees the events of the other, and keeps its source apart', () => {
    expect(observing.series.source).toBe('observed');
    expect(acting.series.source).toBe('active');
    expect(observing.series.samples.length).toBeGreaterThanOrEqual(20);
    expect(observing.series.looks).toHaveLength(1);
    expect(observing.series.looks[0]?.n).toBe(observing.series.samples.length);
  });

  it('agrees with it within the brackets of both', () => {
    const [one, other] = [medianOf(observing.series), medianOf(acting.series)];
    expect(Math.max(one[0], other[0])).toBeLessThanOrEqual(Math.min(one[1], other[1]));
    for (const [lowerMs, upperMs] of observing.series.samples) {
      expect(upperMs ?? Infinity).toBeGreaterThanOrEqual(lowerMs);
    }
  });

  it('writes nothing: reads and searches leave it, and nothing is journalled', () => {
    const wrote = observing.exchanges
      .filter(({ purpose }) => purpose === 'fhir' || purpose.startsWith('ai-'))
      .filter(({ method, path }) => method !== 'GET' && !path.includes('/_search'));
    expect(wrote).toEqual([]);
    expect(observing.journal).not.toContain('"type":"intent"');
    expect(acting.journal).toContain('"type":"intent"');
    expect(observing.phi).toBe('may-contain');
  });

  it('cannot be asked to write', async () => {
    await expect(prepareRun({ ...request, writes: 'one', observeMs }, places, checks)).rejects.toMatchObject({
      code: 'observing-writes-nothing',
      exitCode: 2,
    });
  });
});

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentReference, Encounter } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Contract } from '../src/model/documents/contract.js';
import type { OrganizationProfile } from '../src/model/documents/organization.js';
import type { ExchangeLine } from '../src/model/evidence.js';
import type { RecordedFact } from '../src/model/fact.js';
import type { LatencySeries } from '../src/model/latency-series.js';
import { startSandbox, type Sandbox } from '../src/sandbox/server.js';
import { reusedKeys } from './support/client-keys.js';
import { command } from './support/command-line.js';
import { writeDocuments } from './support/trial.js';

// Nothing happens while the run looks: the visits ended and the notes were written on other days.

const hour = 3_600_000;
const answered = 62;
const unanswered = 3;
/** Of each visit: how long after its end the note was written. */
const delaysMs = Array.from({ length: answered }, (_, index) => 20_000 + 1_500 * index);

describe('an entry timed by the record', () => {
  let folder: string;
  let sandbox: Sandbox;
  let door: Server;
  let doorAheadMs = 0;
  let patients: OrganizationProfile['testData'];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-record-'));
    sandbox = await startSandbox({
      keysFolder: folder,
      createKey: reusedKeys(),
      deviations: [],
      organizations: ['lakeside'],
    });
    // Of the product nothing is asked but what its clock shows.
    door = createServer((_, response) => {
      response.setHeader('date', new Date(Date.now() + doorAheadMs).toUTCString());
      response.setHeader('content-type', 'application/json').end('{"offers": []}');
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const { store, clinic } = sandbox.organizations.get('lakeside')!;
    const [one, other] = clinic.index.patients.filter(({ site }) => site === 'north');
    patients = { patients: [one!, other!].map(({ alias, id, canary }) => ({ alias, id, canary, synthetic: true })) };
    const seed = Object.values(store.snapshot()).find(({ resourceType }) => resourceType === 'Encounter') as Encounter;
    const visit = (patient: string, endMs: number): Omit<Encounter, 'id'> => {
      const { id: _id, meta: _meta, ...rest } = seed;
      const [start, end] = [new Date(endMs - hour).toISOString(), new Date(endMs).toISOString()];
      return { ...rest, status: 'finished', subject: { reference: `Patient/${patient}` }, period: { start, end } };
    };
    const note = (patient: string, encounter: string, atMs: number): DocumentReference => ({
      resourceType: 'DocumentReference',
      status: 'current',
      docStatus: 'preliminary',
      type: { coding: [{ system: 'http://loinc.org', code: '11506-3' }] },
      subject: { reference: `Patient/${patient}` },
      date: new Date(atMs).toISOString(),
      context: { encounter: [{ reference: `Encounter/${encounter}` }] },
      content: [{ attachment: { contentType: 'text/plain', data: 'dGV4dA==' } }],
    });
    // Stamps that all end with two noughts would say that the EHR keeps no finer time.
    const nowMs = Math.floor(Date.now() / 1_000) * 1_000 - 863;
    store.transaction((writer) => {
      for (const [index, delayMs] of delaysMs.entries()) {
        const endMs = nowMs - 2 * hour - index * 4 * hour;
        const { id } = writer.create(visit(one!.id, endMs));
        writer.create(note(one!.id, id, endMs + delayMs));
        // A second note of the same visit is no second answer.
        if (index === 0) writer.create(note(one!.id, id, endMs + hour));
      }
      for (let index = 0; index < unanswered; index++) writer.create(visit(one!.id, nowMs - (5 + 4 * index) * hour));
      // Its time is not over yet, so that it is not waited for in vain either.
      writer.create(visit(one!.id, nowMs - 30_000));
      const { id } = writer.create(visit(other!.id, nowMs - hour));
      writer.create(note(other!.id, id, nowMs - hour - 10_000));
    });
  });

  afterAll(async () => {
    door.close();
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(patient: number) {
    const files = await writeDocuments(
      sandbox,
      folder,
      {
        workflow: 'documentation',
        change: (documents) => {
          const { contract, organization } = documents as unknown as {
            contract: Contract;
            organization: OrganizationProfile;
          };
          const clock = { from: 'Encounter.period.end', to: 'DocumentReference.date' };
          const entries = contract.latency?.filter(({ id }) => id === 'draft-ready') ?? [];
          contract.latency = entries.map((entry) => ({ ...entry, clock }));
          const { port } = door.address() as AddressInfo;
          organization.aiSystem = { query: { url: `http://127.0.0.1:${port}/` } };
          organization.testData = {
            ...organization.testData,
            patients: patients!.patients!.slice(patient, patient + 1),
          };
        },
      },
      [],
    );
    const output = await mkdtemp(join(folder, 'runs-'));
    const given = ['--contract', files.contract, '--organization', files.organization, '--output', output];
    const said = await command('run', ...given, '--only', 'latency.event-to-record', '--gate', 'none', '--quiet');
    const [kept = ''] = (await readdir(output)).filter((name) => !name.endsWith('.ndjson'));
    const lines = (await readFile(join(output, kept, 'evidence.ndjson'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    const facts = lines.filter(({ type }) => type === 'fact') as unknown as RecordedFact[];
    return {
      ...said,
      report: await readFile(join(output, kept, 'report.md'), 'utf8'),
      value: facts.find(({ kind, subject }) => kind === 'latency-series' && subject === 'budget:draft-ready')?.value,
      exchanges: lines.filter(({ type }) => type === 'exchange') as unknown as ExchangeLine[],
    };
  }

  it('says what the record says, one look at all there is, and nothing is written', async () => {
    const { value, exchanges, report } = await run(0);
    const series = value as LatencySeries;
    expect(series).toMatchObject({ source: 'record', errors: unanswered, pollMs: 1 });
    expect(series.samples).toHaveLength(answered + unanswered);
    expect(series.looks).toMatchObject([{ n: answered + unanswered }]);
    const seen = series.samples.filter(([, upperMs]) => upperMs !== null);
    // In the order of the events, of which the last one was listed first.
    for (const [index, delayMs] of delaysMs.toReversed().entries()) {
      const [lowerMs, upperMs] = seen[index]!;
      expect(lowerMs).toBeLessThanOrEqual(delayMs);
      expect(upperMs).toBeGreaterThanOrEqual(delayMs);
      expect(upperMs! - lowerMs).toBeLessThan(2_500);
    }
    expect(report).toMatch(/\| *p95 .*\| *record *\|/);
    const wrote = exchanges
      .filter(({ purpose }) => purpose === 'fhir' || purpose.startsWith('ai-'))
      .filter(({ method, path }) => method !== 'GET' && !path.includes('/_search'));
    expect(wrote).toEqual([]);
  });

  it('is wider by what the clock of the product is off, for nobody knows who wrote the time', async () => {
    doorAheadMs = 40_000;
    const { value } = await run(0);
    doorAheadMs = 0;
    const seen = (value as LatencySeries).samples.filter(([, upperMs]) => upperMs !== null);
    for (const [index, delayMs] of delaysMs.toReversed().entries()) {
      const [lowerMs, upperMs] = seen[index]!;
      expect(upperMs).toBeGreaterThanOrEqual(delayMs);
      expect(lowerMs).toBeLessThanOrEqual(Math.max(0, delayMs - 40_000));
    }
  });

  it('is not measured where an answer stands before its event', async () => {
    const { value } = await run(1);
    expect(value).toMatchObject({ missing: 'clocks-disagree' });
  });
});

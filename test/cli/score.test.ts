import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gateOf } from '../../src/cli/score.js';
import { scoreFolder } from '../../src/cli/score-run.js';
import { createRunFolder, type InputDocument } from '../../src/gather/run-folder.js';
import { chainStart } from '../../src/model/chain.js';
import { scorecardJson } from '../../src/model/scorecard-json.js';
import { places } from '../support/places.js';

const root = new URL('../../', import.meta.url);
const startedAt = '2026-11-20T08:00:00.000Z';

const contract = `apiVersion: ehr-scorecard/v1
kind: WorkflowContract
extends: scheduling-voice-bot
metadata: {id: our-voice-bot, owner: access-director@clinic.example, status: draft}
`;
const organization = `apiVersion: ehr-scorecard/v1
kind: OrganizationProfile
metadata: {id: our-clinic, name: Our Clinic, decisionEnvironment: test}
environments:
  test: {class: org-nonprod, fhirBase: "https://fhir.clinic.example/r4"}
`;

let output: string;
let folder: string;

beforeEach(async () => {
  output = await mkdtemp(join(tmpdir(), 'score-'));
  const shipped = (path: string) => readFile(new URL(`profiles/${path}`, root));
  const documents: InputDocument[] = [
    { name: 'contract.yaml', role: 'contract', bytes: Buffer.from(contract) },
    {
      name: 'contracts.scheduling-voice-bot.yaml',
      role: 'contract-template',
      bytes: await shipped('contracts/scheduling-voice-bot.yaml'),
    },
    { name: 'organization.yaml', role: 'organization', bytes: Buffer.from(organization) },
    { name: 'policy-pilot.yaml', role: 'policy', bytes: await shipped('policies/pilot.yaml') },
  ];
  const run = await createRunFolder(output, 'run-1', documents);
  folder = run.path;
  await run.evidence.append({
    type: 'header',
    schemaVersion: 1,
    runId: 'run-1',
    tool: { name: 'ehr-scorecard', version: '0.1.0' },
    startedAt,
    operator: { party: 'buyer', who: 'access-director@clinic.example' },
    environment: { id: 'test', class: 'org-nonprod', origin: 'https://fhir.clinic.example' },
    phi: 'synthetic-only',
    writes: 'none',
    gate: 'go',
    selection: null,
    credentials: false,
    inputs: [...run.inputs],
    planSha256: chainStart,
    seed: 's',
  });
  await run.evidence.append({
    type: 'end',
    at: startedAt,
    how: 'complete',
    plannedRequests: 0,
    sentRequests: 0,
    unavailableRequests: 0,
    writes: 0,
    undone: 0,
    residue: [],
    leavesMax: 0,
    journalHead: run.journal.head,
  });
  await run.evidence.close();
  await run.journal.close();
});
afterEach(() => rm(output, { recursive: true, force: true }));

describe('a run without any credential', () => {
  it('is scored from its own inputs, alike each time', async () => {
    const { scorecard } = await scoreFolder(folder, places);
    expect([scorecard.decision.value, scorecard.decision.exitCode]).toEqual(['no-go-not-shown', 3]);
    expect(scorecard.decision.words).toMatch(/^NOT SHOWN YET: nothing was tested\./);
    expect(scorecard.policy.custom).toBe(false);
    expect(scorecard.contract.id).toBe('our-voice-bot');
    expect(scorecard.latency.map((entry) => entry.id)).toContain('freed-slot');
    expect(scorecardJson((await scoreFolder(folder, places)).scorecard)).toBe(scorecardJson(scorecard));
  });

  it('takes another gate and policy without touching what was recorded', async () => {
    const { scorecard } = await scoreFolder(folder, places);
    await writeFile(join(folder, 'scorecard.json'), scorecardJson(scorecard));
    const other = await scoreFolder(folder, places, { gate: 'none' });
    expect([other.scorecard.decision.gate, other.scorecard.decision.exitCode]).toEqual(['none', 0]);
    expect(
      (await scoreFolder(folder, places, { gate: 'baseline', baseline: scorecard })).scorecard.decision.exitCode,
    ).toBe(0);
  });

  it('is refused when a number in scorecard.json was changed', async () => {
    const { scorecard } = await scoreFolder(folder, places);
    const path = join(folder, 'scorecard.json');
    await writeFile(path, scorecardJson(scorecard));
    expect((await scoreFolder(folder, places)).scorecard).toEqual(scorecard);
    await writeFile(path, scorecardJson({ ...scorecard, index: { ...scorecard.index, value: 100 } }));
    await expect(scoreFolder(folder, places)).rejects.toMatchObject({ code: 'scorecard-differs', exitCode: 2 });
    const kinder = { ...scorecard.decision, gate: 'none' as const, exitCode: 0 };
    await writeFile(path, scorecardJson({ ...scorecard, decision: kinder }));
    await expect(scoreFolder(folder, places)).rejects.toMatchObject({ code: 'scorecard-differs', exitCode: 2 });
    await writeFile(path, '{"schemaVersion": 1}');
    await expect(scoreFolder(folder, places)).rejects.toMatchObject({ code: 'not-a-scorecard', exitCode: 2 });
  });

  it('is refused when the evidence was changed', async () => {
    await appendFile(join(folder, 'evidence.ndjson'), '{"seq":2}\n');
    await expect(scoreFolder(folder, places)).rejects.toMatchObject({ code: 'broken-chain', exitCode: 2 });
  });
});

it('knows its gates', () => {
  expect(gateOf('conditional')).toEqual({ gate: 'conditional' });
  expect(gateOf('baseline=a/b.json')).toEqual({ gate: 'baseline', file: 'a/b.json' });
  for (const text of ['baseline', 'baseline=', 'Go', '']) {
    expect(() => gateOf(text)).toThrow(expect.objectContaining({ code: 'unknown-gate', exitCode: 2 }));
  }
});

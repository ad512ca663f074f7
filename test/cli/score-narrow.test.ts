import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintFiles } from '../../src/cli/lint.js';
import { scoreFolder, scoreRun } from '../../src/cli/score-run.js';
import { createRunFolder, type InputDocument } from '../../src/gather/run-folder.js';
import { loadContract } from '../../src/load/documents.js';
import { chainStart } from '../../src/model/chain.js';
import { scorecardJson } from '../../src/model/scorecard-json.js';
import { command } from '../support/command-line.js';
import { places } from '../support/places.js';

const root = new URL('../../', import.meta.url);
const profilesFolder = new URL('profiles/', root);
const startedAt = '2026-11-20T08:00:00.000Z';

const organization = (more = '') => `apiVersion: ehr-scorecard/v1
kind: OrganizationProfile
metadata: {id: our-clinic, name: Our Clinic, decisionEnvironment: test}
environments:
  test: {class: simulator, fhirBase: "https://127.0.0.1/fhir"}
${more}`;
/** Whether one slot can be booked twice, and nothing else. */
const policy = `apiVersion: ehr-scorecard/v1
kind: Policy
metadata: {id: own, version: 1.0.0}
questions:
  resilience: {deciding: [write.slot-race]}
`;
const extending = `# ours
apiVersion: ehr-scorecard/v1
kind: WorkflowContract
extends: scheduling-voice-bot
metadata: {id: our-voice-bot, owner: access-director@clinic.example, status: draft} # not agreed yet
`;
const race = {
  overlapping: 30,
  bookedOnce: 1,
  bookedTwice: 29,
  mostBookings: 2,
  bookingsPerSlot: 1,
  bothCanBook: true,
  refusals: [],
};

let output: string;
let shipped: Buffer;
beforeAll(async () => {
  output = await mkdtemp(join(tmpdir(), 'score-narrow-'));
  shipped = await readFile(new URL('contracts/scheduling-voice-bot.yaml', profilesFolder));
});
afterAll(() => rm(output, { recursive: true, force: true }));

/** A recorded run in which every slot was booked twice. */
async function recorded(
  runId: string,
  contract: string | Uint8Array,
  atOrganization: string,
  { template = false, gate = 'go' }: { readonly template?: boolean; readonly gate?: 'go' | 'baseline' } = {},
): Promise<string> {
  const documents: InputDocument[] = [
    { name: 'contract.yaml', role: 'contract', bytes: Buffer.from(contract) },
    ...(template
      ? [{ name: 'contracts.scheduling-voice-bot.yaml', role: 'contract-template' as const, bytes: shipped }]
      : []),
    { name: 'organization.yaml', role: 'organization', bytes: Buffer.from(atOrganization) },
    { name: 'policy-own.yaml', role: 'policy', bytes: Buffer.from(policy) },
  ];
  const run = await createRunFolder(output, runId, documents);
  await run.evidence.append({
    type: 'header',
    schemaVersion: 1,
    runId,
    tool: { name: 'ehr-scorecard', version: '0.1.0' },
    startedAt,
    operator: { party: 'buyer', who: 'access-director@clinic.example' },
    environment: { id: 'test', class: 'simulator', origin: 'https://127.0.0.1' },
    phi: 'synthetic-only',
    writes: 'all',
    gate,
    selection: null,
    credentials: true,
    inputs: [...run.inputs],
    planSha256: chainStart,
    seed: 's',
  });
  await run.evidence.append({
    type: 'fact',
    kind: 'slot-race',
    version: 1,
    subject: 'action:book',
    value: race,
    grade: 'measured',
    exchanges: [],
    environmentClass: 'simulator',
  });
  await run.evidence.append({
    type: 'end',
    at: startedAt,
    how: 'complete',
    plannedRequests: 60,
    sentRequests: 60,
    unavailableRequests: 0,
    writes: 60,
    undone: 60,
    residue: [],
    leavesMax: 0,
    journalHead: run.journal.head,
  });
  await run.evidence.close();
  await run.journal.close();
  return run.path;
}

const overridden = 'overrides: {"actions[book].noReview": allowed, "latency[slot-search].budget": PT1S}\n';

describe('score --narrow', () => {
  it('prints the parts that go, what they no longer earn, and the decision of what is left', async () => {
    const run = await recorded('run-1', shipped, organization(overridden));
    const { code, stdout } = await command('score', run, '--narrow');
    // The decision of the run stays what it is.
    expect(code).toBe(1);
    expect(stdout).toMatch(/^custom policy\nNO-GO: failed /);
    const section = stdout.slice(stdout.indexOf('The same evidence with a narrower contract'));
    expect(section.replaceAll(/\s+/g, ' ')).toContain(
      '- action book only suggests (commit in the contract); with it its undo and the budgets booking, call-to-visit, read-after-write ' +
        'No longer earned: 2,916 of 6,516 minutes a week; earned on this evidence: 3,600. ' +
        'Conditional go on a simulator: reads and commits, 0 of 4 roles, 1 action, 3 suggestions, 2 triggers',
    );
    expect(section).toContain('Take out of the organization file: overrides.actions[book].noReview.');
    expect((await command('score', run)).stdout).not.toContain('narrower');
  });

  it('writes a contract that lints, keeps its comments and gets that decision', async () => {
    const run = await recorded('run-2', shipped, organization(overridden));
    const file = join(output, 'narrow.yaml');
    const { code, stderr } = await command('score', run, `--narrow=${file}`, '--json');
    expect([code, stderr]).toEqual([1, `Narrower contract written to ${file}\n`]);
    const text = await readFile(file, 'utf8');
    expect(text.split('\n').slice(0, 3)).toEqual([
      '# yaml-language-server: $schema=../schemas/contract.schema.json',
      '# Narrowed by the evidence of run run-2: the same workflow with a smaller promise.',
      '# - action book only suggests; with it its undo and the budgets booking, call-to-visit and read-after-write',
    ]);
    expect(text).toContain('# A voice bot finds, books and cancels primary-care visits');
    expect(text).toContain('modelUse: {predictive: false, trainsOnPhi: false, promptRetention: P0D}');
    expect(await lintFiles([file], { profilesFolder })).toEqual([]);
    const own = organization('overrides: {"latency[slot-search].budget": PT1S}\n');
    const again = JSON.parse((await command('score', await recorded('run-3', text, own), '--json')).stdout) as {
      decision: { value: string; words: string };
    };
    expect(again.decision).toMatchObject({
      value: 'conditional-go',
      words: 'Conditional go on a simulator: reads and commits, 0 of 4 roles, 1 action, 3 suggestions, 2 triggers',
    });
  });

  it('writes out what came from a template, with an open question', async () => {
    const run = await recorded('run-4', extending, organization(), { template: true });
    const file = join(output, 'written-out.yaml');
    await command('score', run, `--narrow=${file}`, '--json');
    expect(await lintFiles([file], { profilesFolder })).toEqual([]);
    const { value } = await loadContract(file, { profilesFolder });
    expect([value.extends, value.metadata.id, value.metadata.status]).toEqual([undefined, 'our-voice-bot', 'draft']);
    expect(value.metadata.openQuestions).toEqual([
      { text: 'Is this narrower form agreed to? It was made from run run-4.' },
    ]);
    expect(value.actions?.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'offer suggest',
      'book suggest',
      'cancel commit',
      'ask-staff suggest',
    ]);
    const text = await readFile(file, 'utf8');
    expect(text).toContain('# ours');
    expect(text).toContain('# What came from scheduling-voice-bot is written out, and is still to be confirmed.');
  });

  it('keeps a contract whole whose anchors do not allow an edit in place', async () => {
    const anchored = `apiVersion: ehr-scorecard/v1
kind: WorkflowContract
metadata: {id: anchored}
triggers: [{id: call, kind: external, primary: true}]
resources: [{id: caller, type: Patient}]
actions:
  - id: book
    kind: commit
    via: fhir-r4
    interaction: create
    resource: Appointment
    compensation: &undo {interaction: patch, toState: cancelled}
  - {id: note, kind: draft, via: fhir-r4, interaction: create, resource: DocumentReference, compensation: *undo}
`;
    const file = join(output, 'anchored-narrow.yaml');
    await command('score', await recorded('run-5', anchored, organization()), `--narrow=${file}`, '--json');
    const { value } = await loadContract(file, { profilesFolder });
    expect(value.actions?.[0]).toEqual({ id: 'book', kind: 'suggest', via: 'screen' });
    expect(value.actions?.[1]?.compensation).toEqual({ interaction: 'patch', toState: 'cancelled' });
  });

  it('leaves a file that is there as it is, and writes none where nothing is narrower', async () => {
    const run = await recorded('run-6', shipped, organization());
    const file = join(output, 'mine.yaml');
    await writeFile(file, 'mine');
    const { code, stderr } = await command('score', run, `--narrow=${file}`, '--json');
    expect([code, stderr]).toEqual([2, expect.stringContaining('exists already and is left as it is')]);
    expect(await readFile(file, 'utf8')).toBe('mine');
    const fine = `apiVersion: ehr-scorecard/v1
kind: WorkflowContract
metadata: {id: reader}
triggers: [{id: call, kind: external, primary: true}]
resources: [{id: caller, type: Patient}]
actions: []
`;
    const none = join(output, 'none.yaml');
    const said = await command('score', await recorded('run-7', fine, organization()), `--narrow=${none}`, '--json');
    expect(said.stderr).toBe(`${none} was not written\n`);
    await expect(readFile(none)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('keeps what a baseline said of the run', async () => {
    const run = await recorded('run-8', shipped, organization(), { gate: 'baseline' });
    const { run: read, scorecard } = await scoreFolder(run, places);
    const earlier = { ...scorecard, checks: scorecard.checks.map((check) => ({ ...check, outcome: 'pass' as const })) };
    const compared = await scoreRun(read, places, { baseline: earlier });
    expect(compared.decision.baseline).toMatchObject({ newlyFailed: ['write.slot-race'] });
    await writeFile(join(run, 'scorecard.json'), scorecardJson(compared));
    const narrowed = await scoreFolder(run, places, { narrow: true });
    expect(narrowed.scorecard.narrowing?.found).toBe('narrower');
    expect(narrowed.scorecard.decision).toEqual(compared.decision);
  });

  it('asks for the run in words where --narrow took it for a file', async () => {
    const { code, stderr } = await command('score', '--narrow', 'scorecards/run-1');
    expect(code).toBe(2);
    expect(stderr).toContain('score scorecards/run-1 --narrow');
    expect((await command('score')).code).toBe(2);
  });
});

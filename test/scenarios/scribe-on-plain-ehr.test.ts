import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { collectAudit, collectWitnessSheet } from '../../src/cli/collect.js';
import { scoreFolder, scoreRun } from '../../src/cli/score-run.js';
import { readRunFolder, type RecordedRun } from '../../src/load/run-folder.js';
import type { PolicyDocument } from '../../src/model/documents/policy.js';
import type { WitnessSheet } from '../../src/model/documents/witness-sheet.js';
import type { FactKind, RecordedFact } from '../../src/model/fact.js';
import { factKinds } from '../../src/model/facts/registry.js';
import { policyOf, type Policy } from '../../src/model/policy.js';
import type { Scorecard } from '../../src/model/scorecard.js';
import { good } from '../checks/latency/series-cases.js';
import { auditEventsOf, exportCsv, exportRow } from '../support/audit-export.js';
import { trial } from '../support/trial.js';
import { witnesses } from '../support/witnesses.js';
import { places } from '../support/places.js';

// Notes on an EHR that takes drafts and nothing more. One run; what people bring afterwards is added to its folder, step by step.

const root = new URL('../../', import.meta.url);
const plainEhr = [
  'versions-not-kept',
  'delete-not-offered',
  'audit-events-not-offered',
  'subscription-not-offered',
] as const;

/** Seen on the AI system itself, on its screens or on the feed: nothing this run sends can show it. */
const besideTheRun = [
  'read.references-attachments',
  'event.duplicate-reorder',
  'event.hl7v2-feed',
  'latency.event-to-record',
  'conflict.mid-process',
  'error.ehr-outage',
  'error.rate-limit',
  'prod.missing-field',
  'prod.no-access',
  'prod.output-review',
  'auth.app-redirect-safety',
  'auth.session-isolation',
  'auth.endpoint-coverage',
  'audit.vendor-reconcile',
];

const gap = (check: string, control: string) => ({
  check,
  control,
  owner: 'cmio@lakeside.example',
  until: new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10),
});

const wordsOf = ({ answers }: Scorecard) => Object.fromEntries(answers.map(({ question, words }) => [question, words]));
const decided = ({ decision }: Scorecard) => [decision.value, decision.exitCode];
const reasonOf = ({ checks }: Scorecard, id: string) => checks.find((check) => check.id === id)?.reason;

describe('a scribe on an EHR without versions, deletes, a log and events to subscribe to', () => {
  let home: string;
  let recorded: RecordedRun;
  let firstNight: Scorecard;
  let withLog: Scorecard;
  let withPeople: Scorecard;
  let left: number;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'ehr-scorecard-scribe-'));
    const people = witnesses();
    await trial({
      workflow: 'documentation',
      deviations: plainEhr,
      witness: people.witness,
      change: ({ organization }) => {
        const policy = organization['writePolicy'] as Record<string, Record<string, unknown> | string>;
        Object.assign(organization, {
          operator: { party: 'ehr-team', who: 'integration@lakeside.example' },
          audit: { sources: [{ kind: 'file', lag: 'P1D', mapping: 'access-log-csv' }] },
          writePolicy: { ...policy, cleanup: 'none', leaves: { ...(policy['leaves'] as object), max: 25 } },
          gaps: [
            gap('event.channel', 'a clerk opens the assistant by hand when the feed is silent'),
            gap('freshness.source-age', 'the physician compares the draft with the chart'),
            ...besideTheRun.map((check) => gap(check, 'the physician reads each draft before it is signed')),
          ],
        });
        (organization['channels'] as Record<string, unknown>)['visit-ends'] = {
          kind: 'hl7v2',
          evidence: [{ link: 'https://lakeside.example/feed-test', owner: 'feeds@lakeside.example' }],
        };
      },
      afterwards: async ({ folder, sandbox }) => {
        firstNight = (await scoreFolder(folder, places)).scorecard;
        const audit = join(home, 'access-log.csv');
        await writeFile(audit, exportCsv(auditEventsOf(sandbox).flatMap(exportRow)));
        withLog = (await collectAudit(folder, { audit }, places)).scorecard;

        const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
        const drill = { control: 'undo', action: 'file-draft', at, minutes: 12, held: true } as const;
        const sheet: WitnessSheet = {
          apiVersion: 'ehr-scorecard/v1',
          kind: 'WitnessSheet',
          run: (await readRunFolder(folder)).header.runId,
          witnesses: [{ name: 'A. Doe' }, { name: 'B. Roe' }],
          seen: [...people.words].map(([action, word]) => ({ action, at, found: true, word })),
          drills: [drill, drill, drill],
          stop: { agreedMinutes: 5, drills: [{ at, by: 'A. Doe', minutes: 3, wroteAfterwards: false }] },
          downtime: [{ at, worked: true }],
        };
        const file = join(home, 'witness.yaml');
        await writeFile(file, stringify(sheet));
        withPeople = (await collectWitnessSheet(folder, file, places)).scorecard;

        const kept = join(home, 'run');
        await cp(folder, kept, { recursive: true });
        recorded = await readRunFolder(kept);
        left = recorded.ends[0]?.residue.length ?? 0;
      },
    });
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('is not shown on the first night: the log is due, and nobody has tried the way back', () => {
    expect(decided(firstNight)).toEqual(['no-go-not-shown', 3]);
    expect(wordsOf(firstNight)).toMatchObject({ audit: 'Not shown', resilience: 'Not shown', hipaa: 'Not shown' });
    expect(firstNight.decision.reasons[0]?.code).toBe('not-yet');
    for (const id of ['audit.reads-logged', 'audit.writes-logged', 'hipaa.unique-identity'])
      expect(reasonOf(firstNight, id)).toBe('not-yet');
    expect(reasonOf(firstNight, 'rollback.compensate')).toBe('holder-not-shown');
    expect(firstNight.checks.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
  });

  it('leaves drafts, as many as the organization agreed to', () => {
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(25);
  });

  it('answers about the log once it is there, and still waits for the people', () => {
    for (const id of ['audit.reads-logged', 'audit.writes-logged', 'audit.denied-logged'])
      expect(reasonOf(withLog, id)).toBeNull();
    for (const { found, expected } of withLog.audit.groups) expect(found).toBe(expected);
    expect(wordsOf(withLog)['audit']).not.toBe('Not shown');
    expect(decided(withLog)).toEqual(['no-go-not-shown', 3]);
  });

  it('is Conditional go with the log, the drills and the gaps', () => {
    expect(decided(withPeople)).toEqual(['conditional-go', 4]);
    const undo = withPeople.checks.find(({ id }) => id === 'rollback.compensate');
    expect(undo).toMatchObject({ outcome: 'pass', grade: 'witnessed' });
    expect(withPeople.answers.flatMap(({ heldBy }) => heldBy)).toContainEqual({
      check: 'rollback.compensate',
      holder: 'person',
    });
    for (const id of ['event.channel', 'freshness.source-age'])
      expect(withPeople.gaps.find(({ check }) => check === id)?.state).toBe('used');
  });

  describe('with a policy of what the run can show, and facts of an observed week and of trials that no probe of this version brings', () => {
    const fact = (kind: FactKind, subject: string, value: unknown, grade: RecordedFact['grade'] = 'measured') =>
      ({
        kind,
        version: factKinds[kind].version,
        subject,
        value,
        grade,
        exchanges: [],
        environmentClass: 'simulator',
      }) as RecordedFact;
    const week = [
      fact('channel-evidence', 'trigger:visit-ends', [null], 'witnessed'),
      ...['patient', 'visit', 'med-list', 'allergies'].map((resource) =>
        fact('source-age', `resource:${resource}`, { ehr: good, aiSystem: good, pairs: null, window: null }),
      ),
    ];
    const signedByMachine = fact('promotion', 'action:file-draft', {
      way: 'tried',
      machine: [200],
      machineCommitted: true,
      controlsHeld: true,
    });
    const trials = (reviewGate: { trials: number; breaches: number }) =>
      fact('product-trials', 'action:file-draft', [{ control: 'reviewGate', ...reviewGate }]);

    let policy: Policy;
    beforeAll(async () => {
      const text = await readFile(new URL('profiles/policies/pilot.yaml', root), 'utf8');
      const shipped = policyOf(parse(text) as PolicyDocument, true);
      const beside = new Set([...besideTheRun, ...shipped.later]);
      policy = { ...shipped, absent: [], rows: shipped.rows.filter(({ check }) => !beside.has(check)) };
    });
    const scoredWith = (facts: readonly RecordedFact[]) =>
      scoreRun({ ...recorded, facts: [...recorded.facts, ...facts] }, places, { policy });

    it('is Go: each control is held and seen, by the EHR or by a person', async () => {
      const scorecard = await scoredWith(week);
      expect(scorecard.decision.openPoints).toEqual([]);
      expect(decided(scorecard)).toEqual(['go', 0]);
      expect(Object.values(wordsOf(scorecard))).toEqual([...Array<string>(6).fill('Yes'), 'Seen working']);
      expect(new Set(scorecard.gaps.map(({ state }) => state))).toEqual(new Set(['unused']));
    });

    it('is Go on an EHR that lets the machine sign only with trials in which the product did not', async () => {
      const refused = await scoredWith([...week, signedByMachine]);
      expect(decided(refused)).toEqual(['no-go-not-shown', 3]);
      expect(reasonOf(refused, 'write.promotion-gate')).toBe('holder-not-shown');
      const few = await scoredWith([...week, signedByMachine, trials({ trials: 9, breaches: 0 })]);
      expect(decided(few)).toEqual(['no-go-not-shown', 3]);
      const held = await scoredWith([...week, signedByMachine, trials({ trials: 12, breaches: 0 })]);
      expect(decided(held)).toEqual(['go', 0]);
      expect(held.answers[1]?.heldBy).toContainEqual({ check: 'write.promotion-gate', holder: 'product' });
      const breached = await scoredWith([...week, signedByMachine, trials({ trials: 12, breaches: 1 })]);
      expect(decided(breached)).toEqual(['no-go-failed', 1]);
    });
  });
});

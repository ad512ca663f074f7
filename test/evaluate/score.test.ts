import { describe, expect, it } from 'vitest';
import { Value } from 'typebox/value';
import writeCreate from '../../checks/write/create.js';
import { score } from '../../src/evaluate/score.js';
import type { AnyCheck } from '../../src/model/check.js';
import { scorecardJson } from '../../src/model/scorecard-json.js';
import { scorecardSchema } from '../../src/model/scorecard.js';
import {
  answersIn,
  contract,
  decided,
  fail,
  gap,
  inputOf,
  notApplicable,
  notMeasured,
  pass,
  scored,
  standIns,
  startedAt,
  warn,
  type ScoreCase,
  type Table,
} from './score-case.js';

const yes = ['Yes', 'Yes', 'Yes', 'Yes', 'Yes', 'Yes', 'Seen working'];
const latencyEntry = 'latency.event-to-response';

describe('A: an integrated AI system on the simulator', () => {
  const scorecard = scored();
  it('is Go on a simulator', () => {
    expect(decided(scorecard)).toEqual(['go', 0]);
    expect(answersIn(scorecard)).toEqual(yes);
    expect(scorecard.decision.words).toMatch(/^Go on a simulator: reads and commits/);
    expect(scorecard.decision.notes).toContain('says nothing about your EHR');
    expect(scorecard.answers.map((one) => one.grade)).toEqual([...Array<string>(6).fill('measured'), 'attested']);
    expect(scorecard.decision.openPoints).toEqual([]);
    expect([scorecard.index, scorecard.policy.preview]).toEqual([{ value: 100, coverage: 100 }, false]);
  });

  it('fits its schema', () => {
    expect(Value.Errors(scorecardSchema, JSON.parse(scorecardJson(scorecard)))).toEqual([]);
  });

  it('has the same bytes twice and after a JSON round trip of evidence and documents', () => {
    const input = inputOf({ found: { 'write.create': warn(), 'scope.site': notMeasured('no-second-context') } });
    const travelled = {
      ...input,
      ...(JSON.parse(
        JSON.stringify({
          header: input.header,
          ends: input.ends,
          facts: input.facts,
          contract: input.contract,
          organization: input.organization,
        }),
      ) as object),
    };
    expect(scorecardJson(score(input))).toBe(scorecardJson(score(input)));
    expect(scorecardJson(score(travelled))).toBe(scorecardJson(score(input)));
    expect(scorecardJson(score({ ...input, checks: input.checks.toReversed() }))).toBe(scorecardJson(score(input)));
  });
});

describe('B: notes on an EHR without versions, deletes and AuditEvent', () => {
  const notes = {
    ...contract,
    actions: [
      {
        id: 'book',
        kind: 'draft' as const,
        via: 'fhir-r4' as const,
        interaction: 'create' as const,
        resource: 'DocumentReference',
      },
    ],
  };
  const held: Table = {
    'write.promotion-gate': pass({ holder: 'product' }),
    'write.idempotent-retry': pass({ holder: 'product' }),
    'rollback.compensate': pass({ holder: 'person', grade: 'witnessed' }),
    'scope.site': pass({ holder: 'product' }),
    'scope.site[human]': pass({ grade: 'attested' }),
    'scope.role[human]': pass({ grade: 'attested' }),
    'write.version-conflict': notApplicable,
    'rollback.history': notApplicable,
    'write.slot-race': notApplicable,
  };
  const first: Table = {
    ...held,
    [latencyEntry]: warn({ messageKind: 'limit' }),
    'audit.reads-logged': notMeasured('not-yet'),
    'audit.writes-logged': notMeasured('not-yet'),
    'audit.denied-logged': notMeasured('not-yet'),
  };
  const second: Table = {
    ...held,
    [latencyEntry]: warn({ messageKind: 'limit' }),
    'audit.denied-logged': notMeasured('not-yet'),
  };
  const at: ScoreCase = { environment: 'org-nonprod', contract: notes };

  it('B1, the first night: come back with the log', () => {
    const scorecard = scored({ ...at, found: first });
    expect(answersIn(scorecard)).toEqual(['Yes', 'Yes', 'Partly', 'Yes', 'Not shown', 'Yes', 'Not shown']);
    expect(decided(scorecard)).toEqual(['no-go-not-shown', 3]);
    expect(scorecard.decision.reasons[0]).toMatchObject({ code: 'not-yet' });
    expect(scorecard.answers[5]!.grade).toBe('witnessed');
    expect(scorecard.answers[1]!.heldBy).toEqual([
      { check: 'write.promotion-gate', holder: 'product' },
      { check: 'write.idempotent-retry', holder: 'product' },
    ]);
    expect(scorecard.decision.words).toMatch(/^No-go: not shown in your test system: reads and drafts/);
  });

  it('B2, the next day, with the log and two gaps', () => {
    const gaps = [gap(latencyEntry), gap('audit.denied-logged')];
    const scorecard = scored({ ...at, found: second, gaps });
    expect(answersIn(scorecard)).toEqual(['Yes', 'Yes', 'Partly', 'Yes', 'Yes', 'Yes', 'Seen working']);
    expect(decided(scorecard)).toEqual(['conditional-go', 4]);
    expect(scorecard.gaps.map((one) => one.state)).toEqual(['used', 'used']);
    expect(scorecard.decision.openPoints.map((point) => point.gap?.until)).toEqual(['2027-01-31', '2027-01-31']);
  });

  it('B3, after an observed week: the gap of the refusals is the only open point', () => {
    const found = { ...second, [latencyEntry]: pass() };
    const gaps = [gap('audit.denied-logged')];
    const scorecard = scored({ ...at, found, gaps });
    expect(answersIn(scorecard)).toEqual(yes);
    expect(decided(scorecard)).toEqual(['go', 0]);
    expect(scorecard.decision.openPoints.map((point) => point.check)).toEqual(['audit.denied-logged']);
    const rollout = scored({ ...at, found, gaps, policy: 'scale' });
    expect(decided(rollout)).toEqual(['no-go-not-shown', 3]);
    expect(rollout.decision.openPoints.map((point) => point.check)).toContain('scale.runs');
  });
});

describe('C: scheduling on an EHR without Slot and Appointment', () => {
  it('C1, through FHIR', () => {
    const blocked = notMeasured('prerequisite-failed');
    const scorecard = scored({
      environment: 'org-nonprod',
      found: {
        'discovery.capability': fail(),
        'write.capability': fail(),
        'write.create': blocked,
        'write.idempotent-retry': blocked,
        [latencyEntry]: blocked,
        'write.version-conflict': blocked,
        'audit.reads-logged': notMeasured('no-credential'),
        'audit.writes-logged': blocked,
      },
      more: {
        ehrProfile: {
          apiVersion: 'ehr-scorecard/v1',
          kind: 'EhrProfile',
          metadata: { id: 'ehr' },
          facts: [
            {
              id: 'no-slot',
              check: 'discovery.capability',
              standing: 'documented-absent',
              statement: 'Slot is not offered',
              source: 'https://ehr.example/docs',
              seenOn: '2026-11-01',
            },
          ],
        },
      },
    });
    expect(answersIn(scorecard)).toEqual(['No', 'No', 'Not shown', 'Yes', 'Not shown', 'Not shown', 'Not shown']);
    expect(decided(scorecard)).toEqual(['no-go-failed', 1]);
    expect(scorecard.blockers[0]).toMatchObject({ check: 'discovery.capability', class: 'ehr-capability' });
    expect(scorecard.checks.find((one) => one.id === latencyEntry && one.part === 'entry')!.blockedBy).toBe(
      'discovery.capability',
    );
    expect(scorecard.answers[0]!.outlook).toMatchObject([{ state: 'documented-absent', date: '2026-11-01' }]);
  });

  const byVendor: Table = {
    'read.slot-truth': warn({ grade: 'witnessed' }),
    [latencyEntry]: warn({ messageKind: 'limit' }),
    'write.create': pass({ grade: 'witnessed' }),
    'rollback.compensate': pass({ holder: 'person', grade: 'witnessed' }),
  };
  it('C2, through an interface the tool does not speak', () => {
    const scorecard = scored({
      environment: 'org-nonprod',
      found: { ...byVendor, 'write.idempotent-retry': notMeasured('tool-limited') },
    });
    expect(answersIn(scorecard)).toEqual(['Partly', 'Not shown', 'Partly', 'Yes', 'Yes', 'Not shown', 'Seen working']);
    expect(decided(scorecard)).toEqual(['no-go-not-shown', 3]);
  });

  it('C2, once staff confirm: Conditional go with gaps', () => {
    const suggesting = { ...contract, actions: [{ id: 'book', kind: 'suggest' as const }] };
    const scorecard = scored({
      environment: 'org-nonprod',
      contract: suggesting,
      found: { ...byVendor, 'rollback.compensate': notApplicable, 'write.idempotent-retry': notApplicable },
      gaps: [gap('read.slot-truth'), gap(latencyEntry)],
    });
    expect(decided(scorecard)).toEqual(['conditional-go', 4]);
  });
});

it('D: before an RFP, without any credential', () => {
  const open = notMeasured('no-credential');
  const found: Table = Object.fromEntries(
    [
      'discovery.capability',
      latencyEntry,
      'write.create',
      'scope.enforced',
      'audit.reads-logged',
      'error.ehr-outage',
      'hipaa.phi-leakage',
    ].map((id) => [id, open]),
  );
  const scorecard = scored({ environment: 'production', found, header: { credentials: false, writes: 'none' } });
  expect(answersIn(scorecard)).toEqual(Array<string>(7).fill('Not shown'));
  expect(decided(scorecard)).toEqual(['no-go-not-shown', 3]);
  expect(scorecard.decision.words).toMatch(/^NOT SHOWN YET: nothing was tested\..* 7 questions$/);
  expect(scorecard.questions).toHaveLength(7);
  expect(scorecard.questions.find(({ check }) => check === 'write.create')).toEqual({
    question: 'write',
    check: 'write.create',
    subject: 'stub:write.create',
    owner: 'vendor',
    reason: 'no-credential',
    text: writeCreate.ask.text,
  });
  expect(scorecard.decision.counts.blockersFailed).toBe(0);
});

describe('E: every night on a vendor sandbox below the environment that decides', () => {
  const at: ScoreCase = {
    environment: 'vendor-sandbox',
    decides: 'org-nonprod',
    found: { 'audit.reads-logged': notMeasured('no-credential') },
    header: { gate: 'baseline' },
  };
  const baseline = scored(at);
  it('answers Partly at most, and exits 0 while it is no worse', () => {
    const scorecard = scored({ ...at, more: { baseline } });
    expect(answersIn(scorecard)).toEqual(['Partly', 'Partly', 'Partly', 'Partly', 'Not shown', 'Partly', 'Not shown']);
    expect(decided(scorecard)).toEqual(['no-go-not-shown', 0]);
    expect(scorecard.answers[0]!.sentence).toContain('in a vendor sandbox only');
  });
  it('exits 1 when a blocker that passed now fails, 3 when a measured one is missing', () => {
    const worse = scored({ ...at, found: { ...at.found, 'write.version-conflict': fail() }, more: { baseline } });
    expect(worse.decision.exitCode).toBe(1);
    expect(worse.decision.baseline?.newlyFailed).toEqual(['write.version-conflict']);
    const missing = scored({
      ...at,
      found: { ...at.found, 'write.create': notMeasured('no-test-object') },
      more: { baseline },
    });
    expect(missing.decision.exitCode).toBe(3);
    const busy = scored({
      ...at,
      found: { ...at.found, 'write.create': notMeasured('unavailable') },
      more: { baseline },
    });
    expect(busy.decision.exitCode).toBe(0);
  });
  it('exits 75 in a night of outage', () => {
    const night = scored({ ...at, end: { unavailableRequests: 80 }, more: { baseline } });
    expect(decided(night)).toEqual(['none', 75]);
  });
  it('refuses a baseline of another contract', () => {
    const other = { ...baseline, contract: { ...baseline.contract, id: 'notes' } };
    expect(() => scored({ ...at, more: { baseline: other } })).toThrow(
      expect.objectContaining({ code: 'baseline-of-another-run', exitCode: 2 }),
    );
  });
});

describe('short cases', () => {
  const governance = { 'contract.governance': fail() };
  it.each<[string, ScoreCase, [string, number]]>([
    ['F1 a failed major without a gap', { found: governance }, ['no-go-not-shown', 3]],
    ['F2 with a gap in date', { found: governance, gaps: [gap('contract.governance')] }, ['conditional-go', 4]],
    [
      'F3 with a gap that expired yesterday',
      { found: governance, gaps: [gap('contract.governance', '2026-11-19')] },
      ['no-go-not-shown', 3],
    ],
    [
      'F with a gap of more than 180 days',
      { found: governance, gaps: [gap('contract.governance', '2027-05-20')] },
      ['no-go-not-shown', 3],
    ],
    [
      'F with a gap of 180 days',
      { found: governance, gaps: [gap('contract.governance', '2027-05-19')] },
      ['conditional-go', 4],
    ],
    [
      'G a gap for a failed blocker',
      { found: { 'write.version-conflict': fail() }, gaps: [gap('write.version-conflict')] },
      ['no-go-failed', 1],
    ],
    [
      'H recorded by the vendor',
      { environment: 'org-nonprod', header: { operator: { party: 'vendor', who: 'v' } } },
      ['conditional-go', 4],
    ],
    ['H the vendor on a simulator', { header: { operator: { party: 'vendor', who: 'v' } } }, ['go', 0]],
    [
      'I undo of a commit held by a person',
      { found: { 'rollback.compensate': pass({ holder: 'person', grade: 'witnessed' }) } },
      ['conditional-go', 4],
    ],
    ['J a blocker under absent', { absent: ['error.ehr-outage'] }, ['conditional-go', 4]],
    ['K a safety blocker under absent', { absent: ['audit.writes-logged'] }, ['no-go-not-shown', 3]],
    [
      'L too few trials of the product',
      { found: { 'write.idempotent-retry': notMeasured('holder-not-shown') } },
      ['no-go-not-shown', 3],
    ],
    ['L one breach of 40', { found: { 'write.idempotent-retry': fail({ holder: 'product' }) } }, ['no-go-failed', 1]],
    ['M outage for 40 % of the plan', { end: { unavailableRequests: 80 } }, ['none', 75]],
    [
      'M the same, and a double booking was seen',
      { end: { unavailableRequests: 80 }, found: { 'write.slot-race': fail() } },
      ['no-go-failed', 1],
    ],
    [
      'M the same, and a rate failed',
      { end: { unavailableRequests: 80 }, found: { 'read.required-fields': fail({ messageKind: 'rate' }) } },
      ['none', 75],
    ],
    ['M exactly 10 %', { end: { unavailableRequests: 20 } }, ['go', 0]],
    [
      'N one object more is left',
      { end: { residue: [{ resourceType: 'Appointment', id: 'a', reason: 'undo-refused' }] } },
      ['go', 5],
    ],
    ['O the canary is wrong', { end: { how: 'safety-stop', code: 'canary-differs' } }, ['none', 6]],
    ['P a deciding major fails', { found: { [latencyEntry]: fail({ messageKind: 'rate' }) } }, ['no-go-failed', 1]],
    ['Q a human cell allows too much', { found: { 'scope.role[human]': fail() } }, ['no-go-not-shown', 3]],
    ['Q with a gap', { found: { 'scope.role[human]': fail() }, gaps: [gap('scope.role')] }, ['conditional-go', 4]],
    ['R no failure block', { found: { 'contract.failure-matrix': notMeasured('undecided') } }, ['no-go-not-shown', 3]],
    [
      'R with a gap',
      { found: { 'contract.failure-matrix': notMeasured('undecided') }, gaps: [gap('contract.failure-matrix')] },
      ['conditional-go', 4],
    ],
    ['S a selection that passes', { header: { selection: ['write.create', 'read.interactions'] } }, ['none', 0]],
    [
      'S a selection with a failure',
      { header: { selection: ['write.create'] }, found: { 'write.create': fail() } },
      ['none', 1],
    ],
    [
      'S a selection with something missing',
      { header: { selection: ['write.create'] }, found: { 'write.create': notMeasured('writes-off') } },
      ['none', 3],
    ],
    ['an interrupted run', { end: { how: 'interrupted' } }, ['no-go-not-shown', 130]],
    ['a run without its end', { complete: false }, ['no-go-not-shown', 3]],
    [
      'gate conditional',
      { found: governance, gaps: [gap('contract.governance')], header: { gate: 'conditional' } },
      ['conditional-go', 0],
    ],
    ['gate none', { found: { 'write.create': fail() }, header: { gate: 'none' } }, ['no-go-failed', 0]],
    [
      'gate none and residue',
      {
        end: { residue: [{ resourceType: 'Appointment', id: 'a', reason: 'undo-refused' }] },
        header: { gate: 'none' },
      },
      ['go', 5],
    ],
    [
      'residue and a failure',
      {
        end: { residue: [{ resourceType: 'Appointment', id: 'a', reason: 'undo-refused' }] },
        found: { 'write.create': fail() },
      },
      ['no-go-failed', 5],
    ],
    [
      'residue within what was agreed',
      { end: { leavesMax: 1, residue: [{ resourceType: 'Appointment', id: 'a', reason: 'undo-refused' }] } },
      ['go', 0],
    ],
    [
      'one review check settled, the other not measured',
      { found: { 'write.promotion-gate': notMeasured('writes-off') }, gaps: [gap('write.promotion-gate')] },
      ['conditional-go', 4],
    ],
    [
      'neither review check settled',
      {
        found: { 'write.promotion-gate': notMeasured('writes-off'), 'prod.output-review': notMeasured('no-ai-system') },
        gaps: [gap('write.promotion-gate'), gap('prod.output-review')],
      },
      ['no-go-not-shown', 3],
    ],
    [
      'a safety blocker only attested',
      { found: { 'scope.enforced': pass({ grade: 'attested' }) }, gaps: [gap('scope.enforced')] },
      ['no-go-not-shown', 3],
    ],
    [
      'seen on a simulator only',
      {
        environment: 'org-nonprod',
        found: { 'write.create': pass({ environmentClass: 'simulator' }) },
        gaps: [gap('write.create')],
      },
      ['conditional-go', 4],
    ],
    ['an error of ours in one check', { found: { 'write.create': { outcome: 'throws' } } }, ['no-go-not-shown', 3]],
  ])('%s', (_, given, expected) => {
    expect(decided(scored(given))).toEqual(expected);
  });

  it('G says that the gap does not help', () => {
    const scorecard = scored({ found: { 'write.version-conflict': fail() }, gaps: [gap('write.version-conflict')] });
    expect(scorecard.gaps[0]!.state).toBe('does-not-apply-to-a-failed-blocker');
  });

  it('F3 lists the gap as expired, and one for what passes as unused', () => {
    const gaps = [gap('contract.governance', '2026-11-19'), gap('write.create')];
    expect(scored({ found: governance, gaps }).gaps.map((one) => one.state)).toEqual(['expired', 'unused']);
  });

  it('H grades what the vendor recorded as replayed', () => {
    const scorecard = scored({ environment: 'org-nonprod', header: { operator: { party: 'vendor', who: 'v' } } });
    expect(answersIn(scorecard)).toEqual(yes);
    expect(scorecard.answers.slice(0, 6).map((one) => one.grade)).toEqual(Array(6).fill('replayed'));
    expect(scorecard.decision.notes).toContain('recorded by the vendor');
  });

  it('J names the check this version does not have', () => {
    const scorecard = scored({ absent: ['error.ehr-outage'] });
    expect(scorecard.answers[5]!.words).toBe('Not shown');
    const { checksPresent, checksTotal } = scorecard.policy;
    expect(scorecard.decision.notes).toContain(`preview policy, ${checksPresent} of ${checksTotal} checks`);
    expect(checksTotal - checksPresent).toBe(1);
  });

  it('P and Q answer No and Partly', () => {
    expect(scored({ found: { [latencyEntry]: fail({ messageKind: 'rate' }) } }).answers[2]!.words).toBe('No');
    expect(scored({ found: { 'scope.role[human]': fail() } }).answers[3]!.words).toBe('Partly');
  });

  it('S says how much was selected', () => {
    const scorecard = scored({ header: { selection: ['write.create', 'read.interactions'] } });
    expect(scorecard.decision.words).toMatch(/^no decision: 2 of \d+ checks selected$/);
  });

  it('S asks nobody to run again what was not selected', () => {
    const never = Object.fromEntries(
      ['write.create', 'read.interactions', 'scope.enforced'].map((id) => [id, notMeasured('not-gathered')]),
    );
    const { checks, blockers, direction } = scored({ header: { selection: ['write.create'] }, found: never });
    const reasonOf = (id: string) => checks.find((one) => one.id === id)?.reason;
    expect(['write.create', 'read.interactions', 'scope.enforced'].map(reasonOf)).toEqual([
      'not-gathered',
      'not-selected',
      'not-selected',
    ]);
    expect(blockers.map(({ check }) => check)).toEqual(['write.create']);
    expect(direction).toBeNull();
  });

  it('a run in which nothing could be scored is our fault', () => {
    const found = Object.fromEntries(inputOf({}).checks.map(({ id }) => [id, { outcome: 'throws' as const }]));
    const broken = scored({
      found: { ...found, 'scope.role[human]': { outcome: 'throws' }, 'scope.site[human]': { outcome: 'throws' } },
    });
    expect(decided(broken)).toEqual(['none', 70]);
  });

  it('a gap for one subject does not cover another', () => {
    const found = { 'contract.governance': fail() };
    expect(decided(scored({ found, gaps: [gap('contract.governance', undefined, 'action:other')] }))).toEqual([
      'no-go-not-shown',
      3,
    ]);
    expect(
      decided(scored({ found, gaps: [gap('contract.governance', undefined, 'stub:contract.governance')] })),
    ).toEqual(['conditional-go', 4]);
  });

  it('a custom policy is named before anything else', () => {
    expect(scored({ shipped: false }).decision.notes).toContain('custom policy');
  });
});

describe('scale', () => {
  it('is Go after three runs over a month with everything settled', () => {
    const scorecard = scored({
      policy: 'scale',
      more: { earlierRuns: ['2026-10-01T08:00:00.000Z', '2026-10-20T08:00:00.000Z'] },
    });
    expect(scorecard.maturity.evidenced).toBeGreaterThanOrEqual(2);
    expect(scorecard.decision.openPoints.map((point) => point.check)).toEqual(['scale.maturity']);
  });
  it('fails when the answer slows under load', () => {
    expect(
      decided(scored({ policy: 'scale', found: { 'latency.under-load': fail({ messageKind: 'rate' }) } })),
    ).toEqual(['no-go-failed', 1]);
  });
  it('counts isolation as not measured while there is one organization', () => {
    const scorecard = scored({ policy: 'scale', found: { 'auth.cross-org-token': notApplicable } });
    const row = scorecard.checks.find((one) => one.id === 'auth.cross-org-token')!;
    expect([row.outcome, row.reason]).toEqual(['not-measured', 'no-peer']);
    expect(decided(scorecard)).toEqual(['no-go-not-shown', 3]);
  });

  it.each([
    ['of a product with screens', 'separate', ['not-measured', 'no-peer']],
    ['and not of one without', 'none', ['not-applicable', null]],
  ] as const)('%s', (_, productScreens, expected) => {
    const found = { 'auth.session-isolation': notApplicable };
    const scorecard = scored({ policy: 'scale', contract: { ...contract, productScreens }, found });
    const row = scorecard.checks.find((one) => one.id === 'auth.session-isolation')!;
    expect([row.outcome, row.reason]).toEqual(expected);
  });
});

it('uses the start of the run as its only now', () => {
  expect(scored().run.startedAt).toBe(startedAt);
});

it('asks nothing about checks this version lacks, and gives them a plain title', () => {
  // A busiest hour: what this version lacks is about that.
  const asksMore = {
    ...contract,
    triggers: [{ id: 'call', kind: 'external' as const, peakRate: { perMinute: 6 } }],
  };
  const found = { 'write.create': notMeasured('no-credential') };
  const scorecard = scored({ policy: 'scale', absent: standIns, contract: asksMore, found });
  expect(scorecard.questions.map(({ check }) => check)).toEqual(['write.create']);
  const lacking = scorecard.checks.filter(({ reason }) => reason === 'not-in-this-version');
  expect(lacking.length > 0).toBe(standIns.length > 0);
  for (const { id, prose, decides } of lacking) {
    expect(prose.title).not.toBe(id);
    expect(prose.ask).toBeNull();
    for (const question of decides) {
      expect(scorecard.answers.find((answer) => answer.question === question)!.words).toBe('Not shown');
    }
  }
});

it('says which line demanded a finding: the one the finding points at, else that of its subject', () => {
  const asked: unknown[] = [];
  const input = inputOf({ found: { 'write.create': fail(), 'read.slot-truth': fail() } });
  const pointing = input.checks.map((check): AnyCheck =>
    check.id === 'write.create'
      ? {
          ...check,
          evaluate: (facts, say) => {
            void facts['unconditional-update'];
            return [
              say.fail('proof', { pointer: '/actions/1' }),
              say.fail('proof', { pointer: '/gaps/0', document: 'organization' }),
            ];
          },
        }
      : check,
  );
  const scorecard = score({
    ...input,
    checks: pointing,
    spanOf: ({ document, pointer }) => {
      asked.push(pointer);
      return { file: `${document}.yaml`, line: pointer.length + 1 };
    },
  });
  const linesOf = (id: string) =>
    scorecard.checks.find((check) => check.id === id)!.findings.map(({ demandedBy }) => demandedBy);
  expect(linesOf('write.create')).toEqual([
    { document: 'contract', file: 'contract.yaml', line: 11 },
    { document: 'organization', file: 'organization.yaml', line: 8 },
  ]);
  const subject = input.subjects.find(({ id }) => id === 'stub:read.slot-truth')!;
  expect(asked).toContain(subject.demandedBy.pointer);
});

it('says why a run did not come to its end', () => {
  const notes = (end: ScoreCase['end'], more: ScoreCase['more'] = {}) =>
    scored({ ...(end && { end }), more }).decision.notes.filter((note) => note.startsWith('incomplete run: '));
  expect(notes({})).toEqual([]);
  expect(notes({ how: 'interrupted' })).toHaveLength(1);
  const stop = {
    type: 'event',
    event: 'safety-stop',
    at: startedAt,
    data: { message: 'the canary is wrong' },
  } as const;
  expect(notes({ how: 'safety-stop', code: 'canary' }, { events: [{ ...stop, seq: 1 } as never] })).toEqual([
    expect.stringContaining('the canary is wrong'),
  ]);
  const why = (code: string) => scored({ end: { how: 'internal', code } }).run.why;
  expect(why('disk-write-failed')).not.toBe(why('internal'));
  expect(scored({ more: { ends: [], complete: false } }).run).toMatchObject({ endedAt: null, why: expect.any(String) });
});

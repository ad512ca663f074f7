import { describe, expect, it } from 'vitest';
import { Value } from 'typebox/value';
import { defineCheck } from '../../src/check.js';
import { movedPointer, narrowerContract } from '../../src/evaluate/narrower-contract.js';
import { score } from '../../src/evaluate/score.js';
import type { ScoreInput } from '../../src/evaluate/score-input.js';
import type { AnyCheck } from '../../src/model/check.js';
import type { Contract, ContractAction } from '../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';
import type { RecordedFact } from '../../src/model/fact.js';
import { policyOf } from '../../src/model/policy.js';
import { scorecardJson } from '../../src/model/scorecard-json.js';
import { scorecardSchema } from '../../src/model/scorecard.js';
import { subjectsOf } from '../../src/model/subjects.js';
import { inputOf } from './score-case.js';

const prose = {
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'It works',
  failureTitle: 'It does not work',
  plain: 'It works.',
  why: 'It has to work.',
  sends: 'One request.',
  ask: { of: 'vendor', text: 'Show us that it works.' },
  remedy: [{ owner: 'vendor', effort: 'low', text: 'Make it work.' }],
  references: ['https://hl7.org/fhir/R4/http.html'],
  writes: 'none',
} as const;
const messages = { broken: { kind: 'proof', text: 'Answered {status}.' } } as const;

/** A written action fails where its fact has a status of 400 or more. */
const written: AnyCheck = defineCheck({
  ...prose,
  id: 'write.fixture',
  subjects: 'action',
  when: ({ item }) => item.action.kind !== 'suggest',
  ifNone: 'not-applicable',
  reads: ['unconditional-update'],
  messages,
  evaluate: ({ 'unconditional-update': { status } }, say) =>
    status < 400 ? say.pass() : say.fail('broken', { status }),
});
const triggered: AnyCheck = defineCheck({
  ...prose,
  id: 'event.fixture',
  subjects: 'trigger',
  ifNone: 'not-applicable',
  reads: ['unconditional-update'],
  messages,
  evaluate: ({ 'unconditional-update': { status } }, say) =>
    status < 400 ? say.pass() : say.fail('broken', { status }),
});
/** Fails while a contract holds more parts than that. */
const atMost = (parts: number, count: (contract: Contract) => number): AnyCheck =>
  defineCheck({
    ...prose,
    id: 'contract.fixture',
    kind: 'static',
    subjects: 'run',
    ifNone: 'undecided',
    reads: [],
    messages: { broken: { kind: 'proof', text: 'There are {count} parts.' } },
    evaluate: (_facts, say, { item }) =>
      count(item.contract) > parts ? say.fail('broken', { count: count(item.contract) }) : say.pass(),
  });
const writing = ({ actions = [] }: Contract): number => actions.filter(({ kind }) => kind !== 'suggest').length;

const commit = (id: string, more: Partial<ContractAction> = {}): ContractAction => ({
  id,
  kind: 'commit',
  via: 'fhir-r4',
  interaction: 'create',
  resource: 'Appointment',
  compensation: { interaction: 'patch', toState: 'cancelled' },
  ...more,
});
const contract: Contract = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'WorkflowContract',
  metadata: { id: 'scheduling', status: 'agreed' },
  triggers: [
    { id: 'call', kind: 'external' },
    { id: 'freed', kind: 'ehr-event' },
  ],
  actions: [commit('book', { channel: 'voice', visibleTo: ['scheduler'] }), commit('cancel')],
  latency: [
    { id: 'search', trigger: 'call', from: 'ai-request', to: 'ai-received', percentile: 95, budget: 'PT2S' },
    {
      id: 'booking',
      trigger: 'call',
      answeredBy: 'book',
      from: 'ai-request',
      to: 'write-acknowledged',
      budget: 'PT3S',
    },
    { id: 'freed-slot', trigger: 'freed', answeredBy: 'cancel', from: 'ehr-event', to: 'ai-response' },
  ],
  overrides: [{ path: 'latency[search].budget' }, { path: 'latency[booking].budget' }, { path: 'values.visitType' }],
  value: {
    volumePerWeek: 100,
    steps: [
      { name: 'take request', where: 'product', manualMinutes: 4, deepMinutes: 1 },
      { name: 'enter booking', where: 'ehr', manualMinutes: 2, deepMinutes: 0 },
    ],
    errorRateManual: 0.1,
    cleanupMinutes: 10,
    baselineSource: { link: 'https://clinic.example/baseline' },
  },
};
const organization: OrganizationProfile = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id: 'lakeside', decisionEnvironment: 'simulator' },
  environments: { simulator: { class: 'simulator', fhirBase: 'https://127.0.0.1/fhir' } },
  channels: { call: { kind: 'external' }, freed: { kind: 'poll' } },
  overrides: { 'latency[search].budget': 'PT1S', 'latency[booking].budget': 'PT3S' },
};

const subjectsFor = (of: Contract, at: OrganizationProfile) =>
  subjectsOf({ contract: of, organization: at, environmentId: 'simulator' });

interface Given {
  /** Status by subject; 200 for the others. */
  readonly failing?: Readonly<Record<string, number>>;
  readonly checks?: readonly AnyCheck[];
  readonly contract?: Contract;
  readonly header?: Partial<ScoreInput['header']>;
}

function input({
  failing = {},
  checks = [written, triggered],
  contract: of = contract,
  header = {},
}: Given): ScoreInput {
  const subjects = subjectsFor(of, organization);
  const facts = subjects
    .filter(({ kind }) => kind === 'action' || kind === 'trigger')
    .map(({ id }): RecordedFact => ({
      kind: 'unconditional-update',
      version: 1,
      subject: id,
      value: { status: failing[id] ?? 200 },
      grade: 'measured',
      exchanges: [],
      environmentClass: 'simulator',
    }));
  const policy = policyOf(
    {
      apiVersion: 'ehr-scorecard/v1',
      kind: 'Policy',
      metadata: { id: 'own', version: '1.0.0' },
      questions: { write: { deciding: ['write.fixture'] }, latency: { deciding: ['event.fixture'] } },
      decision: ['contract.fixture'],
    },
    false,
  );
  const more = { checks, policy, facts, subjects, organization, narrow: subjectsFor };
  return inputOf({ contract: of, header, more });
}

const narrowed = (given: Given) => {
  const { narrowing } = score(input(given));
  if (narrowing === null) throw new Error('nothing was looked for');
  return narrowing;
};

describe('the largest contract that passes', () => {
  it('is the contract itself where it passes', () => {
    expect(narrowed({})).toMatchObject({ found: 'not-needed', tried: 0, removed: [], reasons: [] });
  });

  it('is looked for only where somebody asks', () => {
    const { narrow: _none, ...silent } = input({});
    expect(score(silent).narrowing).toBeNull();
    expect({ ...score(input({})), narrowing: null }).toEqual(score(silent));
  });

  it('turns a commit that failed into a suggestion; undo, budgets and overrides go with it', () => {
    const narrowing = narrowed({ failing: { 'action:book': 409 } });
    expect(narrowing).toMatchObject({
      found: 'narrower',
      how: 'all-combinations',
      steps: 3,
      removed: [{ part: 'action', id: 'book', was: 'commit', becomes: 'suggest', undo: true, budgets: ['booking'] }],
      organization: ['overrides.latency[booking].budget'],
      decision: {
        value: 'conditional-go',
        words: 'Conditional go on a simulator: reads and commits, 1 action, 1 suggestion, 2 triggers',
      },
      reasons: [],
    });
    // 100 × (3 + 2 + 0.1 × 10) minutes promised; without the step in the EHR, and its errors, 100 × 3 are left.
    expect(narrowing.minutes).toEqual({
      noLongerEarnedHundredths: 30_000,
      earnedHundredths: 30_000,
      promisedHundredths: 60_000,
      assumption: false,
    });
  });

  it('takes out a trigger that is not the primary one', () => {
    expect(narrowed({ failing: { 'trigger:freed': 500 } })).toMatchObject({
      found: 'narrower',
      removed: [
        { part: 'trigger', id: 'freed', was: 'ehr-event', becomes: 'removed', undo: false, budgets: ['freed-slot'] },
      ],
      organization: ['channels.freed'],
      minutes: { noLongerEarnedHundredths: 0, earnedHundredths: 60_000 },
    });
  });

  it('says so, and why, where nothing passes', () => {
    expect(narrowed({ failing: { 'trigger:call': 500 } })).toMatchObject({
      found: 'none',
      tried: 7,
      removed: [],
      minutes: null,
      decision: null,
      reasons: [{ code: 'blocker-failed', check: 'event.fixture' }, { code: 'answer-no' }],
      sentence:
        'None of 7 smaller contracts gets Go or Conditional go. What stands in the way of the contract as it stands:',
    });
    const two = narrowed({ failing: { 'trigger:call': 500, 'action:book': 409 } });
    expect(two).toMatchObject({ reasons: [{ check: 'event.fixture' }, { code: 'answer-no' }] });
    expect(two.sentence).toContain('the one in which book only suggests');
    const bare = { ...contract, actions: [], triggers: [{ id: 'call', kind: 'external' as const }] };
    expect(narrowed({ contract: bare, failing: { 'trigger:call': 500 } })).toMatchObject({ found: 'none', tried: 0 });
    const selected = narrowed({ header: { selection: ['write.fixture'] } });
    expect(selected).toMatchObject({ found: 'none', tried: 0, reasons: [{ code: 'selection' }] });
  });

  it('keeps minutes first, then actions, then parts, then code-unit order', () => {
    const parts = (of: Contract): number => writing(of) + (of.triggers ?? []).length;
    const ids = (checks: readonly AnyCheck[], given: Given = {}) =>
      narrowed({ checks: [written, triggered, ...checks], ...given }).removed.map(({ id }) => id);
    expect(ids([atMost(3, parts)])).toEqual(['freed']);
    expect(ids([atMost(1, writing)])).toEqual(['book']);
    expect(ids([atMost(2, parts)])).toEqual(['book', 'freed']);
    expect(ids([atMost(1, writing)], { failing: { 'action:cancel': 409 } })).toEqual(['cancel']);
  });

  it('never leaves an action or a trigger without what it rests on', () => {
    const resting = { ...contract, actions: [commit('book'), commit('cancel', { dependsOn: ['book'] })] };
    const given = { contract: resting, failing: { 'action:book': 409 } };
    expect(narrowed(given).removed.map(({ id }) => id)).toEqual(['book', 'cancel']);
    const triggers = [
      { id: 'call', kind: 'external' as const, fallback: { kind: 'schedule' as const, trigger: 'freed' } },
      { id: 'freed', kind: 'ehr-event' as const },
    ];
    expect(narrowed({ contract: { ...contract, triggers }, failing: { 'trigger:freed': 500 } }).found).toBe('none');
    const marked = [
      { id: 'call', kind: 'external' as const },
      { id: 'freed', kind: 'ehr-event' as const, primary: true },
    ];
    expect(
      narrowed({ contract: { ...contract, triggers: marked }, failing: { 'trigger:call': 500 } }).removed.map(
        ({ id }) => id,
      ),
    ).toEqual(['call']);
  });

  it('takes failing parts one at a time where there are more than ten', () => {
    const many = Array.from({ length: 11 }, (_, index) => commit(`step-${index}`));
    const wide = { ...contract, actions: many, latency: [] };
    const given = { contract: wide, failing: { 'action:step-3': 409, 'action:step-7': 409, 'trigger:freed': 500 } };
    const narrowing = narrowed(given);
    expect(narrowing).toMatchObject({ found: 'narrower', how: 'one-at-a-time', steps: 12, tried: 3 });
    expect(narrowing.removed.map(({ id }) => id)).toEqual(['freed', 'step-3', 'step-7']);
    expect(narrowed({ ...given, failing: { 'trigger:call': 500 } })).toMatchObject({ found: 'none', tried: 0 });
  });

  it('gets the decision it is said to get when it is scored by itself', () => {
    const whole = input({ failing: { 'action:book': 409, 'trigger:freed': 500 } });
    const { narrowing } = score(whole);
    const removed = narrowing?.removed.map(({ part, id }) => ({ part, id })) ?? [];
    const alone = narrowerContract(contract, removed);
    if (alone === undefined) throw new Error('no whole contract');
    const again = score({ ...whole, contract: alone, subjects: subjectsFor(alone, organization) });
    expect(again.decision.words).toBe(narrowing?.decision?.words);
    expect(again.narrowing?.found).toBe('not-needed');
    expect(again.value?.bars[1]?.weeklyMinutesHundredths).toBeGreaterThan(0);
  });

  it('fits the schema of the scorecard', () => {
    for (const failing of [{}, { 'action:book': 409 }, { 'trigger:call': 500 }]) {
      const scorecard = score(input({ failing }));
      expect(Value.Errors(scorecardSchema, JSON.parse(scorecardJson(scorecard)))).toEqual([]);
    }
  });
});

describe('a suggestion', () => {
  it('keeps nothing that says how to write, guard or undo', () => {
    const after = narrowerContract(contract, [{ part: 'action', id: 'book' }]);
    expect(after?.actions?.[0]).toEqual({
      id: 'book',
      kind: 'suggest',
      via: 'screen',
      channel: 'voice',
      visibleTo: ['scheduler'],
    });
    expect(after?.latency?.map(({ id }) => id)).toEqual(['search', 'freed-slot']);
    expect(after?.overrides?.map(({ path }) => path)).toEqual(['latency[search].budget', 'values.visitType']);
  });
});

it.each([
  ['', ''],
  ['/latency/0/budget', '/latency/0/budget'],
  ['/latency/1/budget', undefined],
  ['/latency/2', '/latency/1'],
  ['/actions/0/compensation/toState', undefined],
  ['/actions/0/visibleTo/0', '/actions/0/visibleTo/0'],
  ['/actions/1/compensation', '/actions/1/compensation'],
  ['/overrides/2/path', '/overrides/1/path'],
  ['/metadata/status', '/metadata/status'],
])('%s leads to %s where book only suggests', (pointer, moved) => {
  const after = narrowerContract(contract, [{ part: 'action', id: 'book' }]);
  expect(movedPointer(pointer, contract, after)).toBe(moved);
});

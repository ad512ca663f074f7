import { Type, type Static, type TProperties, type TSchema } from 'typebox';
import { askedParties } from './check.js';
import { inputSchema, residueSchema } from './evidence.js';
import { environmentClasses, grades, notMeasuredReasons } from './outcome.js';

/** Raised when a key of the scorecard changes meaning. */
export const scorecardSchemaVersion = 1;

/** The seven questions, in the order they are asked. */
export const questionIds = ['read', 'write', 'latency', 'permissions', 'audit', 'resilience', 'hipaa'] as const;
export type QuestionId = (typeof questionIds)[number];

export const decisionValues = ['go', 'conditional-go', 'no-go-failed', 'no-go-not-shown', 'none'] as const;
export type DecisionValue = (typeof decisionValues)[number];

/** The order is the order of severity in every list that mixes them. */
export const answerValues = ['yes', 'partly', 'not-shown', 'no'] as const;
export type AnswerValue = (typeof answerValues)[number];

const oneOf = <Name extends string>(names: readonly Name[]) => Type.Unsafe<Name>(Type.Enum([...names]));
const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });

const environmentClass = oneOf(environmentClasses);
const grade = oneOf(grades);
const reason = oneOf(notMeasuredReasons);
const outcome = oneOf(['pass', 'warn', 'fail', 'not-measured', 'not-applicable', 'error'] as const);
const severity = oneOf(['blocker', 'major', 'minor'] as const);
const holder = oneOf(['ehr', 'product', 'person'] as const);
const remedyOwner = oneOf([
  'vendor',
  'ehr-team',
  'ehr-vendor',
  'clinical-owner',
  'product-owner',
  'security',
  'privacy',
  'operator',
] as const);
const askedParty = oneOf(askedParties);
const blockerClass = oneOf([
  'product',
  'contract',
  'auth',
  'ehr-configuration',
  'ehr-capability',
  'vendor-integration',
] as const);
const count = Type.Integer({ minimum: 0 });
/** Hundredths of one: 70 is 0.70. No float is kept. */
const hundredths = Type.Integer({ minimum: 0, maximum: 100 });
const data = Type.Record(Type.String(), Type.Unknown());

const exchangeSchema = closed({
  id: Type.String(),
  method: Type.String(),
  path: Type.String(),
  /** 0 when no answer came. */
  status: Type.Integer(),
  context: Type.String(),
});

const demandSchema = closed({
  document: oneOf(['contract', 'organization'] as const),
  /** File name as given by whoever loaded it. */
  file: Type.String(),
  line: Type.Integer({ minimum: 1 }),
});

const remedySchema = closed({
  owner: remedyOwner,
  effort: oneOf(['low', 'medium', 'high'] as const),
  text: Type.String(),
});

const findingSchema = closed({
  subject: Type.String(),
  outcome,
  grade: orNull(grade),
  holder: orNull(holder),
  reason: orNull(reason),
  messageId: orNull(Type.String()),
  /** The message's kind: only `proof` counts when too much was unavailable. */
  messageKind: orNull(oneOf(['proof', 'rate', 'availability', 'control', 'limit', 'undecided'] as const)),
  /** The message with its holes filled; empty for a pass without a message. */
  text: Type.String(),
  data,
  environmentClass: orNull(environmentClass),
  exchanges: Type.Array(exchangeSchema),
  demandedBy: orNull(demandSchema),
});
export type Finding = Static<typeof findingSchema>;

const gapUseSchema = closed({
  owner: Type.String(),
  control: Type.String(),
  until: Type.String(),
});

const checkSchema = closed({
  id: Type.String(),
  /** The subjects this entry is about, where the policy narrows the check: `scope.role` of product and of human cells. */
  part: orNull(oneOf(['product', 'human', 'entry', 'default'] as const)),
  ruleVersion: Type.Integer({ minimum: 1 }),
  outcome,
  grade: orNull(grade),
  reason: orNull(reason),
  /** Of this policy, which may set another one than the check. */
  severity,
  /** After re-attribution; who most likely has to act. */
  blocks: blockerClass,
  /** Holder of the control where one was judged. */
  holder: orNull(holder),
  /** A check further up that failed or was not measured and hides this one. */
  blockedBy: orNull(Type.String()),
  /** Counts as shown for good: see the decision rules. */
  settled: Type.Boolean(),
  /** Questions it decides and supports. */
  decides: Type.Array(oneOf(questionIds)),
  supports: Type.Array(oneOf(questionIds)),
  /** Everything but passes, worst first, then by subject. */
  findings: Type.Array(findingSchema),
  /** Passes with the numbers that travel with them, by subject. */
  shows: Type.Array(
    closed({
      subject: Type.String(),
      grade: orNull(grade),
      holder: orNull(holder),
      data,
      exchanges: Type.Array(exchangeSchema),
    }),
  ),
  /** The gap that covers this point, if one in date does. */
  gap: orNull(gapUseSchema),
  prose: closed({
    title: Type.String(),
    failureTitle: Type.String(),
    plain: Type.String(),
    why: Type.String(),
    /** What to ask for while nobody has shown it; null where this version has no check. */
    ask: orNull(closed({ owner: askedParty, text: Type.String() })),
    remedy: Type.Array(remedySchema),
    references: Type.Array(Type.String()),
    maps: Type.Array(Type.String()),
  }),
});
export type CheckEntry = Static<typeof checkSchema>;

const answerSchema = closed({
  question: oneOf(questionIds),
  /** As asked: "Can it read the exact objects the workflow needs?" */
  title: Type.String(),
  answer: oneOf(answerValues),
  /** Yes, Partly, No, Not shown; Seen working and so on for the seventh. */
  words: Type.String(),
  /** Weakest grade among the deciding checks; null unless Yes or Partly. */
  grade: orNull(grade),
  /** Holders other than the EHR. */
  heldBy: Type.Array(closed({ check: Type.String(), holder })),
  sentence: Type.String(),
  outlook: Type.Array(
    closed({
      need: Type.String(),
      state: oneOf(['documented', 'documented-absent', 'unknown'] as const),
      source: orNull(Type.String()),
      date: orNull(Type.String()),
    }),
  ),
  coverage: closed({
    deciding: closed({ measured: count, total: count }),
    supporting: closed({ measured: count, total: count, credit: hundredths }),
    weakestEnvironment: orNull(environmentClass),
  }),
  /** Why the answer is not Yes. */
  causes: Type.Array(
    closed({
      check: Type.String(),
      subject: orNull(Type.String()),
      outcome,
      reason: orNull(reason),
      text: Type.String(),
    }),
  ),
  /** What this question prints besides: depth per action, percentiles, found of expected. */
  details: Type.Array(closed({ subject: Type.String(), label: Type.String(), text: Type.String(), data })),
});
export type Answer = Static<typeof answerSchema>;

const reasonSchema = closed({
  /** Stable, kebab-case. */
  code: Type.String(),
  check: orNull(Type.String()),
  subject: orNull(Type.String()),
  text: Type.String(),
});
export type DecisionReason = Static<typeof reasonSchema>;

const openPointSchema = closed({
  check: Type.String(),
  subject: orNull(Type.String()),
  why: oneOf([
    'blocker-not-settled',
    'major-not-measured',
    'major-failed',
    'answer',
    'not-in-this-version',
    'policy',
  ] as const),
  text: Type.String(),
  gap: orNull(gapUseSchema),
});
export type OpenPoint = Static<typeof openPointSchema>;

const decisionSchema = closed({
  value: oneOf(decisionValues),
  /** The first line: decision, environment, scope. */
  words: Type.String(),
  /** Printed before or below it where true: recorded by the vendor, preview policy, custom policy, incomplete run. */
  notes: Type.Array(Type.String()),
  /** What this run, or this version, did not look at; for the foot. */
  notLookedAt: Type.Array(Type.String()),
  scope: closed({
    contract: Type.String(),
    organization: Type.String(),
    environment: Type.String(),
    actions: closed({ suggest: count, draft: count, commit: count }),
    triggers: count,
    sites: closed({ tested: count, total: count }),
    roles: closed({ tested: count, total: count }),
  }),
  counts: closed({
    blockersFailed: count,
    majorsFailed: count,
    notShown: count,
    warnings: count,
    passed: count,
    notApplicable: count,
    errors: count,
    openPointsWithGap: count,
    openPointsWithoutGap: count,
    questions: count,
  }),
  exitCode: Type.Integer(),
  gate: oneOf(['go', 'conditional', 'baseline', 'none'] as const),
  /** What a comparison with an earlier scorecard found; null without a baseline. */
  baseline: orNull(
    closed({ runId: Type.String(), newlyFailed: Type.Array(Type.String()), missing: Type.Array(Type.String()) }),
  ),
  reasons: Type.Array(reasonSchema),
  openPoints: Type.Array(openPointSchema),
  /** What keeps a Go at Conditional go. */
  caps: Type.Array(reasonSchema),
  /** The fixed foot of every format. */
  foot: Type.String(),
});

const questionSchema = closed({
  question: orNull(oneOf(questionIds)),
  check: Type.String(),
  subject: orNull(Type.String()),
  owner: askedParty,
  /** Why it is not shown so far. */
  reason,
  text: Type.String(),
});

const blockerSchema = closed({
  class: blockerClass,
  check: Type.String(),
  outcome,
  /** Checks that become judgeable when this one is solved. */
  unlocks: Type.Array(Type.String()),
  /** Blockers among them, this one counted where it is one. */
  blockersUnlocked: count,
  owner: remedyOwner,
  /** Whom it most likely lies with, by its class or by what the exchanges say; for what was not shown, who can show it. */
  liesWith: remedyOwner,
  /** What says so, as a clause; null where nothing but the check's own default does. */
  because: orNull(Type.String()),
  effort: oneOf(['low', 'medium', 'high'] as const),
  action: Type.String(),
  /** Those that say whose problem it is come first. */
  exchanges: Type.Array(exchangeSchema),
});

/** Product or integration: what has to be settled first, and the checks that say so. */
const directionSchema = closed({
  first: oneOf(['product-and-contract', 'auth', 'integration'] as const),
  sentence: Type.String(),
  checks: Type.Array(Type.String()),
});

/** The largest contract that would get Go or Conditional go on the same evidence. */
const narrowingSchema = closed({
  found: oneOf(['not-needed', 'narrower', 'none'] as const),
  how: oneOf(['all-combinations', 'one-at-a-time'] as const),
  /** Parts that can be given up, and smaller contracts that were judged. */
  steps: count,
  tried: count,
  removed: Type.Array(
    closed({
      part: oneOf(['action', 'trigger'] as const),
      id: Type.String(),
      /** Kind of the action or trigger. */
      was: Type.String(),
      becomes: oneOf(['suggest', 'removed'] as const),
      /** An undo goes with it. */
      undo: Type.Boolean(),
      /** Latency entries that go with it. */
      budgets: Type.Array(Type.String()),
    }),
  ),
  /** Entries of the organization file that name what is gone, and have to go too. */
  organization: Type.Array(Type.String()),
  /** Hundredths of a minute per week; null where the business case states none. */
  minutes: orNull(
    closed({
      /** Promised by the removed parts together. */
      noLongerEarnedHundredths: Type.Integer(),
      /** Earned by what is left, as measured. */
      earnedHundredths: Type.Integer(),
      /** Promised by the whole contract. */
      promisedHundredths: Type.Integer(),
      assumption: Type.Boolean(),
    }),
  ),
  /** Of the narrower contract; null where none passes. */
  decision: orNull(closed({ value: oneOf(decisionValues), words: Type.String() })),
  /** Where none passes: what stands in the way of the one that comes nearest. */
  reasons: Type.Array(reasonSchema),
  sentence: Type.String(),
});

const valueBarSchema = closed({
  depth: oneOf(['shallow', 'measured', 'deep'] as const),
  /** Hundredths of a minute per week. */
  weeklyMinutesHundredths: Type.Integer(),
  /** Hundredths of whatever `labourCostPerHour` is stated in; null where it is not. */
  weeklyCostHundredths: orNull(Type.Integer()),
});

const inputName = oneOf(['volumePerWeek', 'handMinutes', 'errorRateManual', 'cleanupMinutes'] as const);
/** Hundredths of minutes not yet earned, with a number less or more than stated. */
const moved = { lowHundredths: Type.Integer(), highHundredths: Type.Integer() };

/** Bad ones of so many; the upper end of the share, one-sided 95 %, in thousandths. */
const boundedShare = { bad: count, of: count, atMostPerMille: Type.Integer({ minimum: 0, maximum: 1000 }) };
const harmSchema = closed({
  bookingsPerWeek: Type.Number({ minimum: 0 }),
  /** Offers of a time that was taken: by the AI system, of slots that the run itself had just changed, or by the EHR. */
  stale: closed({ source: oneOf(['answers', 'answers-just-changed', 'offered-slots'] as const), ...boundedShare }),
  /** Bookings of a taken time that nobody stopped; 0 of 0 and 1,000 where that is unknown. */
  uncaught: closed({ source: oneOf(['ehr', 'product', 'unknown'] as const), ...boundedShare }),
  /** Hundredths of a double booking a week, as seen and with both shares at their upper ends. */
  expectedHundredths: count,
  atMostHundredths: count,
  sentence: Type.String(),
});

const accessSchema = closed({
  group: oneOf(['reads', 'writes', 'refusals'] as const),
  expected: count,
  found: count,
  kinds: Type.Array(closed({ kind: Type.String(), expected: count, found: count })),
});
const lookUpSchema = closed({
  exchange: Type.String(),
  at: Type.String(),
  method: Type.String(),
  path: Type.String(),
  context: Type.String(),
  status: Type.Integer(),
  requestId: Type.String(),
  found: Type.Boolean(),
});

const latencySchema = closed({
  id: Type.String(),
  check: Type.String(),
  outcome,
  reason: orNull(reason),
  from: Type.String(),
  to: Type.String(),
  percentile: orNull(Type.Number()),
  budgetMs: orNull(Type.Number()),
  /** Numbers the check shows: n, over, bound, source, resolution and so on. */
  shows: data,
  text: Type.String(),
});

export const scorecardSchema = closed({
  schemaVersion: Type.Literal(scorecardSchemaVersion),
  tool: closed({ name: Type.Literal('ehr-scorecard'), version: Type.String() }),
  policy: closed({
    id: Type.String(),
    version: Type.String(),
    custom: Type.Boolean(),
    preview: Type.Boolean(),
    /** Checks this version can run, of all the policy asks for. */
    checksPresent: count,
    checksTotal: count,
    absent: Type.Array(Type.String()),
    later: Type.Array(Type.String()),
  }),
  run: closed({
    id: Type.String(),
    startedAt: Type.String(),
    endedAt: orNull(Type.String()),
    /** It came to its end by itself: not interrupted, stopped or broken off. */
    complete: Type.Boolean(),
    how: Type.Union([
      Type.Literal('complete'),
      Type.Literal('interrupted'),
      Type.Literal('safety-stop'),
      Type.Literal('internal'),
      Type.Null(),
    ]),
    code: orNull(Type.String()),
    /** Why it did not come to its end, as a clause; null when it did. */
    why: orNull(Type.String()),
    selection: orNull(closed({ selected: count, total: count, checks: Type.Array(Type.String()) })),
    writesMode: oneOf(['none', 'one', 'all'] as const),
    phi: oneOf(['synthetic-only', 'may-contain'] as const),
    credentials: Type.Boolean(),
    requests: closed({
      planned: count,
      sent: count,
      unavailable: count,
      /** Of `sent`, those of measured series and shares. */
      samples: count,
      /** The others by the family of checks they were sent for, between `sign-in` and `cleanup`, which serve all. */
      parts: Type.Array(closed({ part: Type.String(), requests: count })),
    }),
    writes: closed({ done: count, undone: count, left: count, leavesMax: count }),
    inputs: Type.Array(inputSchema),
    planSha256: Type.String(),
    seed: Type.String(),
  }),
  operator: closed({ party: Type.String(), who: Type.String() }),
  target: closed({
    environment: closed({ id: Type.String(), class: environmentClass, origin: Type.String() }),
    decisionEnvironment: orNull(closed({ id: Type.String(), class: environmentClass })),
    ehr: closed({
      vendor: orNull(Type.String()),
      product: orNull(Type.String()),
      version: orNull(Type.String()),
      profile: orNull(Type.String()),
    }),
  }),
  contract: closed({
    id: Type.String(),
    version: orNull(Type.String()),
    title: orNull(Type.String()),
    status: orNull(Type.String()),
    owner: orNull(Type.String()),
    openQuestions: Type.Array(Type.String()),
  }),
  organization: closed({ id: Type.String(), name: Type.String(), owner: orNull(Type.String()) }),
  decision: decisionSchema,
  answers: Type.Array(answerSchema),
  /** 0 to 100 with the share of it that was measured; decides nothing. */
  index: closed({ value: hundredths, coverage: hundredths }),
  maturity: closed({
    claimed: orNull(Type.Integer({ minimum: 1, maximum: 4 })),
    evidenced: Type.Integer({ minimum: 1, maximum: 4 }),
    name: Type.String(),
    nextGate: orNull(closed({ level: Type.Integer(), unmet: Type.Array(Type.String()) })),
  }),
  /** Three next actions at most, best first. */
  blockers: Type.Array(blockerSchema),
  /** Null where nothing failed and nothing is open. */
  direction: orNull(directionSchema),
  /** Null unless asked for. */
  narrowing: orNull(narrowingSchema),
  value: orNull(
    closed({
      assumedDepth: orNull(Type.String()),
      bars: Type.Array(valueBarSchema),
      notYetEarnedHundredths: Type.Integer(),
      mostCostly: orNull(closed({ check: Type.String(), minutesHundredths: Type.Integer() })),
      assumption: Type.Boolean(),
      inputs: Type.Array(
        closed({ input: inputName, value: Type.Number(), grade: oneOf(['attested', 'assumption'] as const) }),
      ),
      /** One number moved at a time, and all of them at once. */
      sensitivity: closed({
        percent: count,
        ...moved,
        inputs: Type.Array(closed({ input: inputName, ...moved })),
      }),
      sentence: Type.String(),
    }),
  ),
  /** Double bookings a week that stale times lead to, with the inputs; null where one of them was not measured. */
  harm: orNull(harmSchema),
  checks: Type.Array(checkSchema),
  /** A question per unknown, for whoever can answer it. */
  questions: Type.Array(questionSchema),
  /** What the EHR's log held of what was sent; empty where no log was read. */
  audit: closed({ groups: Type.Array(accessSchema), lookUp: Type.Array(lookUpSchema) }),
  /** How the EHR answered those who were signed in; null where nobody was. */
  validity: orNull(
    closed({
      answers: count,
      unauthorized: count,
      forbidden: count,
      notFound: count,
      throttled: count,
      searches: count,
      emptySearches: count,
    }),
  ),
  latency: Type.Array(latencySchema),
  /** What a role may do at its own site, at every site, or at another one, with what was seen of it. */
  matrix: Type.Array(
    closed({
      role: Type.String(),
      site: oneOf(['own', 'any', 'other'] as const),
      resourceType: Type.String(),
      allow: Type.String(),
      product: Type.Boolean(),
      outcome,
      reason: orNull(reason),
    }),
  ),
  residue: Type.Array(residueSchema),
  gaps: Type.Array(
    closed({
      check: Type.String(),
      subject: orNull(Type.String()),
      control: Type.String(),
      owner: Type.String(),
      until: Type.String(),
      state: oneOf([
        'used',
        'unused',
        'expired',
        'too-long',
        'incomplete',
        'does-not-apply-to-a-failed-blocker',
        'does-not-apply-to-an-answer-no',
      ] as const),
    }),
  ),
  /** Law changes: when the organization last looked, and which switches it could not set. */
  regulatory: closed({ asOf: orNull(Type.String()), unknown: Type.Array(Type.String()) }),
  redaction: closed({ patientsByAlias: Type.Boolean(), phi: oneOf(['synthetic-only', 'may-contain'] as const) }),
  hosts: Type.Array(Type.String()),
});
export type Scorecard = Static<typeof scorecardSchema>;
export type GapEntry = Scorecard['gaps'][number];

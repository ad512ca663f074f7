import type { Answer, CheckEntry, Finding, QuestionId, Scorecard } from '../../src/model/scorecard.js';
import { questionIds } from '../../src/model/scorecard.js';

// Three scorecards written by hand, as a run would leave them: what a renderer must cope with, independent of scoring.

const foot =
  'Observed on this environment, with this configuration, on these dates, by this operator. Not legal advice, not a risk analysis under 45 CFR 164.308(a)(1)(ii)(A), not a certification. A Go is a statement about the contract’s criteria, not about safety of care.';

const titles: Readonly<Record<QuestionId, string>> = {
  read: 'Can it read the exact objects the workflow needs?',
  write: 'Can it write approved changes back, or only display?',
  latency: 'Is event-to-response fast enough?',
  permissions: 'Are permissions scoped by role, site and workflow?',
  audit: 'Is every read and write logged?',
  resilience: 'What happens on conflict, rollback, error?',
  hipaa: 'Which HIPAA technical safeguards were seen working?',
};

const yes = (question: QuestionId): Answer => ({
  question,
  title: titles[question],
  answer: 'yes',
  words: question === 'hipaa' ? 'Seen working' : 'Yes',
  grade: 'measured',
  heldBy: [],
  sentence: '6 of 6 deciding checks shown.',
  outlook: [],
  coverage: {
    deciding: { measured: 6, total: 6 },
    supporting: { measured: 7, total: 8, credit: 88 },
    weakestEnvironment: 'simulator',
  },
  causes: [],
  details: [],
});

const exchange = (id: string, method: string, path: string, status: number): Finding['exchanges'][number] => ({
  id,
  method,
  path,
  status,
  context: 'ai',
});

const check = (id: string, more: Partial<CheckEntry>): CheckEntry => ({
  id,
  part: null,
  ruleVersion: 1,
  outcome: 'pass',
  grade: 'measured',
  reason: null,
  severity: 'blocker',
  blocks: 'ehr-configuration',
  holder: null,
  blockedBy: null,
  settled: true,
  decides: [],
  supports: [],
  findings: [],
  shows: [],
  gap: null,
  prose: {
    title: `What ${id} asks for holds`,
    failureTitle: `What ${id} asks for does not hold`,
    plain: 'One sentence for a buyer.',
    why: 'One sentence about what goes wrong otherwise.',
    ask: null,
    remedy: [],
    references: [],
    maps: [],
  },
  ...more,
});

const finding = (more: Partial<Finding>): Finding => ({
  subject: 'run',
  outcome: 'fail',
  grade: 'measured',
  holder: null,
  reason: null,
  messageId: 'said',
  messageKind: 'proof',
  text: '',
  data: {},
  environmentClass: 'simulator',
  exchanges: [],
  demandedBy: null,
  ...more,
});

const auditCheck = (id: string, found: number, expected: number): CheckEntry =>
  check(id, {
    decides: ['audit'],
    shows: [
      {
        subject: 'run',
        grade: 'measured',
        holder: null,
        data: { found, expected },
        exchanges: [exchange('x4', 'GET', 'Slot/{id}', 200), exchange('x5', 'POST', 'Appointment', 201)],
      },
    ],
  });

/** Scheduling with a product that does what the contract asks, on the simulator. */
export const goOnSimulator: Scorecard = {
  schemaVersion: 1,
  tool: { name: 'ehr-scorecard', version: '0.1.0' },
  policy: {
    id: 'pilot',
    version: '1.0.0',
    custom: false,
    preview: false,
    checksPresent: 92,
    checksTotal: 92,
    absent: [],
    later: [],
  },
  run: {
    id: '20261120-080000-a1b2c3',
    startedAt: '2026-11-20T08:00:00.000Z',
    endedAt: '2026-11-20T08:00:14.000Z',
    complete: true,
    how: 'complete',
    code: null,
    why: null,
    selection: null,
    writesMode: 'all',
    phi: 'synthetic-only',
    credentials: true,
    requests: {
      planned: 357,
      sent: 357,
      unavailable: 0,
      samples: 150,
      parts: [
        { part: 'read', requests: 120 },
        { part: 'write', requests: 87 },
      ],
    },
    writes: { done: 151, undone: 151, left: 0, leavesMax: 0 },
    inputs: [{ name: 'contract.yaml', role: 'contract', sha256: 'a'.repeat(64) }],
    planSha256: 'b'.repeat(64),
    seed: '7c1e',
  },
  operator: { party: 'ehr-team', who: 'integration@lakeside.example' },
  target: {
    environment: { id: 'simulator', class: 'simulator', origin: 'https://127.0.0.1:8443/lakeside/fhir' },
    decisionEnvironment: { id: 'simulator', class: 'simulator' },
    ehr: { vendor: 'Embedded', product: 'Sandbox', version: null, profile: null },
  },
  contract: {
    id: 'scheduling-voice-bot',
    version: '1.2.0',
    title: 'Voice bot books freed slots',
    status: 'agreed',
    owner: 'access-director@lakeside.example',
    openQuestions: [],
  },
  organization: { id: 'lakeside', name: 'Lakeside', owner: null },
  decision: {
    value: 'go',
    words: 'Go on a simulator: reads and commits, 1 of 1 site, 2 of 2 roles, 2 actions',
    notes: ['says nothing about your EHR'],
    notLookedAt: ['isolation between organizations (no second one was given)'],
    scope: {
      contract: 'scheduling-voice-bot',
      organization: 'Lakeside',
      environment: 'on a simulator',
      actions: { suggest: 0, draft: 0, commit: 2 },
      triggers: 1,
      sites: { tested: 1, total: 1 },
      roles: { tested: 2, total: 2 },
    },
    counts: {
      blockersFailed: 0,
      majorsFailed: 0,
      notShown: 0,
      warnings: 0,
      passed: 86,
      notApplicable: 6,
      errors: 0,
      openPointsWithGap: 0,
      openPointsWithoutGap: 0,
      questions: 0,
    },
    exitCode: 0,
    gate: 'go',
    baseline: null,
    reasons: [],
    openPoints: [],
    caps: [],
    foot,
  },
  answers: questionIds.map((question) => ({
    ...yes(question),
    ...(question === 'audit' && {
      details: [
        { subject: 'run', label: 'audit.reads-logged', text: '', data: { found: 206, expected: 206 } },
        { subject: 'run', label: 'audit.writes-logged', text: '', data: { found: 151, expected: 151 } },
      ],
    }),
    ...(question === 'write' && {
      details: [
        {
          subject: 'action:book',
          label: 'book',
          text: 'committed without review',
          data: { kind: 'commit', shown: true },
        },
      ],
    }),
  })),
  index: { value: 97, coverage: 100 },
  maturity: { claimed: 3, evidenced: 2, name: 'Connected', nextGate: null },
  blockers: [],
  direction: null,
  narrowing: null,
  value: null,
  harm: null,
  audit: {
    groups: [],
    lookUp: [
      {
        exchange: 'x4',
        at: '2026-11-20T08:00:04.000Z',
        method: 'GET',
        path: 'Slot/a1',
        context: 'staff',
        status: 200,
        requestId: 'req-4',
        found: false,
      },
    ],
  },
  checks: [
    auditCheck('audit.reads-logged', 206, 206),
    auditCheck('audit.writes-logged', 151, 151),
    check('hipaa.tls', {
      prose: { ...check('hipaa.tls', {}).prose, maps: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(e)(2)(ii)'] },
    }),
    check('latency.event-delivery', { outcome: 'not-applicable', grade: null, severity: 'major' }),
  ],
  questions: [],
  validity: {
    answers: 340,
    unauthorized: 1,
    forbidden: 12,
    notFound: 3,
    throttled: 0,
    searches: 96,
    emptySearches: 7,
  },
  latency: [
    {
      id: 'freed-slot-offered',
      check: 'latency.event-to-response',
      outcome: 'pass',
      reason: null,
      from: 'ehr-event',
      to: 'ai-response',
      percentile: 95,
      budgetMs: 60_000,
      shows: {
        n: 69,
        over: 0,
        straddling: 0,
        overAtMostPercent: 4.2,
        boundMs: 1_870,
        source: 'active',
        ratePerMinute: 30,
        pollMs: 200,
        intervalMs: [1_210, 1_930],
      },
      text: '',
    },
  ],
  matrix: [
    {
      role: 'bot',
      site: 'own',
      resourceType: 'Appointment',
      allow: 'crus',
      product: true,
      outcome: 'pass',
      reason: null,
    },
    {
      role: 'bot',
      site: 'other',
      resourceType: 'Appointment',
      allow: '',
      product: true,
      outcome: 'pass',
      reason: null,
    },
    {
      role: 'scheduler',
      site: 'any',
      resourceType: 'Slot',
      allow: 'rs',
      product: false,
      outcome: 'not-measured',
      reason: 'no-credential',
    },
  ],
  residue: [],
  gaps: [],
  regulatory: { asOf: '2026-11-20', unknown: ['hti5Final'] },
  redaction: { patientsByAlias: true, phi: 'synthetic-only' },
  hosts: ['https://127.0.0.1:8443'],
};

const retry = check('write.idempotent-retry', {
  outcome: 'fail',
  blocks: 'vendor-integration',
  holder: 'product',
  settled: false,
  decides: ['write', 'resilience'],
  findings: [
    finding({
      subject: 'action:book',
      holder: 'product',
      messageId: 'duplicated',
      text: 'The EHR holds two appointments from one booking that was retried.',
      data: { found: 2, expected: 1, waitedMs: 2_400 },
      exchanges: [exchange('x41', 'POST', 'Appointment', 0), exchange('x42', 'POST', 'Appointment', 201)],
      demandedBy: { document: 'contract', file: 'contracts/scheduling-voice-bot.yaml', line: 88 },
    }),
  ],
  prose: {
    title: 'A booking that is retried is stored once',
    failureTitle: 'A retried booking is stored twice',
    plain: 'A patient is booked once, also when the line drops.',
    why: 'Answers get lost; whoever sends again must not book again.',
    ask: { owner: 'vendor', text: 'Show us how often a booking that is retried is stored.' },
    remedy: [
      { owner: 'vendor', effort: 'low', text: 'Send If-None-Exist with the business key and search before a retry.' },
    ],
    references: ['https://hl7.org/fhir/R4/http.html#ccreate'],
    maps: [],
  },
});

const conflict = check('write.version-conflict', {
  outcome: 'fail',
  settled: false,
  decides: ['resilience'],
  findings: [
    finding({
      subject: 'action:cancel',
      messageId: 'overwritten',
      text: 'The EHR answered 200 to an outdated update, and the newer data is gone.',
      data: { status: 200 },
      exchanges: [exchange('x77', 'PATCH', 'Appointment/{id}', 200)],
      demandedBy: { document: 'contract', file: 'contracts/scheduling-voice-bot.yaml', line: 97 },
    }),
  ],
  prose: {
    title: 'An update based on an outdated version is refused',
    failureTitle: 'An outdated update overwrites newer data',
    plain: 'The AI cannot overwrite what a nurse has just typed.',
    why: 'Without a version check the last writer wins silently.',
    ask: { owner: 'vendor', text: 'Show us what is answered to an outdated update.' },
    remedy: [{ owner: 'ehr-team', effort: 'medium', text: 'Ask whether versions can be enforced here.' }],
    references: ['https://hl7.org/fhir/R4/http.html#concurrency'],
    maps: ['45 CFR 164.312(c)(1)'],
  },
});

const secondSite = check('scope.site', {
  part: 'product',
  outcome: 'not-measured',
  grade: null,
  reason: 'no-second-context',
  settled: false,
  decides: ['permissions'],
  findings: [
    finding({
      subject: 'cell:bot/Appointment',
      outcome: 'not-measured',
      grade: null,
      reason: 'no-second-context',
      messageId: null,
      messageKind: null,
      demandedBy: { document: 'organization', file: 'organization.yaml', line: 31 },
    }),
  ],
});

const governance = check('contract.governance', {
  outcome: 'warn',
  severity: 'major',
  blocks: 'contract',
  settled: false,
  findings: [finding({ outcome: 'warn', messageKind: 'limit', text: '1 agreement expires in 12 days.' })],
  gap: { owner: 'privacy@lakeside.example', control: 'renewal is signed monthly', until: '2027-01-31' },
});

/** The same, with a product that books twice and an EHR that takes outdated updates. */
export const noGoFailed: Scorecard = {
  ...goOnSimulator,
  policy: { ...goOnSimulator.policy, preview: true, checksPresent: 14, absent: ['error.ehr-outage'] },
  run: { ...goOnSimulator.run, writes: { done: 151, undone: 149, left: 2, leavesMax: 2 } },
  decision: {
    ...goOnSimulator.decision,
    value: 'no-go-failed',
    words: 'No-go: failed on a simulator: reads and commits, 1 of 2 sites, 2 of 2 roles, 2 actions',
    notes: ['says nothing about your EHR', 'preview policy, 14 of 92 checks'],
    counts: {
      ...goOnSimulator.decision.counts,
      blockersFailed: 2,
      notShown: 2,
      warnings: 1,
      passed: 9,
      openPointsWithGap: 1,
      openPointsWithoutGap: 2,
      questions: 1,
    },
    exitCode: 1,
    reasons: [{ code: 'blocker-failed', check: 'write.idempotent-retry', subject: null, text: 'booked twice' }],
    openPoints: [
      {
        check: 'scope.site',
        subject: null,
        why: 'blocker-not-settled',
        text: 'What scope.site asks for holds: no second user or client was supplied',
        gap: null,
      },
      {
        check: 'contract.governance',
        subject: null,
        why: 'answer',
        text: '1 agreement expires in 12 days.',
        gap: governance.gap,
      },
    ],
  },
  answers: goOnSimulator.answers.map((answer): Answer => {
    const no = { answer: 'no', words: 'No', grade: null } as const;
    if (answer.question === 'write') return { ...answer, ...no, sentence: retry.findings[0]!.text };
    if (answer.question === 'resilience') {
      return { ...answer, ...no, sentence: `${conflict.findings[0]!.text} (and 1 more)` };
    }
    if (answer.question === 'permissions') {
      return {
        ...answer,
        answer: 'not-shown',
        words: 'Not shown',
        grade: null,
        sentence: 'What scope.site asks for holds: no second user or client was supplied',
        causes: [
          { check: 'scope.site', subject: null, outcome: 'not-measured', reason: 'no-second-context', text: 'none' },
        ],
      };
    }
    if (answer.question === 'read') {
      return {
        ...answer,
        heldBy: [{ check: 'read.required-fields', holder: 'product' }],
        sentence: '6 of 6 deciding checks shown, held by the product.',
      };
    }
    return answer;
  }),
  blockers: [
    {
      class: 'vendor-integration',
      check: 'write.idempotent-retry',
      outcome: 'fail',
      unlocks: [],
      blockersUnlocked: 1,
      owner: 'vendor',
      liesWith: 'vendor',
      because: null,
      effort: 'low',
      action: retry.prose.remedy[0]!.text,
      exchanges: retry.findings[0]!.exchanges,
    },
    {
      class: 'ehr-configuration',
      check: 'scope.site',
      outcome: 'not-measured',
      unlocks: ['scope.workflow'],
      blockersUnlocked: 2,
      owner: 'ehr-team',
      liesWith: 'ehr-team',
      because: null,
      effort: 'low',
      action: 'no second user or client was supplied',
      exchanges: [],
    },
  ],
  direction: {
    first: 'integration',
    sentence: 'Product, contract and auth path are settled; what is left is integration.',
    checks: ['scope.site', 'write.idempotent-retry', 'write.version-conflict'],
  },

  checks: [
    ...goOnSimulator.checks.slice(0, 2),
    governance,
    check('error.ehr-outage', {
      outcome: 'not-measured',
      grade: null,
      reason: 'not-in-this-version',
      settled: false,
      decides: ['resilience'],
    }),
    secondSite,
    retry,
    conflict,
  ],
  questions: [
    {
      question: 'permissions',
      check: 'scope.site',
      subject: null,
      owner: 'ehr-team',
      reason: 'no-second-context',
      text: 'Show us what a user of the second clinic sees of the first.',
    },
  ],
  residue: [
    { resourceType: 'Appointment', id: '8812', reason: 'undo-by-person' },
    { resourceType: 'Appointment', id: '8813', reason: 'changed-by-others' },
  ],
  gaps: [
    {
      check: 'latency.read',
      subject: null,
      control: 'none needed',
      owner: 'access-director@lakeside.example',
      until: '2026-11-01',
      state: 'expired',
    },
  ],
};

const unknownChecks = questionIds.map((question) =>
  check(`${question === 'resilience' ? 'error' : question}.first-check`, {
    outcome: 'not-measured',
    grade: null,
    reason: 'no-credential',
    settled: false,
    decides: [question],
  }),
);

/** Before an RFP: an EHR base and no credential. */
export const notShownYet: Scorecard = {
  ...goOnSimulator,
  run: {
    ...goOnSimulator.run,
    credentials: false,
    requests: { planned: 9, sent: 9, unavailable: 0, samples: 0, parts: [] },
    writes: { done: 0, undone: 0, left: 0, leavesMax: 0 },
  },
  target: {
    ...goOnSimulator.target,
    environment: { id: 'test', class: 'org-nonprod', origin: 'https://ehr.example/fhir' },
  },
  decision: {
    ...goOnSimulator.decision,
    value: 'no-go-not-shown',
    words: 'NOT SHOWN YET: nothing was tested. 9 of 13 needs documented by the EHR, 4 documented absent, 7 questions',
    notes: [],
    scope: { ...goOnSimulator.decision.scope, environment: 'in your test system' },
    counts: {
      ...goOnSimulator.decision.counts,
      notShown: 7,
      passed: 1,
      openPointsWithoutGap: 7,
      questions: 7,
    },
    exitCode: 3,
  },
  answers: goOnSimulator.answers.map((answer, index) => ({
    ...answer,
    answer: 'not-shown',
    words: 'Not shown',
    grade: null,
    sentence: `${unknownChecks[index]!.prose.title}: no credential was supplied`,
    details: [],
    outlook: [
      {
        need: 'Slot can be searched',
        state: 'documented-absent',
        source: 'https://ehr.example/docs/slot',
        date: '2026-10-01',
      },
    ],
  })),
  checks: unknownChecks,
  questions: unknownChecks.map((one) => ({
    question: one.decides[0]!,
    check: one.id,
    subject: null,
    owner: one.id.startsWith('audit') ? 'privacy' : 'ehr-team',
    reason: 'no-credential',
    text: `Show us that ${one.id} holds.`,
  })),
  validity: null,
  latency: [],
  matrix: [],
};

export const literalScorecards = { goOnSimulator, noGoFailed, notShownYet } as const;

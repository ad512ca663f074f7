import { Type, type Static, type TProperties } from 'typebox';

const o = Type.Optional;
const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });

const severity = Type.Enum(['blocker', 'major', 'minor']);
const checkId = Type.String({
  pattern: '^[a-z]+\\.[a-z0-9-]+$',
  description: 'a check id such as write.version-conflict',
});

/** Which subjects of a check an entry is about; without one all of them. */
export const rowParts = ['product', 'human', 'entry', 'default'] as const;
export type RowPart = (typeof rowParts)[number];

/** When a check that this version does not have would apply; the documents decide, as its own `when` would. */
export const conditionNames = [
  'actions',
  'backend',
  'cds',
  'changes',
  'creates',
  'drafts',
  'ehr-event',
  'entry',
  'event',
  'fhir-audit',
  'follow',
  'freshness',
  'hl7v2',
  'launch',
  'overrides',
  'peak-rate',
  'peers',
  'predictive',
  'provenance',
  'review',
  'screens',
  'screens-and-peers',
  'several-writes',
  'site-limit',
  'slot',
  'slot-commit',
  'states',
  'subscription',
  'success',
  'transaction',
  'user-facing',
  'value',
  'writes',
  'writes-fhir',
  'writes-interface',
] as const;
export type ConditionName = (typeof conditionNames)[number];

/** `scope.role[product]`: the check, narrowed to some of its subjects. */
const entryText = Type.String({
  pattern: '^[a-z]+\\.[a-z0-9-]+(\\[(product|human|entry|default)\\])?$',
  description: 'a check id such as scope.role or scope.role[product]',
});
const entry = Type.Union(
  [
    entryText,
    closed({
      check: entryText,
      severity: o(severity),
      /** Not measured with this reason where the check itself would not apply. */
      ifNone: o(Type.Enum(['no-peer'])),
      /** Where `ifNone` holds; not given: everywhere. */
      if: o(Type.Enum(['screens'])),
    }),
  ],
  { description: 'a check id, or {check, severity, ifNone, if}' },
);
export type PolicyEntry = Static<typeof entry>;

const question = closed({ deciding: o(Type.Array(entry)), supporting: o(Type.Array(entry)) });

/** Scoring rules as data: the only place that says which check decides which question. */
export const policySchema = Type.Object(
  {
    apiVersion: Type.Literal('ehr-scorecard/v1'),
    kind: Type.Literal('Policy'),
    extends: o(Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$', description: 'the name of a shipped policy' })),
    metadata: closed({
      id: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,63}$', description: 'letters, digits and "-"' }),
      version: Type.String({ minLength: 1, maxLength: 40 }),
      title: o(Type.String({ minLength: 1, maxLength: 200 })),
    }),
    questions: o(
      closed({
        read: o(question),
        write: o(question),
        latency: o(question),
        permissions: o(question),
        audit: o(question),
        resilience: o(question),
        hipaa: o(question),
      }),
    ),
    /** In no question, but in the decision. */
    decision: o(Type.Array(entry)),
    /** Never excused; of an inner list one has to be settled where the first of it applies. */
    safetyBlockers: o(Type.Array(Type.Union([checkId, Type.Array(checkId, { minItems: 2 })]))),
    /** Checks this version does not have. `later` ones are named and take no part. */
    absent: o(
      Type.Array(closed({ check: checkId, severity, if: o(Type.Enum([...conditionNames])), later: o(Type.Boolean()) })),
    ),
    /** What a Go asks for besides; each can be covered by a gap with the check id given here. */
    rollout: o(
      closed({
        failsOn: o(Type.Array(checkId)),
        /** Applicable ones have to be settled; a gap does not do. */
        settled: o(Type.Array(checkId)),
        majorCreditPercent: Type.Integer({ minimum: 0, maximum: 100 }),
        maturity: Type.Integer({ minimum: 1, maximum: 4 }),
        runs: closed({ count: Type.Integer({ minimum: 1 }), days: Type.Integer({ minimum: 0 }) }),
      }),
    ),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Scoring policy',
    additionalProperties: false,
  },
);
export type PolicyDocument = Static<typeof policySchema>;

/** `scale` over `pilot`: lists are added to, single values replaced. Pure; `extends` is gone. */
export function mergePolicies(base: PolicyDocument, own: PolicyDocument): PolicyDocument {
  const joined = <T>(a: readonly T[] | undefined, b: readonly T[] | undefined): T[] => [...(a ?? []), ...(b ?? [])];
  const { extends: _, ...rest } = own;
  const names = [
    ...new Set([...Object.keys(base.questions ?? {}), ...Object.keys(own.questions ?? {})]),
  ] as (keyof NonNullable<PolicyDocument['questions']>)[];
  return {
    ...base,
    ...rest,
    questions: Object.fromEntries(
      names.map((name) => [
        name,
        {
          deciding: joined(base.questions?.[name]?.deciding, own.questions?.[name]?.deciding),
          supporting: joined(base.questions?.[name]?.supporting, own.questions?.[name]?.supporting),
        },
      ]),
    ),
    decision: joined(base.decision, own.decision),
    safetyBlockers: joined(base.safetyBlockers, own.safetyBlockers),
    absent: joined(base.absent, own.absent),
  };
}

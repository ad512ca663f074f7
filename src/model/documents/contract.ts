import { Type, type Static } from 'typebox';
import {
  actionPath,
  apiVersion,
  block,
  closed,
  control,
  count,
  date,
  duration,
  holder,
  identifier,
  identifiers,
  interactions,
  rate,
  resourceType,
  share,
  text,
  texts,
} from './parts.js';

export { failureConditions, type FailureCondition } from './failure-conditions.js';

const o = Type.Optional;

const metadata = block({
  id: identifier,
  version: o(text),
  title: o(text),
  workflowKind: o(Type.Enum(['scheduling', 'documentation', 'authorization', 'inbox', 'outreach', 'other'])),
  owner: o(text),
  clinicalSponsor: o(text),
  status: o(Type.Enum(['draft', 'agreed', 'frozen'])),
  agreedOn: o(date),
  openQuestions: o(Type.Array(closed({ text, owner: o(text), due: o(date) }))),
  outputStability: o(Type.Enum(['stable', 'unstable'])),
});

const intent = block({
  problem: o(text),
  users: o(texts),
  setting: o(text),
  outOfScope: o(Type.Array(text, { minItems: 1, description: 'a list with at least one entry' })),
  boundary: o(closed({ valueWithoutEhr: Type.Boolean(), reason: o(text) })),
});

const trigger = block({
  id: identifier,
  kind: Type.Enum(['ehr-event', 'cds-hook', 'smart-launch', 'schedule', 'external']),
  primary: o(Type.Boolean()),
  description: o(text),
  event: o(
    closed({
      resource: resourceType,
      change: o(Type.Enum(['create', 'update', 'delete', 'create-or-update'])),
      condition: o(text),
    }),
  ),
  inputs: o(identifiers),
  hook: o(text),
  launch: o(closed({ mode: o(Type.Enum(['ehr-launch', 'standalone'])), needs: o(texts), scopes: o(texts) })),
  every: o(duration),
  equivalents: o(closed({ hl7v2: o(text), cdsHook: o(text), topic: o(text) })),
  peakRate: o(rate),
  fallback: o(
    closed({
      kind: Type.Enum(['poll', 'subscription', 'hl7v2', 'cds-hook', 'smart-launch', 'schedule', 'person', 'none']),
      every: o(duration),
      query: o(text),
      trigger: o(identifier),
      how: o(text),
    }),
  ),
  cardLimit: o(Type.Number({ minimum: 0, maximum: 100, description: 'cards per 100 calls' })),
});
export type ContractTrigger = Static<typeof trigger>;

const field = block({
  path: text,
  need: o(Type.Enum(['must', 'should'])),
  share: o(share),
  why: o(text),
  codes: o(Type.Union([text, texts])),
  units: o(Type.Union([text, texts])),
  follow: o(Type.Enum(['reference', 'attachment'])),
});

const resource = block({
  id: identifier,
  type: resourceType,
  profile: o(text),
  purpose: o(text),
  find: o(text),
  local: o(texts),
  fields: o(Type.Array(Type.Union([text, field]))),
  freshness: o(closed({ maxAge: o(duration), mode: o(Type.Enum(['live', 'event', 'bulk'])) })),
  volume: o(Type.Union([count, rate])),
});

const idempotency = block({
  by: Type.Enum(['identifier', 'search', 'slot']),
  system: o(text),
  value: o(text),
  query: o(text),
  window: o(duration),
});

const states = closed({
  from: o(text),
  through: o(texts),
  to: o(text),
  alternatives: o(texts),
  forbidden: o(texts),
  element: o(text),
});

const action = block({
  id: identifier,
  kind: Type.Enum(['suggest', 'draft', 'commit']),
  via: o(Type.Enum(['fhir-r4', 'fhir-operation', 'vendor-api', 'hl7v2', 'screen'])),
  channel: o(Type.Enum(['card', 'inbox', 'worklist', 'app', 'voice'])),
  interaction: o(interactions),
  operation: o(text),
  resource: o(resourceType),
  states: o(states),
  body: o(Type.Record(Type.String(), Type.Unknown())),
  precondition: o(closed({ type: Type.Enum(['if-match', 'if-none-exist', 'slot', 'operation']), query: o(text) })),
  idempotency: o(idempotency),
  review: o(
    block({
      required: Type.Boolean(),
      role: o(text),
      where: o(text),
      deadline: o(duration),
      onExpiry: o(text),
      endsIn: o(text),
    }),
  ),
  noReview: o(block({ rationale: o(text), signedBy: o(text), signedOn: o(date) })),
  compensation: o(
    Type.Union([
      Type.Literal('none'),
      block({
        interaction: Type.Enum(['create', 'update', 'patch', 'delete', 'operation', 'person']),
        toState: o(text),
        limit: o(duration),
        reasonCode: o(text),
        note: o(text),
      }),
    ]),
  ),
  controls: o(closed({ noOverwrite: o(control), noDuplicate: o(control), reviewGate: o(control), undo: o(control) })),
  observe: o(text),
  visibleTo: o(Type.Array(Type.Union([text, closed({ consumer: text, search: text })]))),
  dependsOn: o(identifiers),
  path: o(actionPath),
});
export type ContractAction = Static<typeof action>;

const failureLine = block({
  behaviour: Type.Enum(['stop', 'queue-for-human', 'retry', 'fallback', 'compensate', 'ignore']),
  tell: o(text),
  within: o(duration),
  never: o(text),
});
const failure = Type.Partial(
  closed({
    'missing-required-field': failureLine,
    'stale-data': failureLine,
    'no-access': failureLine,
    'ehr-unavailable': failureLine,
    'event-missed': failureLine,
    'event-duplicate': failureLine,
    'output-invalid': failureLine,
    'output-needs-review': failureLine,
    'output-wrong-after-commit': failureLine,
    'version-conflict': failureLine,
    'duplicate-suspected': failureLine,
    'partial-write': failureLine,
  }),
  { additionalProperties: false, patternProperties: { '^x-': {} } },
);

const point = Type.Enum([
  'ai-request',
  'ai-received',
  'write-acknowledged',
  'visible',
  'ehr-event',
  'external-event',
  'hook-call',
  'launch',
  'notified',
  'ai-response',
  'hook-response',
]);
export type LatencyPoint = Static<typeof point>;

const latencyEntry = block({
  id: identifier,
  trigger: o(identifier),
  answeredBy: o(identifier),
  from: point,
  to: point,
  percentile: o(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 100, description: 'a percentile such as 95' })),
  budget: o(duration),
  atRate: o(rate),
  maxErrorShare: o(share),
  why: o(text),
  clock: o(closed({ from: text, to: text })),
});
export type LatencyEntry = Static<typeof latencyEntry>;

/** SMART v2 order is cruds; the usual `crus` of a person is accepted in any order. */
const letters = Type.String({
  pattern: '^(?!.*(.).*\\1)[cruds]{1,5}$',
  description: 'letters out of c, r, u, d, s, each at most once',
});

const permissions = block({
  workflowClient: o(text),
  roles: o(identifiers),
  productRoles: o(identifiers),
  siteLimit: o(control),
  workflowLimit: o(control),
  rules: o(
    Type.Array(
      block({
        role: text,
        site: o(Type.Union([text, texts], { description: 'own, any or a list of site ids' })),
        allow: o(
          Type.Record(Type.String({ pattern: '^([A-Z][A-Za-z]{1,63}|\\*)$' }), letters, {
            additionalProperties: false,
            description: 'letters by resource type, such as {Patient: rs}',
          }),
        ),
        actions: o(texts),
        rationale: o(text),
      }),
    ),
  ),
  separation: o(Type.Array(closed({ rule: text, action: o(identifier), step: o(text) }))),
});

const audit = block({
  granularity: o(Type.Enum(['exchange', 'patient-access'])),
  expect: o(Type.Array(closed({ what: text, where: o(Type.Enum(['ehr', 'aiSystem', 'both'])), fields: o(texts) }))),
  maxLag: o(duration),
  provenance: o(closed({ required: Type.Boolean(), aiLabel: o(text), sources: o(identifiers), why: o(text) })),
  correlationHeader: o(text),
  retention: o(duration),
  monitoredBy: o(text),
  incidentPath: o(text),
});

const dataHandling = block({
  purpose: o(Type.Enum(['treatment', 'payment', 'operations'])),
  phiStores: o(
    Type.Array(block({ id: identifier, party: o(text), encryptedAtRest: o(Type.Boolean()), retention: o(duration) })),
  ),
  flows: o(Type.Array(block({ from: text, to: text, party: o(text), data: o(texts) }))),
  modelUse: o(
    block({
      predictive: o(Type.Boolean()),
      trainsOnPhi: o(Type.Boolean()),
      promptRetention: o(duration),
      agreement: o(text),
    }),
  ),
  retention: o(duration),
  sensitive: o(closed({ excludeLabels: o(texts), part2: o(text) })),
  consent: o(Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$' }), text)),
});

const allowed = Type.Union(
  [
    Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]), { minItems: 1 }),
    closed({
      min: o(Type.Union([Type.Number(), duration])),
      max: o(Type.Union([Type.Number(), duration])),
      heldBy: o(Type.Array(holder, { minItems: 1 })),
      same: o(text),
      codeSystem: o(text),
    }),
  ],
  { description: 'a list of values, or {min, max}, {heldBy: […]}, {same: …} or {codeSystem: …}' },
);

const overridePoint = block({
  path: text,
  allowed: o(allowed),
  default: o(Type.Unknown()),
  mandatory: o(Type.Boolean()),
});
export type OverridePoint = Static<typeof overridePoint>;

const amount = Type.Number({ minimum: 0, description: 'a number, 0 or more' });
const value = block({
  volumePerWeek: o(amount),
  steps: o(
    Type.Array(
      block({
        name: text,
        where: o(Type.Enum(['ehr', 'product', 'paper'])),
        manualMinutes: o(amount),
        deepMinutes: o(amount),
        who: o(text),
      }),
    ),
  ),
  errorRateManual: o(share),
  cleanupMinutes: o(amount),
  labourCostPerHour: o(amount),
  assumedDepth: o(text),
  baselineSource: o(closed({ link: o(text), owner: o(text), expires: o(date) })),
});

const success = block({
  id: identifier,
  metric: o(text),
  kind: o(Type.Enum(['adoption', 'staff-time', 'quality', 'access', 'cost'])),
  target: o(Type.Number()),
  unit: o(text),
  measuredBy: o(text),
  reviewEvery: o(duration),
});

/** What a workflow needs, the same for every organization: the file as a person writes it, short forms included. */
export const contractSchema = Type.Object(
  {
    apiVersion,
    kind: Type.Literal('WorkflowContract'),
    extends: o(identifier),
    metadata,
    intent: o(intent),
    productScreens: o(Type.Enum(['embedded', 'separate', 'none'])),
    triggers: o(Type.Array(trigger)),
    resources: o(Type.Array(resource)),
    actions: o(Type.Array(action)),
    failure: o(failure),
    latency: o(Type.Array(latencyEntry)),
    permissions: o(permissions),
    audit: o(audit),
    dataHandling: o(dataHandling),
    overrides: o(Type.Array(overridePoint)),
    value: o(value),
    success: o(Type.Array(success)),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Workflow contract',
    additionalProperties: false,
    patternProperties: { '^x-': {} },
  },
);
export type Contract = Static<typeof contractSchema>;

/** One field in its long form. */
export type Field = Static<typeof field>;
/** A resource as written; its fields may be plain strings. */
export type ContractResource = Static<typeof resource>;

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { score, type ScoreInput } from '../../src/evaluate/score.js';
import { loadChecks } from '../../src/cli/check-catalog.js';
import type { AnyCheck, CheckMetadata, MessageKind } from '../../src/model/check.js';
import type { Contract } from '../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';
import { mergePolicies, type PolicyDocument } from '../../src/model/documents/policy.js';
import type { EvidenceEnd, EvidenceHeader } from '../../src/model/evidence.js';
import type { RecordedFact } from '../../src/model/fact.js';
import type { EnvironmentClass, Grade, Holder, NotMeasuredReason, Outcome, Severity } from '../../src/model/outcome.js';
import { policyOf } from '../../src/model/policy.js';
import type { Scorecard } from '../../src/model/scorecard.js';
import type { AnySubject } from '../../src/model/subject.js';
import { subjectsOf } from '../../src/model/subjects.js';
import { literalSubject } from '../support/test-check.js';
import { checksFolder } from '../support/places.js';

// Scorecards from tables: what each check of the shipped policies found on a subject of its own is said in a table, and scored
// for real. Id, severity, class, kind and prose are those of the check itself; only its rule is not asked.

export interface Found {
  readonly outcome: Exclude<Outcome, 'error'> | 'throws';
  readonly grade?: Grade;
  readonly reason?: NotMeasuredReason;
  readonly holder?: Holder;
  readonly messageKind?: MessageKind;
  readonly environmentClass?: EnvironmentClass;
}
export type Table = Readonly<Record<string, Found>>;

export const pass = (more: Partial<Found> = {}): Found => ({ outcome: 'pass', ...more });
export const warn = (more: Partial<Found> = {}): Found => ({ outcome: 'warn', ...more });
export const fail = (more: Partial<Found> = {}): Found => ({ outcome: 'fail', ...more });
export const notMeasured = (reason: NotMeasuredReason): Found => ({ outcome: 'not-measured', reason });
export const notApplicable: Found = { outcome: 'not-applicable' };

const policyDocument = (name: string): PolicyDocument =>
  parse(readFileSync(new URL(`../../profiles/policies/${name}.yaml`, import.meta.url), 'utf8')) as PolicyDocument;
const pilot = policyDocument('pilot');
const documents = { pilot, scale: mergePolicies(pilot, policyDocument('scale')) };
/** What the policies say of a check that is not there. */
const severities = new Map(documents.scale.absent?.map((one) => [one.check, one]));
/** Every id the policies name. */
export const allIds: readonly string[] = [...new Set(policyOf(documents.scale, true).rows.map((row) => row.check))];

/** The checks there are, by id. The policies name others, which stand under `absent`. */
const present = new Map((await loadChecks(checksFolder)).map((check) => [check.id, check]));
/** Ids of the policies that this version lacks; a stand-in says what they found. Those of later are in no denominator. */
export const standIns: readonly string[] = allIds.filter(
  (id) => !present.has(id) && severities.get(id)?.later !== true,
);
const severityOf = (id: string): Severity => present.get(id)?.severity ?? severities.get(id)?.severity ?? 'blocker';
const attested = (id: string): boolean => present.get(id)?.kind === 'attest';
const commitChecks = new Set([
  'write.version-conflict',
  'write.idempotent-retry',
  'rollback.compensate',
  'write.promotion-gate',
]);

export const contract: Contract = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'WorkflowContract',
  metadata: { id: 'scheduling', status: 'agreed' },
  triggers: [{ id: 'call', kind: 'external' }],
  actions: [{ id: 'book', kind: 'commit', via: 'fhir-r4', interaction: 'create', resource: 'Appointment' }],
  latency: [
    {
      id: 'freed-slot',
      trigger: 'call',
      answeredBy: 'book',
      from: 'external-event',
      to: 'ai-response',
      percentile: 95,
      budget: 'PT60S',
    },
  ],
  permissions: {
    roles: ['bot', 'scheduler'],
    productRoles: ['bot'],
    rules: [
      { role: 'bot', allow: { Appointment: 'crus' } },
      { role: 'scheduler', allow: { Appointment: 'rs' } },
    ],
  },
};

function organizationOf(environment: EnvironmentClass, decides: EnvironmentClass): OrganizationProfile {
  return {
    apiVersion: 'ehr-scorecard/v1',
    kind: 'OrganizationProfile',
    metadata: { id: 'lakeside', name: 'Lakeside', decisionEnvironment: decides },
    environments: {
      [environment]: { class: environment, fhirBase: 'https://127.0.0.1/fhir' },
      [decides]: { class: decides, fhirBase: 'https://127.0.0.1/fhir' },
    },
  };
}

const subjectFor = (id: string): string => {
  if (commitChecks.has(id)) return `action:${id}`;
  if (id === 'latency.event-to-response') return 'budget:freed-slot';
  return `stub:${id}`;
};

/** The cell of the product and that of a person. */
const cellsOf = (id: string): readonly string[] =>
  id === 'scope.role'
    ? ['cell:bot/Appointment', 'cell:scheduler/Appointment']
    : ['cell:bot/site', 'cell:scheduler/site'];

/** What a check is and says of itself; of one that is not there yet, what the policies say. */
function metadataOf(id: string): CheckMetadata & Pick<AnyCheck, 'messages'> {
  const check = present.get(id);
  if (check !== undefined) {
    const { optional: _optional, aggregate: _aggregate, looksAt: _looksAt, otherwise: _otherwise, ...rest } = check;
    return rest;
  }
  return {
    id,
    kind: 'probe',
    severity: severityOf(id),
    blocks: 'ehr-configuration',
    title: `Title of ${id}`,
    failureTitle: `Failure of ${id}`,
    plain: 'A sentence.',
    why: 'A reason.',
    sends: 'Nothing.',
    ask: { of: 'vendor', text: `Show us ${id}.` },
    remedy: [{ owner: 'vendor', effort: 'low', text: 'Do something.' }],
    references: [],
    writes: 'none',
    messages: {},
  };
}

/** The check with its rule replaced by the table. `scope.role` and `scope.site` also take `[human]`: the cells of people. */
function tabled(id: string, table: Table): AnyCheck {
  const cells = id === 'scope.role' || id === 'scope.site';
  const of = (subject: { readonly id: string }): Found =>
    (subject.id === cellsOf(id)[1] ? table[`${id}[human]`] : table[id]) ?? pass();
  const subjectKind = cells
    ? 'cell'
    : commitChecks.has(id)
      ? 'action'
      : subjectFor(id).startsWith('budget')
        ? 'budget'
        : 'attestation';
  const { messages, ...metadata } = metadataOf(id);
  return {
    ...metadata,
    subjects: subjectKind,
    when: (subject) =>
      (cells ? cellsOf(id).includes(subject.id) : subject.id === subjectFor(id)) &&
      of(subject).outcome !== 'not-applicable',
    ifNone: 'not-applicable',
    reads: ['unconditional-update'],
    messages: {
      ...messages,
      ...Object.fromEntries(
        (['proof', 'rate', 'availability', 'control', 'limit', 'undecided'] as const).map((message) => [
          message,
          { kind: message, text: `Said by ${id}.` },
        ]),
      ),
    },
    evaluate: (facts, say, subject) => {
      void facts['unconditional-update'];
      const found = of(subject);
      const message = found.messageKind ?? 'proof';
      if (found.outcome === 'throws') throw new Error('a fault of ours');
      if (found.outcome === 'pass') return say.pass({ n: 1 }, found.holder);
      const verdict = found.outcome === 'warn' ? say.warn(message) : say.fail(message);
      return found.holder === undefined ? verdict : { ...verdict, holder: found.holder };
    },
  };
}

export interface ScoreCase {
  readonly found?: Table;
  readonly policy?: 'pilot' | 'scale';
  readonly absent?: readonly string[];
  readonly environment?: EnvironmentClass;
  readonly decides?: EnvironmentClass;
  readonly gaps?: OrganizationProfile['gaps'];
  readonly contract?: Contract;
  readonly header?: Partial<EvidenceHeader>;
  readonly end?: Partial<EvidenceEnd>;
  readonly complete?: boolean;
  readonly shipped?: boolean;
  readonly more?: Partial<ScoreInput>;
}

export const startedAt = '2026-11-20T08:00:00.000Z';
export const gap = (check: string, until = '2027-01-31', subject?: string) => ({
  check,
  owner: 'access-director@lakeside.example',
  control: 'staff confirm each booking',
  until,
  ...(subject === undefined ? {} : { subject }),
});

export function inputOf(given: ScoreCase): ScoreInput {
  const environment = given.environment ?? 'simulator';
  const decides = given.decides ?? environment;
  const organization: OrganizationProfile = {
    ...organizationOf(environment, decides),
    ...(given.gaps === undefined ? {} : { gaps: given.gaps }),
  };
  const ofContract = given.contract ?? contract;
  const absent = given.absent ?? [];
  const table = given.found ?? {};
  const ids = allIds.filter((id) => !absent.includes(id));
  const subjects: AnySubject[] = [
    ...subjectsOf({ contract: ofContract, organization, environmentId: environment }).filter(
      (subject) => subject.kind !== 'slots',
    ),
    ...cellsOf('scope.site').map((id, index) =>
      literalSubject(
        'cell',
        { role: 'bot', resourceType: 'Location', allow: 'r', product: index === 0, sites: 'any' },
        id,
      ),
    ),
    ...ids.flatMap((id) => {
      const subject = subjectFor(id);
      if (subject.startsWith('stub:')) return [literalSubject('attestation', undefined, subject)];
      const action = ofContract.actions?.[0];
      return subject.startsWith('action:') && action !== undefined
        ? [literalSubject('action', { action, path: undefined }, subject)]
        : [];
    }),
  ];
  const facts = ids.flatMap((id): RecordedFact[] => {
    const places = id === 'scope.role' || id === 'scope.site' ? cellsOf(id) : [subjectFor(id)];
    return places.map((subject) => {
      const found = (subject === cellsOf(id)[1] ? table[`${id}[human]`] : table[id]) ?? pass();
      return {
        kind: 'unconditional-update',
        version: 1,
        subject,
        value: found.outcome === 'not-measured' ? { missing: found.reason ?? 'not-gathered' } : { status: 200 },
        grade: found.grade ?? (attested(id) ? 'attested' : 'measured'),
        exchanges: [],
        environmentClass: found.environmentClass ?? environment,
      };
    });
  });
  const document = documents[given.policy ?? 'pilot'];
  return {
    header: {
      type: 'header',
      schemaVersion: 1,
      runId: 'run-1',
      tool: { name: 'ehr-scorecard', version: '0.1.0' },
      startedAt,
      operator: { party: 'ehr-team', who: 'integration@lakeside.example' },
      environment: { id: environment, class: environment, origin: 'https://127.0.0.1/fhir' },
      phi: 'synthetic-only',
      writes: 'all',
      gate: 'go',
      selection: null,
      credentials: true,
      inputs: [],
      planSha256: '0'.repeat(64),
      seed: 'seed',
      ...given.header,
    },
    ends: [
      {
        type: 'end',
        at: startedAt,
        how: 'complete',
        plannedRequests: 200,
        sentRequests: 200,
        unavailableRequests: 0,
        writes: 10,
        undone: 10,
        residue: [],
        leavesMax: 0,
        journalHead: '0'.repeat(64),
        ...given.end,
      },
    ],
    complete: given.complete ?? true,
    events: [],
    facts: facts.map((fact) => ({ ...fact })),
    exchangesById: new Map(),
    contract: ofContract,
    organization,
    ehrProfile: undefined,
    policy: policyOf(
      {
        ...document,
        absent: absent.map((check) => severities.get(check) ?? { check, severity: severityOf(check) }),
      },
      given.shipped ?? true,
    ),
    subjects,
    checks: ids.map((id) => tabled(id, table)),
    spanOf: () => undefined,
    ...given.more,
  };
}

export const scored = (given: ScoreCase = {}): Scorecard => score(inputOf(given));

/** The seven answers in their words, in order. */
export const answersIn = (scorecard: Scorecard): string[] => scorecard.answers.map((one) => one.words);
export const decided = (scorecard: Scorecard): [string, number] => [
  scorecard.decision.value,
  scorecard.decision.exitCode,
];

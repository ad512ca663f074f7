import type { AnyCheck } from '../model/check.js';
import type { Contract } from '../model/documents/contract.js';
import type { EhrProfile } from '../model/documents/ehr-profile.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import { ToolError } from '../model/errors.js';
import type { EvidenceEnd, EvidenceHeader, EvidenceLine, ExchangeLine } from '../model/evidence.js';
import type { RecordedFact } from '../model/fact.js';
import { messageText } from '../model/message-text.js';
import { compareCodeUnits } from '../model/order.js';
import type { EnvironmentClass } from '../model/outcome.js';
import type { Policy } from '../model/policy.js';
import { scorecardSchemaVersion, type CheckEntry, type Finding, type Scorecard } from '../model/scorecard.js';
import type { AnySubject } from '../model/subject.js';
import { decisionEnvironment } from '../model/subjects.js';
import { answerEntry, answersOf } from './answers.js';
import { attributed, nextActions, type AttributedRow } from './blockers.js';
import type { CeiledJudgement } from './ceilings.js';
import {
  decide,
  exitCodeOf,
  mostlyUnavailable,
  rolloutUnmet,
  type BaselineComparison,
  type RunState,
} from './decision.js';
import { byOutcome, detailsOf, latencyOf, matrixOf, outlookOf, questionsOf } from './details.js';
import { evaluate } from './engine.js';
import { gapsAndPoints } from './gaps.js';
import { maturityOf } from './maturity.js';
import { creditOf, isApplicable, isOpen, rowsOf, severityWeight, type Row } from './rows.js';
import { valueOf } from './value.js';
import { decisionWords, foot, notesOf, scopeOf } from './words.js';

export interface ScoreInput {
  readonly header: EvidenceHeader;
  /** The end of every segment that has one, in order. */
  readonly ends: readonly EvidenceEnd[];
  /** The last line of the evidence is an end. */
  readonly complete: boolean;
  readonly events: readonly Extract<EvidenceLine, { type: 'event' }>[];
  readonly facts: readonly RecordedFact[];
  /** The exchanges that facts cite. */
  readonly exchangesById: ReadonlyMap<string, ExchangeLine>;
  /** Effective contract: `extends` and the organization's overrides applied. */
  readonly contract: Contract;
  readonly organization: OrganizationProfile;
  readonly ehrProfile: EhrProfile | undefined;
  readonly policy: Policy;
  readonly subjects: readonly AnySubject[];
  readonly checks: readonly AnyCheck[];
  /** The line of a document that demanded something. */
  readonly spanOf: (
    demandedBy: AnySubject['demandedBy'],
  ) => { readonly file: string; readonly line: number } | undefined;
  /** Instead of the gate the run was started with. */
  readonly gate?: EvidenceHeader['gate'];
  /** For the gate `baseline`: an earlier scorecard, or what an earlier comparison found. */
  readonly baseline?: Scorecard | NonNullable<Scorecard['decision']['baseline']>;
  /** Starts of earlier runs of this contract at this organization, for a rollout. */
  readonly earlierRuns?: readonly string[];
}

const maxExchanges = 20;

function runState({ header, ends }: ScoreInput, complete: boolean): RunState {
  const first = ends[0];
  const last = ends.at(-1);
  const abnormal = ends.find((end) => end.how !== 'complete');
  const byVendor = !['buyer', 'ehr-team', 'ci'].includes(header.operator.party);
  return {
    complete: complete && abnormal === undefined,
    how: abnormal?.how ?? last?.how ?? null,
    code: abnormal?.code ?? null,
    planned: ends.reduce((sum, end) => sum + end.plannedRequests, 0),
    unavailable: ends.reduce((sum, end) => sum + end.unavailableRequests, 0),
    left: last?.residue.length ?? 0,
    leavesMax: first?.leavesMax ?? 0,
    selection: header.selection,
    byVendor: byVendor && header.environment.class !== 'simulator',
  };
}

const exchangesOf = (ids: readonly string[], known: ScoreInput['exchangesById']) =>
  ids.slice(0, maxExchanges).flatMap((id) => {
    const line = known.get(id);
    if (line === undefined) return [];
    return [{ id, method: line.method, path: line.path, status: line.status, context: line.context }];
  });

function findingOf(row: Row, judgement: CeiledJudgement, input: ScoreInput): Finding {
  const message = judgement.messageId === null ? undefined : row.definition?.messages[judgement.messageId];
  const subject = input.subjects.find((one) => one.id === judgement.subject);
  const span = subject === undefined ? undefined : input.spanOf(subject.demandedBy);
  return {
    subject: judgement.subject,
    outcome: judgement.outcome,
    grade: judgement.grade,
    holder: judgement.holder,
    reason: judgement.reason,
    messageId: judgement.messageId,
    messageKind: message?.kind ?? null,
    text: message === undefined ? '' : messageText(message.text, judgement.data),
    data: { ...judgement.data },
    environmentClass: judgement.environmentClass,
    exchanges: exchangesOf(judgement.exchanges, input.exchangesById),
    demandedBy:
      subject === undefined || span === undefined
        ? null
        : { document: subject.demandedBy.document, file: span.file, line: span.line },
  };
}

function checkEntry(row: AttributedRow, input: ScoreInput, gap: CheckEntry['gap']): CheckEntry {
  const { definition } = row;
  const sorted = [...row.judgements].sort(byOutcome);
  const holders = sorted.flatMap((one) => (one.holder === null ? [] : [one.holder]));
  return {
    id: row.check,
    part: row.part,
    ruleVersion: definition?.ruleVersion ?? 1,
    outcome: row.outcome,
    grade: row.grade,
    reason: row.reason,
    severity: row.severity,
    blocks: row.blocks,
    holder: holders.find((one) => one !== 'ehr') ?? holders[0] ?? null,
    blockedBy: row.blockedBy,
    settled: row.settled,
    decides: [...row.decides],
    supports: [...row.supports],
    findings: sorted.filter((one) => one.outcome !== 'pass').map((one) => findingOf(row, one, input)),
    shows: sorted
      .filter((one) => one.outcome === 'pass')
      .map((one) => ({
        subject: one.subject,
        grade: one.grade,
        holder: one.holder,
        data: { ...one.data },
        exchanges: exchangesOf(one.exchanges, input.exchangesById),
      })),
    gap,
    prose: {
      title: definition?.title ?? row.check,
      failureTitle: definition?.failureTitle ?? row.check,
      plain: definition?.plain ?? 'This version of the tool has no check for it.',
      why: definition?.why ?? '',
      remedy: (definition?.remedy ?? []).map(({ owner, effort, text }) => ({ owner, effort, text })),
      references: [...(definition?.references ?? [])],
      maps: [...(definition?.maps ?? [])],
    },
  };
}

/** What fails now and passed then, and what was measured then and is missing now. Unavailable now is neither. */
function compared(rows: readonly Row[], baseline: Scorecard): BaselineComparison {
  const passedThen = new Set<string>();
  const measuredThen = new Set<string>();
  const name = (id: string, part: string | null) => (part === null ? id : `${id}[${part}]`);
  for (const { id, part, outcome } of baseline.checks) {
    if (outcome === 'pass' || outcome === 'warn') passedThen.add(name(id, part));
    if (outcome === 'pass' || outcome === 'warn' || outcome === 'fail') measuredThen.add(name(id, part));
  }
  const named = rows.map((row) => ({ row, id: name(row.check, row.part) }));
  const missing = named.filter(({ row, id }) => measuredThen.has(id) && isOpen(row) && row.reason !== 'unavailable');
  return {
    newlyFailed: named.filter(({ row, id }) => row.outcome === 'fail' && passedThen.has(id)).map(({ id }) => id),
    missing: missing.map(({ id }) => id),
  };
}

function baselineOf(input: ScoreInput, rows: readonly Row[]): Scorecard['decision']['baseline'] {
  const { baseline } = input;
  if (baseline === undefined) return null;
  if (!('checks' in baseline)) return baseline;
  const decisive = decisionEnvironment(input.organization) ?? null;
  for (const [what, then, now] of [
    ['contract', baseline.contract.id, input.contract.metadata.id],
    ['decision environment', baseline.target.decisionEnvironment?.id ?? null, decisive],
    ['policy', baseline.policy.id, input.policy.id],
  ] as const) {
    if (then !== now) {
      throw new ToolError('baseline-of-another-run', `the baseline has ${what} "${then}", this run has "${now}"`, {
        next: 'Compare with a scorecard of the same contract, decision environment and policy.',
      });
    }
  }
  const found = compared(rows, baseline);
  return {
    runId: baseline.run.id,
    newlyFailed: [...found.newlyFailed].sort(compareCodeUnits),
    missing: [...found.missing].sort(compareCodeUnits),
  };
}

function countsOf(rows: readonly Row[], points: Scorecard['decision']['openPoints'], questions: number) {
  const of = (test: (row: Row) => boolean) => rows.filter(test).length;
  return {
    blockersFailed: of((row) => row.outcome === 'fail' && row.severity === 'blocker'),
    majorsFailed: of((row) => row.outcome === 'fail' && row.severity === 'major'),
    notShown: of((row) => row.outcome === 'not-measured'),
    warnings: of((row) => row.outcome === 'warn'),
    passed: of((row) => row.outcome === 'pass'),
    notApplicable: of((row) => row.outcome === 'not-applicable'),
    errors: of((row) => row.outcome === 'error'),
    openPointsWithGap: points.filter((point) => point.gap !== null).length,
    openPointsWithoutGap: points.filter((point) => point.gap === null).length,
    questions,
  };
}

const originOf = (url: string): string => /^https?:\/\/[^/?#]+/.exec(url)?.[0] ?? url;

/**
 * The scorecard: a pure function of evidence, documents and policy; `startedAt` of the header is the only now. The same
 * input gives the same bytes on any machine.
 * @throws ToolError (exit 2) when a baseline belongs to another contract, decision environment or policy
 */
export function score(input: ScoreInput): Scorecard {
  const { header, contract, organization, ehrProfile, policy, subjects } = input;
  const { startedAt } = header;
  const run = runState(input, input.complete);
  const peers = subjects.some((subject) => subject.kind === 'peer');
  const decisiveId = decisionEnvironment(organization);
  const decisive = decisiveId === undefined ? undefined : organization.environments?.[decisiveId];
  const decisionClass: EnvironmentClass = decisive?.class ?? 'production';

  const results = evaluate(input.checks, subjects, input.facts, { startedAt });
  const rows = attributed(
    rowsOf(
      policy,
      results,
      subjects,
      { contract, organization, peers },
      {
        decisionClass,
        byVendor: run.byVendor,
        proofsOnly: mostlyUnavailable(run),
      },
    ),
    input.exchangesById,
    ehrProfile,
  );
  const answers = answersOf(rows);
  const runStarts = [...(input.earlierRuns ?? []), startedAt];
  const maturity = maturityOf({ rows, answers, contract, organization, runStarts });
  const rollout = rolloutUnmet(policy, rows, maturity.evidenced, runStarts);
  const { openPoints, gaps } = gapsAndPoints(rows, answers, rollout, organization.gaps ?? [], startedAt);
  const { value, reasons, caps } = decide({
    policy,
    rows,
    answers,
    openPoints,
    subjects,
    run,
    rolloutUnmet: rollout.map((point) => point.check),
  });
  const gate = input.gate ?? header.gate;
  const baseline = baselineOf(input, rows);
  const questions = questionsOf(rows);
  const latency = latencyOf(contract, rows);
  const matrix = matrixOf(subjects, rows);
  const entries = answers.map((core) => ({
    ...answerEntry(core),
    outlook: outlookOf(core, ehrProfile),
    details: detailsOf(core.question, core, contract, latency, matrix),
  }));
  const needs = (ehrProfile?.facts ?? []).filter((fact) => fact.check !== undefined);
  const scope = scopeOf(contract, organization, header, subjects, rows);
  const ids = new Set(policy.rows.map((row) => row.check).filter((id) => !policy.later.includes(id)));
  const present = [...ids].filter((id) => input.checks.some((check) => check.id === id)).length;
  const gapOf = (row: Row) => openPoints.find((point) => point.check === row.check && point.gap !== null)?.gap ?? null;
  const applicable = rows.filter(isApplicable);
  const weight = (of: readonly Row[]) => of.reduce((sum, row) => sum + severityWeight[row.severity], 0);
  const whole = weight(applicable);
  const last = input.ends.at(-1);
  const sum = (pick: (end: EvidenceEnd) => number) => input.ends.reduce((total, end) => total + pick(end), 0);
  const contacted = input.events.flatMap(({ event, data }) =>
    event === 'host' && typeof data['origin'] === 'string' ? [data['origin']] : [],
  );

  return {
    schemaVersion: scorecardSchemaVersion,
    tool: header.tool,
    policy: {
      id: policy.id,
      version: policy.version,
      custom: !policy.shipped,
      preview: present < ids.size,
      checksPresent: present,
      checksTotal: ids.size,
      absent: policy.absent.map((one) => one.check).sort(compareCodeUnits),
      later: [...policy.later].sort(compareCodeUnits),
    },
    run: {
      id: header.runId,
      startedAt,
      endedAt: last?.at ?? null,
      complete: run.complete,
      how: run.how,
      code: run.code,
      selection:
        header.selection === null
          ? null
          : {
              selected: header.selection.length,
              total: ids.size,
              checks: [...header.selection].sort(compareCodeUnits),
            },
      writesMode: header.writes,
      phi: header.phi,
      credentials: header.credentials,
      requests: { planned: run.planned, sent: sum((end) => end.sentRequests), unavailable: run.unavailable },
      writes: {
        done: sum((end) => end.writes),
        undone: sum((end) => end.undone),
        left: run.left,
        leavesMax: run.leavesMax,
      },
      inputs: header.inputs,
      planSha256: header.planSha256,
      seed: header.seed,
    },
    operator: header.operator,
    target: {
      environment: header.environment,
      decisionEnvironment: decisiveId === undefined ? null : { id: decisiveId, class: decisionClass },
      ehr: {
        vendor: organization.ehr?.vendor ?? null,
        product: organization.ehr?.product ?? null,
        version: organization.ehr?.version ?? null,
        profile: ehrProfile?.metadata.id ?? organization.ehr?.profile ?? null,
      },
    },
    contract: {
      id: contract.metadata.id,
      version: contract.metadata.version ?? null,
      title: contract.metadata.title ?? null,
      status: contract.metadata.status ?? null,
      owner: contract.metadata.owner ?? null,
      openQuestions: (contract.metadata.openQuestions ?? []).map((one) => one.text),
    },
    organization: {
      id: organization.metadata.id,
      name: organization.metadata.name ?? organization.metadata.id,
      owner: organization.metadata.owner ?? null,
    },
    decision: {
      value,
      words: decisionWords(value, scope, reasons, {
        credentials: header.credentials,
        needs: needs.length,
        documented: needs.filter((fact) => fact.standing === 'documented').length,
        absent: needs.filter((fact) => fact.standing === 'documented-absent').length,
        questions: questions.length,
      }),
      notes: notesOf({
        header,
        policy,
        contract,
        organization,
        complete: run.complete,
        byVendor: run.byVendor,
        present,
        total: ids.size,
        peers,
      }),
      scope,
      counts: countsOf(rows, openPoints, questions.length),
      exitCode: exitCodeOf(value, gate, run, rows, baseline),
      gate,
      baseline,
      reasons,
      openPoints,
      caps,
      foot,
    },
    answers: entries,
    index: {
      value: applicable.length === 0 ? 0 : creditOf(applicable).percent,
      coverage: whole === 0 ? 0 : Math.floor((100 * weight(applicable.filter((row) => !isOpen(row)))) / whole),
    },
    maturity,
    blockers: nextActions(rows).map((next) => ({
      class: next.class,
      check: next.row.check,
      outcome: next.row.outcome,
      unlocks: [...next.unlocks],
      owner: next.owner,
      effort: next.effort,
      action: next.action,
      exchanges: exchangesOf(
        next.row.judgements.flatMap((one) => (one.outcome === next.row.outcome ? one.exchanges : [])),
        input.exchangesById,
      ),
    })),
    narrowing: null,
    value: valueOf(contract, rows, answers),
    checks: rows
      .map((row) => checkEntry(row, input, gapOf(row)))
      .sort((a, b) => compareCodeUnits(a.id, b.id) || compareCodeUnits(a.part ?? '', b.part ?? '')),
    questions,
    latency,
    matrix,
    residue: [...(last?.residue ?? [])].sort(
      (a, b) => compareCodeUnits(a.resourceType, b.resourceType) || compareCodeUnits(a.id, b.id),
    ),
    gaps,
    redaction: { patientsByAlias: true, phi: header.phi },
    hosts: [...new Set([originOf(header.environment.origin), ...contacted])].sort(compareCodeUnits),
  };
}

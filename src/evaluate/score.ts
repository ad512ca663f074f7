import type { EvidenceEnd } from '../model/evidence.js';
import { compareCodeUnits } from '../model/order.js';
import { scorecardSchemaVersion, type Scorecard } from '../model/scorecard.js';
import { answerEntry } from './answers.js';
import { auditOf } from './audit.js';
import { validityOf } from './validity.js';
import { baselineOf } from './baseline.js';
import { checkEntry } from './check-entry.js';
import { exitCodeOf } from './decision.js';
import { detailsOf, latencyOf, matrixOf, outlookOf, questionsOf } from './details.js';
import { harmOf } from './harm.js';
import { judgedRun } from './judged-run.js';
import { narrowingOf } from './narrowing.js';
import { directionOf, nextActions } from './next-actions.js';
import { creditOf, isApplicable, isOpen, severityWeight, type Row } from './rows.js';
import { requestParts } from './request-parts.js';
import type { ScoreInput } from './score-input.js';
import { valueOf } from './value.js';
import { decisionWords, foot, notesOf, notLookedAt, scopeOf, whyIncomplete } from './words.js';

export type { ScoreInput } from './score-input.js';

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
  const { run, peers, decisive, rows, answers, maturity, points, decided } = judgedRun(input);
  const { openPoints, gaps } = points;
  const { value, reasons, caps } = decided;
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
  const stop = input.events.find(({ event }) => event === 'safety-stop')?.data['message'];
  const why = whyIncomplete(run, typeof stop === 'string' ? stop : undefined);
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
      why,
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
      requests: {
        planned: sum((end) => end.plannedRequests),
        sent: run.asked,
        unavailable: run.unavailable,
        samples: sum((end) => end.sampleRequests ?? 0),
        parts: requestParts(input),
      },
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
      decisionEnvironment: decisive,
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
        whyIncomplete: why,
        byVendor: run.byVendor,
        present,
        total: ids.size,
      }),
      notLookedAt: notLookedAt(policy, peers),
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
    blockers: nextActions(rows, input.exchangesById, run.complete),
    direction: directionOf(rows, contract, run.complete),
    narrowing: input.narrow === undefined ? null : narrowingOf(input, input.narrow),
    value: valueOf(contract, rows, answers, startedAt),
    harm: harmOf(input),
    checks: rows
      .map((row) => checkEntry(row, input, gapOf(row)))
      .sort((a, b) => compareCodeUnits(a.id, b.id) || compareCodeUnits(a.part ?? '', b.part ?? '')),
    questions,
    audit: auditOf(input),
    validity: validityOf(input),
    latency,
    matrix,
    residue: [...(last?.residue ?? [])].sort(
      (a, b) => compareCodeUnits(a.resourceType, b.resourceType) || compareCodeUnits(a.id, b.id),
    ),
    gaps,
    regulatory: {
      asOf: organization.regulatory?.asOf ?? null,
      unknown: (['hipaaNprmFinal', 'hti5Final', 'part2'] as const).filter(
        (name) => (organization.regulatory?.[name] ?? 'unknown') === 'unknown',
      ),
    },
    redaction: { patientsByAlias: true, phi: header.phi },
    hosts: [...new Set([originOf(header.environment.origin), ...contacted])].sort(compareCodeUnits),
  };
}

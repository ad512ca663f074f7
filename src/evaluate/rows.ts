import type { AnyCheck } from '../model/check.js';
import {
  environmentClasses,
  outcomeRank,
  weakerGrade,
  type BlockerClass,
  type EnvironmentClass,
  type Grade,
  type NotMeasuredReason,
  type Outcome,
  type Severity,
} from '../model/outcome.js';
import { compareCodeUnits } from '../model/order.js';
import type { Policy, PolicyRow } from '../model/policy.js';
import type { RowPart } from '../model/documents/policy.js';
import type { AnySubject } from '../model/subject.js';
import { ceiled, type CeiledJudgement, type CeilingContext } from './ceilings.js';
import { applies, type ConditionDocuments } from './conditions.js';
import { aggregate, type CheckResult, type Judgement } from './engine.js';

/** One row of the policy with what was found for it, after the ceilings. */
export interface Row extends PolicyRow {
  readonly definition: AnyCheck | undefined;
  readonly kind: AnyCheck['kind'];
  readonly severity: Severity;
  readonly blocks: BlockerClass;
  readonly outcome: Outcome;
  /** As printed: the operator's ceiling applied. */
  readonly grade: Grade | null;
  readonly reason: NotMeasuredReason | null;
  readonly settled: boolean;
  readonly limitedTo: EnvironmentClass | null;
  /** Hundredths: grade and environment, before the factor of the outcome. */
  readonly credit: number;
  readonly judgements: readonly CeiledJudgement[];
}

const gradeCredit: Readonly<Record<Grade, number>> = { measured: 100, witnessed: 70, replayed: 70, attested: 50 };

/** Worst first, then by subject and message. */
export const byOutcome = <T extends Pick<Judgement, 'outcome' | 'subject' | 'messageId'>>(a: T, b: T): number => {
  const rank = (one: T): number =>
    one.outcome === 'not-applicable' ? outcomeRank.length : outcomeRank.indexOf(one.outcome);
  return (
    rank(a) - rank(b) ||
    compareCodeUnits(a.subject, b.subject) ||
    compareCodeUnits(a.messageId ?? '', b.messageId ?? '')
  );
};

const inPart = (part: RowPart | null, subject: AnySubject | undefined): boolean => {
  if (part === null) return true;
  if (part === 'entry' || part === 'default') return (subject?.kind === 'budget') === (part === 'entry');
  const human = subject?.kind === 'cell' && !subject.item.product;
  return human === (part === 'human');
};

function stateOf(definition: AnyCheck, judgements: readonly CeiledJudgement[]) {
  const { outcome, grade, reason } = aggregate(definition, judgements);
  const shown = judgements.filter((one) => one.outcome === 'pass' || one.outcome === 'warn');
  const limited = judgements.map((one) => one.limitedTo);
  const limitedTo = environmentClasses.find((name) => limited.includes(name)) ?? null;
  const accepted: readonly Grade[] =
    definition.kind === 'attest' ? ['measured', 'witnessed', 'attested'] : ['measured', 'witnessed'];
  const settledGrade = shown.map((one) => one.settledGrade ?? 'attested').reduce(weakerGrade, 'measured');
  const full = definition.kind === 'attest' && grade === 'attested' ? 100 : gradeCredit[grade ?? 'measured'];
  return {
    outcome,
    grade,
    reason,
    limitedTo,
    settled: (outcome === 'pass' || outcome === 'warn') && limitedTo === null && accepted.includes(settledGrade),
    credit: limitedTo === null ? full : Math.min(full, gradeCredit.replayed),
  };
}

/** Every row of the policy that this version knows or lists as absent; `later` ones take no part. */
export function rowsOf(
  policy: Policy,
  results: readonly CheckResult[],
  subjects: readonly AnySubject[],
  documents: ConditionDocuments,
  context: CeilingContext,
): Row[] {
  const bySubject = new Map(subjects.map((subject) => [subject.id, subject]));
  const byCheck = new Map(results.map((result) => [result.check.id, result]));
  const absent = new Map(policy.absent.map((one) => [one.check, one]));
  return policy.rows.flatMap((row): Row[] => {
    const result = byCheck.get(row.check);
    const ifNone = row.if === undefined || applies(row.if, row.check, documents) ? row.ifNone : undefined;
    if (result !== undefined) {
      const definition = result.check;
      const judgements = result.judgements
        .filter((one) => inPart(row.part, bySubject.get(one.subject)))
        .map((one) => ceiled(definition, one, context));
      const state = stateOf(definition, judgements);
      const excused = state.outcome === 'not-applicable' && ifNone !== undefined;
      return [
        {
          ...row,
          definition,
          kind: definition.kind,
          severity: row.severity ?? definition.severity,
          blocks: definition.blocks,
          judgements,
          ...state,
          ...(excused ? { outcome: 'not-measured' as const, reason: ifNone } : {}),
        },
      ];
    }
    const missing = absent.get(row.check);
    if (missing === undefined) return [];
    const asked = missing.if === undefined || applies(missing.if, row.check, documents);
    const inThisPart = row.part !== 'human' && row.part !== 'default';
    return [
      {
        ...row,
        definition: undefined,
        kind: 'probe',
        severity: row.severity ?? missing.severity,
        blocks: 'ehr-capability',
        judgements: [],
        outcome: (asked || ifNone !== undefined) && inThisPart ? 'not-measured' : 'not-applicable',
        grade: null,
        reason: asked && inThisPart ? 'not-in-this-version' : (ifNone ?? null),
        settled: false,
        limitedTo: null,
        credit: 0,
      },
    ];
  });
}

export const isApplicable = (row: Row): boolean => row.outcome !== 'not-applicable';
export const isOpen = (row: Row): boolean => row.outcome === 'not-measured' || row.outcome === 'error';

export const severityWeight: Readonly<Record<Severity, number>> = { blocker: 5, major: 3, minor: 1 };
const outcomeFactor: Partial<Record<Outcome, number>> = { pass: 100, warn: 50 };

/** Credit reached and reachable by severity weight; `reached` in hundredths of the same unit. */
export function creditOf(rows: readonly Row[]): { reached: number; whole: number; percent: number } {
  const applicable = rows.filter(isApplicable);
  const whole = applicable.reduce((sum, row) => sum + severityWeight[row.severity], 0);
  const reached = applicable.reduce(
    (sum, row) => sum + (severityWeight[row.severity] * (outcomeFactor[row.outcome] ?? 0) * row.credit) / 100,
    0,
  );
  return { reached, whole, percent: whole === 0 ? 100 : Math.floor(reached / whole) };
}

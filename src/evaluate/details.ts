import type { Contract } from '../model/documents/contract.js';
import { parseDurationMs } from '../model/documents/duration.js';
import type { EhrProfile } from '../model/documents/ehr-profile.js';
import { latencyCheckOf } from '../model/latency-pairs.js';
import { compareCodeUnits } from '../model/order.js';
import type { Answer, QuestionId, Scorecard } from '../model/scorecard.js';
import type { AnySubject } from '../model/subject.js';
import { rowText, type AnswerCore } from './answers.js';
import { reasonWords } from './reasons.js';
import { byOutcome, isApplicable, isOpen, type Row } from './rows.js';

/** What the EHR's product documents about the checks of a question. Never a verdict. */
export function outlookOf(core: AnswerCore, profile: EhrProfile | undefined): Answer['outlook'] {
  const checks = new Set([...core.deciding, ...core.supporting].map((row) => row.check));
  return (profile?.facts ?? [])
    .filter((fact) => fact.check !== undefined && checks.has(fact.check))
    .map((fact) => ({ need: fact.statement, state: fact.standing, source: fact.source, date: fact.seenOn }))
    .sort((a, b) => compareCodeUnits(a.need, b.need));
}

/** Every latency entry of the contract with what its check says of it. */
export function latencyOf(contract: Contract, rows: readonly Row[]): Scorecard['latency'] {
  return (contract.latency ?? [])
    .map((entry) => {
      const check = latencyCheckOf(entry.from, entry.to);
      const row = rows.find((one) => one.check === check && one.part === 'entry');
      const own = row?.judgements.filter((one) => one.subject === `budget:${entry.id}`).sort(byOutcome) ?? [];
      const [worst] = own;
      const outcome = worst?.outcome ?? row?.outcome ?? 'not-measured';
      return {
        id: entry.id,
        check: check ?? 'contract.trigger',
        outcome,
        reason: outcome === 'not-measured' ? (worst?.reason ?? row?.reason ?? null) : null,
        from: entry.from,
        to: entry.to,
        percentile: entry.percentile ?? null,
        budgetMs: entry.budget === undefined ? null : parseDurationMs(entry.budget),
        shows: { ...worst?.data },
        text:
          row === undefined ? '' : rowText({ ...row, outcome, reason: worst?.reason ?? row.reason, judgements: own }),
      };
    })
    .sort((a, b) => compareCodeUnits(a.id, b.id));
}

/**
 * Every cell of the matrix with what was seen of it; an untested cell is listed too. A role limited to sites has a second
 * cell for a site that is not its own, where the contract allows it nothing.
 */
export function matrixOf(subjects: readonly AnySubject[], rows: readonly Row[]): Scorecard['matrix'] {
  const seenOf = (check: string, subject: string): Pick<Scorecard['matrix'][number], 'outcome' | 'reason'> => {
    const [worst] = rows
      .filter((row) => row.check === check)
      .flatMap((row) => row.judgements)
      .filter((one) => one.subject === subject)
      .sort(byOutcome);
    return { outcome: worst?.outcome ?? 'not-measured', reason: worst === undefined ? 'not-gathered' : worst.reason };
  };
  return subjects
    .flatMap((subject) => (subject.kind === 'cell' ? [subject] : []))
    .flatMap(({ id, item: { role, resourceType, allow, product, sites } }) => {
      const limited = sites !== 'any' && /[rs]/.test(allow);
      const cell = { role, resourceType, product };
      return [
        { ...cell, site: limited ? ('own' as const) : ('any' as const), allow, ...seenOf('scope.role', id) },
        ...(limited ? [{ ...cell, site: 'other' as const, allow: '', ...seenOf('scope.site', id) }] : []),
      ];
    })
    .sort(
      (a, b) =>
        compareCodeUnits(a.role, b.role) ||
        compareCodeUnits(a.resourceType, b.resourceType) ||
        Number(a.site === 'other') - Number(b.site === 'other'),
    );
}

const depthWords = { suggest: 'display only', draft: 'draft stored', commit: 'committed' } as const;

/** What a question prints besides its answer. */
export function detailsOf(
  question: QuestionId,
  core: AnswerCore,
  contract: Contract,
  latency: Scorecard['latency'],
  matrix: Scorecard['matrix'],
): Answer['details'] {
  if (question === 'write') {
    return (contract.actions ?? []).map((action) => {
      const review =
        action.kind === 'commit' ? (action.review?.required ? ' after human review' : ' without review') : '';
      const shown = core.answer === 'yes' || core.answer === 'partly' || action.kind === 'suggest';
      const depth = `${depthWords[action.kind]}${review}`;
      return {
        subject: `action:${action.id}`,
        label: action.id,
        text: shown ? depth : `${depth}: not shown`,
        data: { kind: action.kind, shown },
      };
    });
  }
  if (question === 'latency') {
    return latency.map((entry) => ({
      subject: `budget:${entry.id}`,
      label: entry.id,
      text: entry.text,
      data: entry.shows,
    }));
  }
  if (question === 'permissions') {
    return matrix
      .filter((cell) => cell.outcome === 'not-measured')
      .map((cell) => ({
        subject: `cell:${cell.role}/${cell.resourceType}`,
        label: `${cell.role} on ${cell.resourceType}${cell.site === 'other' ? ' of another site' : ''}`,
        text: cell.reason === null ? 'not tested' : reasonWords[cell.reason].text,
        data: { allow: cell.allow, product: cell.product, site: cell.site },
      }));
  }
  return core.deciding.flatMap((row) =>
    row.judgements
      .filter((one) => (one.outcome === 'pass' || one.outcome === 'warn') && Object.keys(one.data).length > 0)
      .map((one) => ({
        subject: one.subject,
        label: row.check,
        text: row.definition?.title ?? row.check,
        data: { ...one.data },
      })),
  );
}

/** One question per check that nobody has shown, for the party its check names; not for checks this version lacks. */
export function questionsOf(rows: readonly Row[]): Scorecard['questions'] {
  const asked = new Map<string, Scorecard['questions'][number]>();
  for (const row of rows) {
    if (!isApplicable(row) || !isOpen(row) || row.severity === 'minor') continue;
    if (row.definition === undefined || row.reason === null || asked.has(row.check)) continue;
    const subjects = [
      ...new Set(row.judgements.filter((one) => one.outcome === 'not-measured').map((one) => one.subject)),
    ];
    asked.set(row.check, {
      question: row.decides[0] ?? row.supports[0] ?? null,
      check: row.check,
      subject: subjects.length === 1 ? subjects[0]! : null,
      owner: row.definition.ask.of,
      reason: row.reason,
      text: row.definition.ask.text,
    });
  }
  return [...asked.values()].sort((a, b) => compareCodeUnits(a.check, b.check));
}

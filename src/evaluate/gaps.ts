import type { OrganizationProfile } from '../model/documents/organization.js';
import { compareCodeUnits } from '../model/order.js';
import type { GapEntry, OpenPoint } from '../model/scorecard.js';
import type { AnswerCore } from './answers.js';
import { rowText } from './answers.js';
import { isApplicable, isOpen, type Row } from './rows.js';

type Gap = NonNullable<OrganizationProfile['gaps']>[number];
const dayMs = 86_400_000;
const longestDays = 180;

/** Why a gap does not count at this time; undefined when it does. */
function invalid(gap: Gap, startedAt: string): 'expired' | 'too-long' | 'incomplete' | undefined {
  if (gap.owner.trim() === '' || gap.control.trim() === '') return 'incomplete';
  const today = startedAt.slice(0, 10);
  const days = (Date.parse(gap.until) - Date.parse(today)) / dayMs;
  if (Number.isNaN(days)) return 'incomplete';
  if (days < 0) return 'expired';
  return days > longestDays ? 'too-long' : undefined;
}

const names = (gap: Gap, subject: string): boolean =>
  gap.subject === undefined || gap.subject === subject || gap.subject === subject.slice(subject.indexOf(':') + 1);

/** The gap in date that covers a check, on every one of these subjects; the earliest end wins. */
function covering(gaps: readonly Gap[], check: string, subjects: readonly string[]): Gap | null {
  const own = gaps
    .filter((gap) => gap.check === check)
    .sort((a, b) => compareCodeUnits(a.until, b.until) || compareCodeUnits(a.owner, b.owner));
  const whole = own.find((gap) => gap.subject === undefined);
  if (subjects.length === 0) return whole ?? null;
  const each = subjects.map((subject) => own.find((gap) => names(gap, subject)));
  return each.every((gap) => gap !== undefined) ? (each.find((gap) => gap !== undefined) ?? null) : null;
}

/** Subjects of a row that keep it from being shown; empty when the row as a whole does. */
function offending(row: Row): string[] {
  const bad = row.judgements.filter(
    (one) => one.outcome !== 'pass' && one.outcome !== 'not-applicable' && one.outcome === row.outcome,
  );
  return [...new Set(bad.map((one) => one.subject))].sort(compareCodeUnits);
}

/** Something a rollout asks for that no check shows. */
export interface PolicyPoint {
  readonly check: string;
  readonly text: string;
}

export interface GapsAndPoints {
  readonly openPoints: OpenPoint[];
  readonly gaps: GapEntry[];
}

function whyOpen(row: Row, answers: readonly AnswerCore[]): OpenPoint['why'] | undefined {
  if (!isApplicable(row)) return undefined;
  if (row.outcome === 'fail') return row.severity === 'major' ? 'major-failed' : causeOf(row, answers);
  if (row.reason === 'not-in-this-version' && (row.severity !== 'minor' || causeOf(row, answers))) {
    return 'not-in-this-version';
  }
  if (row.severity === 'blocker' && !row.settled) return 'blocker-not-settled';
  if (row.severity === 'major' && isOpen(row)) return 'major-not-measured';
  return causeOf(row, answers);
}

const causeOf = (row: Row, answers: readonly AnswerCore[]): 'answer' | undefined =>
  answers.some((one) => one.short.includes(row)) ? 'answer' : undefined;

/** Open points, each with the gap that covers it, and what became of every gap of the profile. */
export function gapsAndPoints(
  rows: readonly Row[],
  answers: readonly AnswerCore[],
  extra: readonly PolicyPoint[],
  given: readonly Gap[],
  startedAt: string,
): GapsAndPoints {
  const inDate = given.filter((gap) => invalid(gap, startedAt) === undefined);
  const shown = (gap: Gap | null) =>
    gap === null ? null : { owner: gap.owner, control: gap.control, until: gap.until };
  const openPoints: OpenPoint[] = [];
  for (const row of rows) {
    const why = whyOpen(row, answers);
    // A failed blocker is no open point: nothing but another result helps it.
    if (why === undefined || (row.outcome === 'fail' && row.severity === 'blocker')) continue;
    const subjects = offending(row);
    openPoints.push({
      check: row.check,
      subject: subjects.length === 1 ? subjects[0]! : null,
      why,
      text: rowText(row),
      gap: why === 'not-in-this-version' ? null : shown(covering(inDate, row.check, subjects)),
    });
  }
  for (const { check, text } of extra) {
    openPoints.push({ check, subject: null, why: 'policy', text, gap: shown(covering(inDate, check, [])) });
  }
  const pointed = new Set(
    openPoints.filter((point) => point.why !== 'not-in-this-version').map((point) => point.check),
  );
  const state = (gap: Gap): GapEntry['state'] => {
    const fault = invalid(gap, startedAt);
    if (fault !== undefined) return fault;
    const own = rows.filter((row) => row.check === gap.check);
    if (own.some((row) => row.outcome === 'fail' && row.severity === 'blocker')) {
      return 'does-not-apply-to-a-failed-blocker';
    }
    if (answers.some((one) => one.answer === 'no' && one.causes.some((row) => own.includes(row)))) {
      return 'does-not-apply-to-an-answer-no';
    }
    const matches = own.some((row) => {
      const subjects = offending(row);
      return gap.subject === undefined || subjects.some((subject) => names(gap, subject));
    });
    return pointed.has(gap.check) && (matches || own.length === 0) ? 'used' : 'unused';
  };
  return {
    openPoints: openPoints.sort(
      (a, b) => compareCodeUnits(a.check, b.check) || compareCodeUnits(a.subject ?? '', b.subject ?? ''),
    ),
    gaps: given
      .map((gap) => ({
        check: gap.check,
        subject: gap.subject ?? null,
        control: gap.control,
        owner: gap.owner,
        until: gap.until,
        state: state(gap),
      }))
      .sort(
        (a, b) =>
          compareCodeUnits(a.check, b.check) ||
          compareCodeUnits(a.subject ?? '', b.subject ?? '') ||
          compareCodeUnits(a.until, b.until),
      ),
  };
}

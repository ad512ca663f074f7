import { absentTitle } from '../model/absent-titles.js';
import { exitCodes, type ExitCode } from '../model/errors.js';
import type { EvidenceEnd, EvidenceHeader } from '../model/evidence.js';
import { compareCodeUnits } from '../model/order.js';
import type { Policy } from '../model/policy.js';
import type { DecisionReason, DecisionValue, OpenPoint } from '../model/scorecard.js';
import type { AnySubject } from '../model/subject.js';
import { questionTitles, rowText, type AnswerCore } from './answers.js';
import { creditOf, isApplicable, isOpen, type Row } from './rows.js';
import { unsettledBlockers, unsettledSafety } from './settled.js';

export interface RunState {
  readonly complete: boolean;
  readonly how: EvidenceEnd['how'] | null;
  readonly code: string | null;
  /** Requests sent; a plan states upper bounds, of which a healthy run needs a small part. */
  readonly asked: number;
  readonly unavailable: number;
  readonly left: number;
  readonly leavesMax: number;
  readonly selection: readonly string[] | null;
  readonly byVendor: boolean;
}

export interface DecisionInput {
  readonly policy: Policy;
  readonly rows: readonly Row[];
  readonly answers: readonly AnswerCore[];
  readonly openPoints: readonly OpenPoint[];
  readonly subjects: readonly AnySubject[];
  readonly run: RunState;
  /** Runs besides this one, for a rollout. */
  readonly rolloutUnmet: readonly string[];
}

export interface Decided {
  readonly value: DecisionValue;
  readonly reasons: DecisionReason[];
  readonly caps: DecisionReason[];
}

const reason = (code: string, text: string, check: string | null = null): DecisionReason => ({
  code,
  check,
  subject: null,
  text,
});

/** More than a tenth of what was asked got no usable answer. */
export const mostlyUnavailable = (run: Pick<RunState, 'asked' | 'unavailable'>): boolean =>
  run.unavailable * 10 > run.asked;

const nothingScored = (rows: readonly Row[]): boolean =>
  rows.some((row) => row.outcome === 'error') &&
  !rows.some((row) => row.outcome === 'pass' || row.outcome === 'warn' || row.outcome === 'fail');

const failedBlockers = (rows: readonly Row[], policy: Policy): Row[] =>
  rows.filter(
    (row) => row.outcome === 'fail' && (row.severity === 'blocker' || policy.rollout?.failsOn?.includes(row.check)),
  );

function capsOf({ policy, rows, subjects, run }: DecisionInput): DecisionReason[] {
  const commits = new Set(
    subjects.flatMap((one) => (one.kind === 'action' && one.item.action.kind === 'commit' ? [one.id] : [])),
  );
  const byPerson = rows.filter((row) =>
    row.judgements.some((one) => one.holder === 'person' && commits.has(one.subject)),
  );
  const missing = [...new Set(rows.filter((row) => row.reason === 'not-in-this-version').map((row) => row.check))];
  return [
    ...(run.byVendor ? [reason('recorded-by-vendor', 'Recorded by the vendor.')] : []),
    ...byPerson.map((row) =>
      reason('person-holds-commit', `${rowText(row)}: held by a person for a commit.`, row.check),
    ),
    ...missing.map((check) =>
      reason('not-in-this-version', `This version cannot look yet: ${absentTitle(check)}.`, check),
    ),
  ].filter((one) => one.code !== 'not-in-this-version' || policy.absent.some(({ check }) => check === one.check));
}

/** Why it is not shown, what can be shown soonest first. */
function notShownReasons(input: DecisionInput): DecisionReason[] {
  const soon = (one: DecisionReason): number => (one.code === 'not-yet' ? 0 : one.code === 'gap-missing' ? 1 : 2);
  const safety = unsettledSafety(input.policy, input.rows);
  const points = input.openPoints.filter((point) => point.gap === null && point.why !== 'not-in-this-version');
  const named = new Set(safety.map((row) => row.check));
  const codeOf = (check: string, otherwise: string) =>
    input.rows.some((row) => row.check === check && row.reason === 'not-yet') ? 'not-yet' : otherwise;
  return [
    ...(input.run.complete
      ? []
      : [reason('incomplete-run', 'The run did not come to its end; what is missing was not gathered.')]),
    ...safety.map((row) => reason(codeOf(row.check, 'safety-blocker-not-settled'), rowText(row), row.check)),
    ...points
      .filter((point) => !named.has(point.check))
      .map((point) => ({
        ...reason(codeOf(point.check, 'gap-missing'), point.text, point.check),
        subject: point.subject,
      })),
  ].sort((a, b) => soon(a) - soon(b) || compareCodeUnits(a.check ?? '', b.check ?? ''));
}

function withoutDecision({ rows, run, policy }: DecisionInput): DecisionReason | undefined {
  if (run.how === 'safety-stop') return reason('safety-stop', `Stopped by a safety rule (${run.code ?? 'unnamed'}).`);
  if (run.selection !== null) {
    const all = new Set(policy.rows.map((row) => row.check)).size;
    return reason('selection', `no decision: ${run.selection.length} of ${all} checks selected`);
  }
  if (mostlyUnavailable(run) && failedBlockers(rows, policy).length === 0) {
    return reason('unavailable', `${run.unavailable} of ${run.asked} requests got no answer: try again.`);
  }
  return nothingScored(rows) ? reason('nothing-scored', 'Nothing could be scored: a fault of this tool.') : undefined;
}

/** The decision; the first matching line of the policy wins. */
export function decide(input: DecisionInput): Decided {
  const { policy, rows, answers, openPoints, run } = input;
  const caps = capsOf(input);
  const none = withoutDecision(input);
  if (none !== undefined) return { value: 'none', reasons: [none], caps };
  const failed = failedBlockers(rows, policy);
  const no = answers.filter((one) => one.answer === 'no');
  if (failed.length > 0 || no.length > 0) {
    const because = [
      ...failed.map((row) => reason('blocker-failed', rowText(row), row.check)),
      ...no.map((one) => reason('answer-no', questionTitles[one.question])),
    ];
    return { value: 'no-go-failed', reasons: because, caps };
  }
  const covered = openPoints.every((point) => point.gap !== null);
  const excused = openPoints.every((point) => point.gap !== null || point.why === 'not-in-this-version');
  const unfailed = !rows.some((row) => row.outcome === 'fail' && row.severity === 'major');
  const yes = answers.every((one) => one.answer === 'yes');
  const added = rows.filter((row) => policy.rollout?.settled?.includes(row.check) && isApplicable(row));
  const whole = run.complete && unsettledBlockers(rows).length === 0 && added.every((row) => row.settled);
  if (whole && yes && unfailed && covered && caps.length === 0 && input.rolloutUnmet.length === 0) {
    return { value: 'go', reasons: [], caps };
  }
  if (run.complete && unsettledSafety(policy, rows).length === 0 && excused) {
    const because = openPoints.map((point) => ({
      ...reason(point.gap === null ? 'not-in-this-version' : 'open-point-with-gap', point.text, point.check),
      subject: point.subject,
    }));
    return {
      value: 'conditional-go',
      reasons: [...caps, ...because.filter((one) => one.code !== 'not-in-this-version')],
      caps,
    };
  }
  return { value: 'no-go-not-shown', reasons: notShownReasons(input), caps };
}

/** What a rollout asks for besides the rows, and is not met. Each can be covered by a gap with this check id. */
export function rolloutUnmet(
  policy: Policy,
  rows: readonly Row[],
  maturity: number,
  runStarts: readonly string[],
): { readonly check: string; readonly text: string }[] {
  const asked = policy.rollout;
  if (asked === undefined) return [];
  const majors = rows.filter((row) => row.severity === 'major' && isApplicable(row));
  const { percent } = creditOf(majors);
  const times = runStarts.map((at) => Date.parse(at)).sort((a, b) => a - b);
  const days = times.length === 0 ? 0 : Math.floor((times.at(-1)! - times[0]!) / 86_400_000);
  const shown = runStarts.length >= asked.runs.count && days >= asked.runs.days;
  return [
    ...(percent >= asked.majorCreditPercent
      ? []
      : [
          { check: 'scale.credit', text: `${percent} % of the credit of majors, ${asked.majorCreditPercent} % asked.` },
        ]),
    ...(maturity >= asked.maturity
      ? []
      : [{ check: 'scale.maturity', text: `Maturity ${maturity}, ${asked.maturity} asked.` }]),
    ...(shown
      ? []
      : [
          {
            check: 'scale.runs',
            text: `${runStarts.length} runs over ${days} days, ${asked.runs.count} over ${asked.runs.days} asked.`,
          },
        ]),
  ];
}

const precedence: readonly ExitCode[] = [
  exitCodes.residue,
  exitCodes.safetyStop,
  exitCodes.internal,
  exitCodes.interrupted,
  exitCodes.failed,
  exitCodes.unavailable,
  exitCodes.notShown,
  exitCodes.conditional,
  exitCodes.gateMet,
];

export interface BaselineComparison {
  readonly newlyFailed: readonly string[];
  readonly missing: readonly string[];
}

/** Exit code of a gate; several may apply, the first of the precedence wins. */
export function exitCodeOf(
  value: DecisionValue,
  gate: EvidenceHeader['gate'],
  run: RunState,
  rows: readonly Row[],
  baseline: BaselineComparison | null,
): ExitCode {
  const found = new Set<ExitCode>([exitCodes.gateMet]);
  if (run.left > run.leavesMax) found.add(exitCodes.residue);
  if (run.how === 'safety-stop') found.add(exitCodes.safetyStop);
  if (run.how === 'internal' || nothingScored(rows)) found.add(exitCodes.internal);
  if (run.how === 'interrupted') found.add(exitCodes.interrupted);
  if (mostlyUnavailable(run) && run.selection === null && value === 'none') found.add(exitCodes.unavailable);
  if (gate === 'baseline') {
    if ((baseline?.newlyFailed.length ?? 0) > 0) found.add(exitCodes.failed);
    if (baseline === null || baseline.missing.length > 0) found.add(exitCodes.notShown);
  } else if (gate !== 'none') {
    if (run.selection !== null) {
      const chosen = rows.filter((row) => run.selection!.includes(row.check));
      if (chosen.some((row) => row.outcome === 'fail')) found.add(exitCodes.failed);
      if (chosen.some(isOpen)) found.add(exitCodes.notShown);
    }
    if (value === 'no-go-failed') found.add(exitCodes.failed);
    if (value === 'no-go-not-shown') found.add(exitCodes.notShown);
    if (value === 'conditional-go' && gate === 'go') found.add(exitCodes.conditional);
  }
  // Unavailable in the whole run means nothing was judged: what a baseline misses then is not missing for good.
  if (found.has(exitCodes.unavailable)) found.delete(exitCodes.notShown);
  return precedence.find((code) => found.has(code)) ?? exitCodes.gateMet;
}

import type { RemedyOwner } from '../model/check.js';
import { reasonWords } from '../model/not-measured-words.js';
import { compareCodeUnits } from '../model/order.js';
import type { NotMeasuredReason } from '../model/outcome.js';
import type { CheckEntry, Finding, QuestionId, Scorecard } from '../model/scorecard.js';
import { classWords } from './words.js';

// What several formats list. Nothing is judged here: outcome, severity and order come from the scorecard.

const severityOrder = { blocker: 0, major: 1, minor: 2 } as const;
const bySeverity = (a: CheckEntry, b: CheckEntry): number =>
  severityOrder[a.severity] - severityOrder[b.severity] || compareCodeUnits(a.id, b.id);

/** Blockers and majors that failed, blockers first. */
export const failedChecks = ({ checks }: Scorecard): CheckEntry[] =>
  checks.filter((one) => one.outcome === 'fail' && one.severity !== 'minor').sort(bySeverity);

export const limitedChecks = ({ checks }: Scorecard): CheckEntry[] =>
  checks
    .filter((one) => one.outcome === 'warn' || (one.outcome === 'fail' && one.severity === 'minor'))
    .sort(bySeverity);

/** The finding that speaks for a check: its first, as findings stand worst first. */
export const firstFinding = (check: CheckEntry): Finding | undefined => check.findings[0];

export const sentenceOf = (check: CheckEntry): string => firstFinding(check)?.text || check.prose.failureTitle;

/** `contract.yaml:88`, the line that demanded it; the folder is left out. */
export function placeOf(check: CheckEntry): string | undefined {
  const demandedBy = check.findings.find((one) => one.demandedBy !== null)?.demandedBy;
  return demandedBy == null ? undefined : `${demandedBy.file.split(/[/\\]/).at(-1)!}:${demandedBy.line}`;
}

export interface Unshown {
  readonly reason: NotMeasuredReason | 'error';
  readonly text: string;
  readonly owner: RemedyOwner;
  readonly add: string;
  readonly checks: readonly CheckEntry[];
}

const faultOfOurs = { text: 'a fault of this tool', owner: 'operator', add: 'report the fault' } as const;

/** What was not shown, by reason: those that keep an answer from Yes first, then the largest groups. */
export function unshownByReason({ checks, answers }: Scorecard): Unshown[] {
  const causes = new Set(answers.flatMap((answer) => answer.causes.map((cause) => cause.check)));
  const groups = new Map<NotMeasuredReason | 'error', CheckEntry[]>();
  for (const check of checks) {
    if (check.outcome !== 'not-measured' && check.outcome !== 'error') continue;
    const reason = check.outcome === 'error' ? 'error' : (check.reason ?? 'not-gathered');
    groups.set(reason, [...(groups.get(reason) ?? []), check]);
  }
  const weight = (group: readonly CheckEntry[]): number => group.filter((one) => causes.has(one.id)).length;
  return [...groups]
    .map(([reason, group]) => ({
      reason,
      ...(reason === 'error' ? faultOfOurs : reasonWords[reason]),
      checks: group.sort((a, b) => Number(causes.has(b.id)) - Number(causes.has(a.id)) || bySeverity(a, b)),
    }))
    .sort(
      (a, b) =>
        Number(a.reason === 'not-in-this-version') - Number(b.reason === 'not-in-this-version') ||
        weight(b.checks) - weight(a.checks) ||
        b.checks.length - a.checks.length ||
        compareCodeUnits(a.reason, b.reason),
    );
}

/** "vendor integration first, then EHR configuration"; undefined when nothing is in the way. */
export function inTheWay({ blockers }: Scorecard): string | undefined {
  const classes = [...new Set(blockers.map((one) => classWords[one.class]))];
  const [first, ...rest] = classes;
  if (first === undefined) return undefined;
  return rest.length === 0 ? first : `${first} first, then ${rest.join(', then ')}`;
}

/** The question whose answer stands closest to a check: one it decides, else one it supports. */
export const questionOf = (check: CheckEntry): QuestionId | undefined => check.decides[0] ?? check.supports[0];

/** What follows the decision and the environment in the first line: depth, sites, roles, actions, or what was not tested. */
export function scopeWordsOf({ decision: { words, scope } }: Scorecard): string {
  const mark = `${scope.environment}: `;
  const at = words.indexOf(mark);
  return at === -1 ? words.replace(/^[^:]*: /, '') : words.slice(at + mark.length);
}

/** Without any credential nothing was tested, which is no failure of anybody. */
export const nothingTested = ({ decision, run }: Scorecard): boolean =>
  decision.value === 'no-go-not-shown' && !run.credentials;

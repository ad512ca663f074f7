import { askedParties, type AskedParty, type RemedyOwner } from '../model/check.js';
import { reasonWords } from '../model/not-measured-words.js';
import { compareCodeUnits } from '../model/order.js';
import type { NotMeasuredReason } from '../model/outcome.js';
import {
  questionIds,
  type Answer,
  type CheckEntry,
  type Finding,
  type QuestionId,
  type Scorecard,
} from '../model/scorecard.js';
import { classWords, counted, holderWords, listed } from './words.js';

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

const isAbsent = (check: CheckEntry): boolean =>
  check.outcome === 'not-measured' && check.reason === 'not-in-this-version';

/** Checks the policy asks for and this version lacks: those that decide an answer first. */
export const absentChecks = ({ checks }: Scorecard): CheckEntry[] =>
  checks
    .filter(isAbsent)
    .sort((a, b) => Number(b.decides.length > 0) - Number(a.decides.length > 0) || bySeverity(a, b));

/**
 * What was not shown, by reason, but for want of a check in this version: what keeps an answer from Yes first, then the
 * largest groups.
 */
export function unshownByReason({ checks, answers }: Scorecard): Unshown[] {
  const causes = new Set(answers.flatMap((answer) => answer.causes.map((cause) => cause.check)));
  const groups = new Map<NotMeasuredReason | 'error', CheckEntry[]>();
  for (const check of checks) {
    if ((check.outcome !== 'not-measured' && check.outcome !== 'error') || isAbsent(check)) continue;
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
        weight(b.checks) - weight(a.checks) ||
        b.checks.length - a.checks.length ||
        compareCodeUnits(a.reason, b.reason),
    );
}

type Question = Scorecard['questions'][number];

/** The questions of each party, in the order of the seven; a party with none is left out. */
export function questionsByParty({
  questions,
}: Scorecard): { readonly owner: AskedParty; readonly questions: readonly Question[] }[] {
  const place = ({ question }: Question): number =>
    question === null ? questionIds.length : questionIds.indexOf(question);
  return askedParties.flatMap((owner) => {
    const own = questions.filter((one) => one.owner === owner);
    return own.length === 0
      ? []
      : [{ owner, questions: own.sort((a, b) => place(a) - place(b) || compareCodeUnits(a.check, b.check)) }];
  });
}

/**
 * "vendor integration first, then EHR configuration"; undefined when nothing is in the way. Of a run that was cut short only
 * what failed is: the rest may be open for no other reason.
 */
export function inTheWay({ blockers, run }: Scorecard): string | undefined {
  const met = blockers.filter(({ outcome }) => run.complete || outcome === 'fail');
  const classes = [...new Set(met.map((one) => classWords[one.class]))];
  const [first, ...rest] = classes;
  if (first === undefined) return undefined;
  return rest.length === 0 ? first : `${first} first, then ${rest.join(', then ')}`;
}

/** What keeps it at Conditional go; undefined for every other decision. Checks of a later version are counted. */
export function heldBackBy({ decision: { value, reasons } }: Scorecard): string | undefined {
  if (value !== 'conditional-go' || reasons.length === 0) return undefined;
  const stated = reasons
    .filter(({ code }) => code !== 'not-in-this-version')
    .map(({ text }) => text.replace(/\.$/, ''));
  const later = reasons.length - stated.length;
  const checks = later === 0 ? [] : [`${counted(later, 'check')} this version cannot make, listed below`];
  return `Held at Conditional go: ${[...stated, ...checks].join('; ')}.`;
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

/** "3 open points (1 with a gap)", but for those nobody at the organization can own; empty where there is none. */
export function openPointWordsOf(scorecard: Scorecard): string {
  const own = scorecard.decision.openPoints.filter(({ why }) => why !== 'not-in-this-version');
  // Where nothing was tested every point is open, and says nothing.
  if (own.length === 0 || nothingTested(scorecard)) return '';
  return `${counted(own.length, 'open point')} (${own.filter(({ gap }) => gap !== null).length} with a gap)`;
}

/** How many checks came out how, in the order a reader asks. */
export function countItems(scorecard: Scorecard): string[] {
  const { counts } = scorecard.decision;
  const absent = absentChecks(scorecard).length;
  return [
    `${counted(counts.blockersFailed, 'blocker')} failed`,
    `${counted(counts.majorsFailed, 'major')} failed`,
    `${counted(counts.notShown, 'check')} not shown${absent === 0 ? '' : ` (${absent} of them not in this version)`}`,
    `${counts.warnings} shown with a limit`,
    `${counts.passed} shown`,
    `${counts.notApplicable} not applicable`,
  ];
}

/** Open points that only a later version of this tool can settle; nobody here can own them. */
export const pointsOfThisVersion = ({ decision }: Scorecard): number =>
  decision.openPoints.filter(({ why, gap }) => why === 'not-in-this-version' && gap === null).length;

/** What failed or holds only with a limit, in the order findings are told. */
export const toldChecks = (scorecard: Scorecard): CheckEntry[] => [
  ...failedChecks(scorecard),
  ...limitedChecks(scorecard),
];

/** Findings of a check and exchanges of a finding that a page lists; the others are counted. */
export const mostFindings = 10;
export const mostExchanges = 5;

/** The findings of a check a page tells: what failed or holds with a limit, worst first. */
export const toldFindings = (check: CheckEntry): Finding[] =>
  check.findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn');

/** `vendor sandbox 2.1`; empty where nothing is known of the EHR. A product that carries its vendor's name names it once. */
export function ehrWords({ target: { ehr } }: Scorecard): string {
  const vendor = ehr.vendor !== null && ehr.product?.startsWith(ehr.vendor) === true ? null : ehr.vendor;
  return [vendor, ehr.product, ehr.version].filter((one) => one !== null).join(' ');
}

/** Who held what an answer stands on: the EHR, where nobody else is named. */
export function holdersOf({ heldBy, grade }: Answer): string {
  const others = [...new Set(heldBy.map(({ holder }) => holderWords[holder]))];
  return listed(others) || (grade === null ? '' : holderWords.ehr);
}

/** The law of the safeguards: its date, and what to look up before relying on it. */
export function lawWords({ regulatory: { asOf, unknown } }: Scorecard): string {
  const dated = `Required and addressable as in 45 CFR 164.312, as of ${asOf ?? 'no stated date'}, unverified after`;
  return `${dated}${unknown.length === 0 ? '.' : `; look up before relying on this: ${listed(unknown)}.`}`;
}

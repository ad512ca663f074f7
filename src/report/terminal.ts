import type { DecisionValue, Scorecard } from '../model/scorecard.js';
import {
  failedChecks,
  inTheWay,
  nothingTested,
  placeOf,
  scopeWordsOf,
  sentenceOf,
  unshownByReason,
} from './findings.js';
import { blank, clipped, columnsOf, indented, line, printed, wrapped, type Line, type Piece } from './screen.js';
import { questionLines } from './terminal-questions.js';
import { checkName, counted, listed, ownerWords, unverifiedWords } from './words.js';

export interface TerminalOptions {
  readonly color: boolean;
  /** Columns; 60 to 120 are used, whatever is given. */
  readonly width: number;
  /** Where a report was written, to be named in the last lines. */
  readonly reportPath?: string;
  /** The run folder, for commands to copy. */
  readonly runPath?: string;
  /** Read from a scorecard.json alone, without the evidence. */
  readonly unverified?: boolean;
}

/** Items of one list; the rest is counted and stands in the report. */
const maxItems = 8;
const maxChecksNamed = 3;

const labels: Readonly<Record<DecisionValue, Piece>> = {
  go: { text: 'GO', tone: 'good' },
  'conditional-go': { text: 'CONDITIONAL GO', tone: 'partly' },
  'no-go-failed': { text: 'NO-GO: failed', tone: 'bad' },
  'no-go-not-shown': { text: 'NO-GO: not shown', tone: 'unknown' },
  none: { text: 'NO DECISION', tone: 'unknown' },
};
function countWords({ decision: { counts }, answers }: Scorecard): string {
  const some = (n: number, one: string, many?: string): string[] => (n === 0 ? [] : [counted(n, one, many)]);
  const notShown = answers.filter((one) => one.answer === 'not-shown').length;
  const points = counts.openPointsWithGap + counts.openPointsWithoutGap;
  const said = [
    ...some(counts.blockersFailed, 'blocker failed', 'blockers failed'),
    ...some(counts.majorsFailed, 'major failed', 'majors failed'),
    ...some(notShown, 'answer not shown', 'answers not shown'),
    ...(points === 0 ? [] : [`${counted(points, 'open point')} (${counts.openPointsWithGap} with a gap)`]),
    ...some(counts.errors, 'fault of this tool', 'faults of this tool'),
  ];
  const aside = counts.notApplicable === 0 ? [] : [`${counts.notApplicable} not applicable`];
  return [...said, `${counted(counts.passed, 'check')} shown`, ...aside].join(', ');
}

function headline(scorecard: Scorecard, width: number): Line[] {
  const { contract, organization, decision } = scorecard;
  const name = nothingTested(scorecard)
    ? { ...labels['no-go-not-shown'], text: 'NOT SHOWN YET' }
    : labels[decision.value];
  const column = columnsOf(name.text) + 3;
  const beside = [
    `${contract.id} on ${organization.name}, ${decision.scope.environment}`,
    ...(decision.notes.length === 0 ? [] : [decision.notes.join('; ')]),
    scopeWordsOf(scorecard),
    countWords(scorecard),
  ].flatMap((text) => wrapped(text, width - column));
  return beside.map((text, index) =>
    index === 0 ? line(name, '   ', { text, tone: 'strong' }) : line(' '.repeat(column), text),
  );
}

/** `  x id … place   owner`, the right part at the right edge where both fit. */
function itemLine(mark: Piece, id: string, right: string, width: number): Line[] {
  const left = columnsOf(id) + 4;
  const room = width - left - columnsOf(right);
  if (room < 2)
    return [line('  ', mark, ' ', { text: clipped(id, width - 4), tone: 'strong' }), ...indented(right, 4, width)];
  return [line('  ', mark, ' ', { text: id, tone: 'strong' }, ' '.repeat(room), { text: right, tone: 'quiet' })];
}

const andMore = (n: number, what: string): Line[] => (n <= 0 ? [] : [line(`    and ${n} more ${what} in the report`)]);

function failedLines(scorecard: Scorecard, width: number): Line[] {
  const failed = failedChecks(scorecard);
  if (failed.length === 0) return [];
  const mark: Piece = { text: 'x', tone: 'bad' };
  return [
    blank,
    line({ text: 'What stops go-live', tone: 'strong' }),
    ...failed.slice(0, maxItems).flatMap((check) => {
      const owner = check.prose.remedy[0]?.owner;
      const right = [placeOf(check), owner === undefined ? undefined : ownerWords[owner]].filter(
        (one) => one !== undefined,
      );
      return [...itemLine(mark, checkName(check), right.join('   '), width), ...indented(sentenceOf(check), 4, width)];
    }),
    ...andMore(failed.length - maxItems, 'failed'),
  ];
}

function unshownLines(scorecard: Scorecard, width: number): Line[] {
  const groups = unshownByReason(scorecard);
  if (groups.length === 0) return [];
  const mark: Piece = { text: '?', tone: 'unknown' };
  return [
    blank,
    line({ text: 'What was not shown', tone: 'strong' }),
    ...groups.slice(0, maxItems).flatMap(({ text, owner, add, checks }) => {
      const [first] = checks;
      const single = checks.length === 1 && first !== undefined;
      const place = single ? placeOf(first) : undefined;
      const right = place === undefined ? ownerWords[owner] : `${place}   ${ownerWords[owner]}`;
      const named = checks.slice(0, maxChecksNamed).map(checkName);
      const more = checks.length - named.length;
      const names = single ? '' : listed(more > 0 ? [...named, `${more} more`] : named);
      return [
        ...itemLine(mark, single ? checkName(first) : `${counted(checks.length, 'check')}: ${text}`, right, width),
        ...indented(single ? `${text}; ${add}` : `${names}; ${add}`, 4, width),
      ];
    }),
    ...andMore(groups.length - maxItems, 'reasons'),
  ];
}

/** Without any credential the questions are the result: one for each of the seven, for whoever can answer it. */
function askedLines({ questions, answers }: Scorecard, width: number): Line[] {
  const asked = answers.flatMap(({ question }) => questions.find((one) => one.question === question) ?? []);
  return [
    blank,
    line({ text: 'Questions to ask', tone: 'strong' }),
    ...asked.flatMap(({ check, owner, text }) => [
      ...itemLine({ text: '?', tone: 'unknown' }, check, ownerWords[owner], width),
      ...indented(text, 4, width),
    ]),
    ...andMore(questions.length - asked.length, 'questions'),
  ];
}

function trafficWords({ run: { requests, writes } }: Scorecard): string {
  const unavailable = requests.unavailable === 0 ? '' : `, ${requests.unavailable} without an answer`;
  const left = `${writes.left} left${writes.left > writes.leavesMax ? ` (${writes.leavesMax} agreed)` : ''}`;
  const written =
    writes.done === 0 ? 'nothing written' : `${counted(writes.done, 'write')}, ${writes.undone} undone, ${left}`;
  return `${counted(requests.sent, 'request')}${unavailable}, ${written}.`;
}

function nextCommand(
  { run: { writes, credentials }, blockers }: Scorecard,
  options: TerminalOptions,
): string | undefined {
  const run = options.runPath ?? 'RUN';
  if (writes.left > writes.leavesMax) return `ehr-scorecard cleanup ${run}`;
  if (!credentials) return `ehr-scorecard report ${run} --format markdown`;
  const [first] = blockers;
  return first === undefined ? undefined : `ehr-scorecard checks explain ${first.check}`;
}

/** The exit code at the right edge of the last line, or below it. */
function lastLines(text: string, exit: string, width: number): Line[] {
  const above = wrapped(text, width);
  const last = above.at(-1)!;
  const room = width - columnsOf(last) - columnsOf(exit);
  const code: Piece = { text: exit, tone: 'strong' };
  if (last === '') return [line(code)];
  if (room < 2) return [...above.map((one) => line(one)), line(code)];
  return [...above.slice(0, -1).map((one) => line(one)), line(last, ' '.repeat(room), code)];
}

/** The end of a run on a terminal or in a CI log: the last lines are what a tail shows. */
export function renderTerminal(scorecard: Scorecard, options: TerminalOptions): string {
  const width = Math.min(120, Math.max(60, options.width));
  const { decision, policy } = scorecard;
  const way = inTheWay(scorecard);
  const next = nextCommand(scorecard, options);
  const exit = `exit ${decision.exitCode}`;
  const lines: Line[] = [
    ...(options.unverified === true ? [line(unverifiedWords)] : []),
    ...(policy.custom ? [line('custom policy')] : []),
    ...headline(scorecard, width),
    blank,
    ...questionLines(scorecard, width),
    ...failedLines(scorecard, width),
    ...(nothingTested(scorecard) ? askedLines(scorecard, width) : unshownLines(scorecard, width)),
    blank,
    ...indented(decision.foot, 0, width, 'quiet'),
    blank,
    ...(way === undefined ? [] : indented(`In the way: ${way}.`, 0, width)),
    ...indented(trafficWords(scorecard), 0, width),
    ...(options.reportPath === undefined ? [] : indented(`Report ${options.reportPath}`, 0, width)),
    ...lastLines(next === undefined ? '' : `Next: ${next}`, exit, width),
  ];
  return printed(lines, options.color);
}

import type { Scorecard } from '../model/scorecard.js';
import { inTheWay, nothingTested } from './findings.js';
import { exitWords, trafficWords } from './run-words.js';
import { blank, columnsOf, indented, line, printed, wrapped, type Line, type Piece } from './screen.js';
import { headline } from './terminal-headline.js';
import { matrixLines } from './terminal-matrix.js';
import { absentLines, askedLines, failedLines, unshownLines } from './terminal-lists.js';
import { narrowingLines, nextLines } from './terminal-next.js';
import { questionLines } from './terminal-questions.js';
import { harmWords } from './tables.js';
import { unverifiedWords } from './words.js';

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

/** What to do next: mostly a command to copy. */
function nextStep(scorecard: Scorecard, options: TerminalOptions): string | undefined {
  const {
    run: { writes, endedAt, complete },
    blockers,
  } = scorecard;
  const run = options.runPath ?? 'RUN';
  if (endedAt === null || writes.left > writes.leavesMax) return `ehr-scorecard cleanup ${run} --organization FILE`;
  if (nothingTested(scorecard)) {
    const page =
      options.reportPath === undefined
        ? `\`ehr-scorecard report ${run} --format html --output report.html\``
        : 'the report';
    return `forward ${page}; add credentials to the organization file and run again.`;
  }
  const [first] = blockers;
  if (!complete && first?.outcome !== 'fail') return 'run it again to its end.';
  return first === undefined ? undefined : `ehr-scorecard checks explain ${first.check}`;
}

/** What stale times may do, where any was seen; where none was, the reports say within which bounds. */
function harmLines(scorecard: Scorecard, width: number): Line[] {
  const words = scorecard.harm !== null && scorecard.harm.stale.bad > 0 ? harmWords(scorecard) : undefined;
  return words === undefined ? [] : [blank, ...indented(words, 0, width)];
}

/** The exit code at the right edge of the last line, or below it; before it what it says. */
function lastLines(text: string, scorecard: Scorecard, width: number): Line[] {
  const words = exitWords(scorecard);
  const code = `exit ${scorecard.decision.exitCode}`;
  const said = wrapped(words === undefined ? code : `${words}: ${code}`, width);
  const above = text === '' ? [] : wrapped(text, width);
  const last = above.at(-1);
  const strong = (one: string): Piece => ({ text: one, tone: 'strong' });
  const room = width - columnsOf(last ?? '') - columnsOf(said[0]!);
  if (last === undefined || said.length > 1 || room < 2) {
    return [...above.map((one) => line(one)), ...said.map((one) => line(strong(one)))];
  }
  return [...above.slice(0, -1).map((one) => line(one)), line(last, ' '.repeat(room), strong(said[0]!))];
}

/** The end of a run on a terminal or in a CI log: the last lines are what a tail shows. */
export function renderTerminal(scorecard: Scorecard, options: TerminalOptions): string {
  const width = Math.min(120, Math.max(60, options.width));
  const { decision, direction, policy } = scorecard;
  const way = nothingTested(scorecard) ? undefined : inTheWay(scorecard);
  const next = nextStep(scorecard, options);
  const absent = absentLines(scorecard, width);
  const aside = decision.notLookedAt;
  const lines: Line[] = [
    ...(options.unverified === true ? [line(unverifiedWords)] : []),
    ...(policy.custom ? [line('custom policy')] : []),
    ...headline(scorecard, width),
    blank,
    ...questionLines(scorecard, width),
    ...matrixLines(scorecard, width),
    ...failedLines(scorecard, width),
    ...(nothingTested(scorecard) ? askedLines(scorecard, width) : unshownLines(scorecard, width)),
    ...(nothingTested(scorecard) ? [] : nextLines(scorecard, width)),
    ...narrowingLines(scorecard, width),
    ...absent,
    ...harmLines(scorecard, width),
    blank,
    ...(aside.length === 0
      ? []
      : indented(`Not looked at${absent.length === 0 ? '' : ' either'}: ${aside.join('; ')}.`, 0, width, 'quiet')),
    ...indented(decision.foot, 0, width, 'quiet'),
    blank,
    ...(way === undefined ? [] : indented(`In the way: ${way}.`, 0, width)),
    ...(way === undefined || direction === null ? [] : indented(direction.sentence, 0, width)),
    ...indented(`${trafficWords(scorecard)}.`, 0, width),
    ...(options.reportPath === undefined ? [] : indented(`Report ${options.reportPath}`, 0, width)),
    ...lastLines(next === undefined ? '' : `Next: ${next}`, scorecard, width),
  ];
  return printed(lines, options.color);
}

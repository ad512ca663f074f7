import type { DecisionValue, Scorecard } from '../model/scorecard.js';
import { nothingTested, openPointWordsOf, scopeWordsOf } from './findings.js';
import { columnsOf, indented, line, wrapped, type Line, type Piece } from './screen.js';
import { decisionTones } from './tones.js';
import { counted } from './words.js';

const labels: Readonly<Record<DecisionValue, string>> = {
  go: 'GO',
  'conditional-go': 'CONDITIONAL GO',
  'no-go-failed': 'NO-GO: failed',
  'no-go-not-shown': 'NO-GO: not shown',
  none: 'NO DECISION',
};
const indent = 2;

function countWords(scorecard: Scorecard): string {
  const {
    decision: { counts },
    answers,
  } = scorecard;
  const some = (n: number, one: string, many?: string): string[] => (n === 0 ? [] : [counted(n, one, many)]);
  const notShown = answers.filter((one) => one.answer === 'not-shown').length;
  const points = openPointWordsOf(scorecard);
  const said = [
    ...some(counts.blockersFailed, 'blocker failed', 'blockers failed'),
    ...some(counts.majorsFailed, 'major failed', 'majors failed'),
    ...some(notShown, 'answer not shown', 'answers not shown'),
    ...(points === '' ? [] : [points]),
    ...some(counts.errors, 'fault of this tool', 'faults of this tool'),
  ];
  const aside = counts.notApplicable === 0 ? [] : [`${counts.notApplicable} not applicable`];
  return [...said, `${counted(counts.passed, 'check')} shown`, ...aside].join(', ');
}

/** Decision, contract, organization and environment; then one line each for caveats, scope and counts. */
export function headline(scorecard: Scorecard, width: number): Line[] {
  const { contract, organization, decision } = scorecard;
  const where = `${contract.id} on ${organization.name}, ${decision.scope.environment}`;
  const untested = nothingTested(scorecard);
  const label: Piece = {
    text: untested ? 'NOT SHOWN YET' : labels[decision.value],
    tone: decisionTones[decision.value],
  };
  const gap = untested ? ': ' : '   ';
  const [first, ...more] = wrapped(
    untested ? scopeWordsOf(scorecard) : where,
    width - columnsOf(label.text) - gap.length,
  );
  return [
    line(label, gap, { text: first ?? '', tone: 'strong' }),
    ...[
      ...(more.length === 0 ? [] : [more.join(' ')]),
      ...(untested ? [where] : []),
      ...(decision.notes.length === 0 ? [] : [decision.notes.join('; ')]),
      ...(untested ? [] : [scopeWordsOf(scorecard)]),
      countWords(scorecard),
    ].flatMap((text) => indented(text, indent, width)),
  ];
}

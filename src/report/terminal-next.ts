import type { Scorecard } from '../model/scorecard.js';
import {
  earnedWords,
  liesWithPhrase,
  reasonPhrase,
  removedPhrase,
  strandedPhrase,
  triedWords,
  whoWords,
} from './next-steps.js';
import type { Piece as Words } from './phrase.js';
import { blank, clipped, columnsOf, indented, line, wrapped, type Line } from './screen.js';

/** Reasons of a contract that cannot be narrowed; the rest is counted. */
const mostReasons = 5;

/** Words of any format as they stand on a screen. */
function plain(piece: Words): string {
  if (typeof piece !== 'object') return String(piece);
  if ('code' in piece) return piece.code;
  if ('prose' in piece) return piece.prose;
  const { literals, holes } = piece;
  return literals.map((text, index) => `${text}${index < holes.length ? plain(holes[index]!) : ''}`).join('');
}

/** Three next actions at most, each with who, what and whom it lies with. */
export function nextLines({ blockers }: Scorecard, width: number): Line[] {
  if (blockers.length === 0) return [];
  return [
    blank,
    line({ text: 'What to do next', tone: 'strong' }),
    ...blockers.flatMap((blocker, index) => {
      const left = `  ${index + 1} ${blocker.check}`;
      const right = whoWords(blocker);
      const room = width - columnsOf(left) - columnsOf(right);
      const head =
        room < 2
          ? [line({ text: clipped(left, width), tone: 'strong' }), ...indented(right, 4, width, 'quiet')]
          : [line({ text: left, tone: 'strong' }, ' '.repeat(room), { text: right, tone: 'quiet' })];
      return [
        ...head,
        ...indented(blocker.action, 4, width),
        ...indented(plain(liesWithPhrase(blocker)), 4, width, 'quiet'),
      ];
    }),
  ];
}

/** The largest contract that would pass on the same evidence: what goes first, then what is left. */
export function narrowingLines({ narrowing }: Scorecard, width: number): Line[] {
  if (narrowing === null) return [];
  const { removed, decision, reasons, sentence } = narrowing;
  const stranded = strandedPhrase(narrowing);
  const earned = earnedWords(narrowing);
  const tried = triedWords(narrowing);
  const bullet = (text: string): Line[] =>
    wrapped(text, width - 4).map((part, index) => line(index === 0 ? '  - ' : '    ', part));
  return [
    blank,
    line({ text: 'The same evidence with a narrower contract', tone: 'strong' }),
    ...removed.flatMap((one) => bullet(plain(removedPhrase(one)))),
    ...(earned === undefined ? [] : indented(earned, 2, width)),
    ...(decision === null ? [] : indented(decision.words, 2, width)),
    ...indented(sentence, 2, width),
    ...reasons.slice(0, mostReasons).flatMap((one) => bullet(plain(reasonPhrase(one)))),
    ...(reasons.length <= mostReasons ? [] : [line(`    and ${reasons.length - mostReasons} more`)]),
    ...(stranded === undefined ? [] : indented(plain(stranded), 2, width)),
    ...(tried === undefined ? [] : indented(tried, 2, width, 'quiet')),
  ];
}

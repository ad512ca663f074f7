import type { Answer, QuestionId, Scorecard } from '../model/scorecard.js';
import { coverageWords, keyNumbers } from './answer-numbers.js';
import { nothingTested } from './findings.js';
import { clipped, columnsOf, line, padded, wrapped, type Line } from './screen.js';
import { answerTones } from './tones.js';
import { answerWords, counted, listed, outlookWords } from './words.js';

// Short enough to stand beside the answer in 80 columns; the file has them in full.
const shortTitles: Readonly<Record<QuestionId, string>> = {
  read: 'Can it read what the work needs?',
  write: 'Can it write approved changes back?',
  latency: 'Is event-to-response fast enough?',
  permissions: 'Scoped by role, site and workflow?',
  audit: 'Is every read and write logged?',
  resilience: 'Conflict, rollback, errors?',
  hipaa: 'Which HIPAA safeguards were seen?',
};
const titleColumns = 37;
const answerColumns = 16;
const maxAnswerColumns = 24;
const detailIndent = 6;

/** What the EHR documents where nothing was tested: the worse news first, never as an answer. */
function outlookWordsOf({ outlook }: Answer): string {
  const [first] = ['documented-absent', 'documented'].flatMap((state) => outlook.filter((one) => one.state === state));
  return first === undefined ? '' : `${outlookWords[first.state]}: ${first.need}`;
}

const madeWords = ({ coverage: { deciding } }: Answer): string => `${deciding.measured}/${deciding.total} deciding`;

/** The numbers behind an answer; for anything short of Yes, also what keeps it there. */
function detail(answer: Answer, scorecard: Scorecard): string {
  if (nothingTested(scorecard)) return outlookWordsOf(answer) || madeWords(answer);
  if (answer.answer === 'no') return answer.sentence;
  const numbers = keyNumbers(answer, scorecard);
  if (answer.answer === 'yes') {
    const plain = answer.coverage.deciding.total > 0 && answer.heldBy.length === 0;
    return numbers.length > 0 ? numbers.join('; ') : plain ? coverageWords(answer) : answer.sentence;
  }
  const absent = answer.causes.filter(({ reason }) => reason === 'not-in-this-version').map(({ check }) => check);
  if (absent.length < answer.causes.length || absent.length === 0) {
    return [...numbers, answer.sentence].join('; ');
  }
  // What this version lacks is listed by title below.
  const made = madeWords(answer);
  if (answer.answer === 'not-shown') return [...numbers, `${made}, without ${listed(absent)}`].join('; ');
  const lacking = `${counted(absent.length, 'supporting check')} not in this version`;
  return [...(numbers.length > 0 ? numbers : [made]), lacking].join('; ');
}

/** The seven answers, each with the number behind it, beside it where that fits. */
export function questionLines(scorecard: Scorecard, width: number): Line[] {
  return scorecard.answers.flatMap((answer) => {
    const words = clipped(answerWords(answer), maxAnswerColumns);
    const said = detail(answer, scorecard);
    const column = 2 + titleColumns + Math.max(answerColumns, columnsOf(words) + 2);
    const beside = said !== '' && column + columnsOf(said) <= width;
    // Two lines at most below: the report has the rest.
    const [first, ...rest] = beside || said === '' ? [] : wrapped(said, width - detailIndent);
    const below = [first, ...(rest.length === 0 ? [] : [clipped(rest.join(' '), width - detailIndent)])];
    const tone = answerTones[answer.answer];
    return [
      line(
        '  ',
        padded(shortTitles[answer.question], titleColumns),
        { text: beside ? padded(words, column - 2 - titleColumns) : words, tone },
        ...(beside ? [said] : []),
      ),
      ...below.flatMap((text) => (text === undefined ? [] : [line(' '.repeat(detailIndent), { text, tone: 'quiet' })])),
    ];
  });
}

import type { Answer, AnswerValue, QuestionId, Scorecard } from '../model/scorecard.js';
import { nothingTested } from './findings.js';
import { clipped, columnsOf, line, padded, wrapped, type Line, type Tone } from './screen.js';
import { answerWords, latencyWords, numberWords, outlookWords } from './words.js';

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
const answerTones: Readonly<Record<AnswerValue, Tone>> = {
  yes: 'good',
  partly: 'partly',
  no: 'bad',
  'not-shown': 'unknown',
};

/** What the EHR documents where nothing was tested: the worse news first, never as an answer. */
function outlookWordsOf({ outlook }: Answer): string {
  const [first] = ['documented-absent', 'documented'].flatMap((state) => outlook.filter((one) => one.state === state));
  return first === undefined ? '' : `${outlookWords[first.state]}: ${first.need}`;
}

/** The number that stands behind an answer; for anything short of Yes, what keeps it there. */
function detail(answer: Answer, scorecard: Scorecard): string {
  if (nothingTested(scorecard)) return outlookWordsOf(answer);
  if (answer.answer !== 'yes' || answer.heldBy.length > 0 || answer.coverage.deciding.total === 0) {
    return answer.sentence;
  }
  const numbers = numbersOf(answer, scorecard);
  const { measured, total } = answer.coverage.deciding;
  return numbers.length > 0 ? numbers.join('; ') : `${measured}/${total} deciding`;
}

function numbersOf({ question, details }: Answer, { latency }: Scorecard): string[] {
  if (question === 'latency') return latency.flatMap((entry) => latencyWords(entry) ?? []);
  if (question !== 'audit') return [];
  return details.flatMap(({ label, data }) => {
    const [first] = numberWords(data);
    return first === undefined ? [] : [`${label.replace(/^[^.]*\./, '')} ${first}`];
  });
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

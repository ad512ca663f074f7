import { firstRemedy } from '../model/remedy.js';
import type { Scorecard } from '../model/scorecard.js';
import { absentChecks, failedChecks, placeOf, questionsByParty, sentenceOf, unshownByReason } from './findings.js';
import { blank, clipped, columnsOf, indented, line, padded, wrapped, type Line, type Piece } from './screen.js';
import { checkName, counted, listed, ownerWords, partyWords } from './words.js';

/** Items of one list; the rest is counted and stands in the report. */
const maxItems = 8;
const maxChecksNamed = 3;
const maxIdColumns = 30;

const title = (text: string): Line => line({ text, tone: 'strong' });

/** `  x id … place   owner`, the right part at the right edge where both fit. */
function itemLine(mark: Piece, id: string, right: string, width: number): Line[] {
  const left = columnsOf(id) + 4;
  const room = width - left - columnsOf(right);
  if (room < 2)
    return [line('  ', mark, ' ', { text: clipped(id, width - 4), tone: 'strong' }), ...indented(right, 4, width)];
  return [line('  ', mark, ' ', { text: id, tone: 'strong' }, ' '.repeat(room), { text: right, tone: 'quiet' })];
}

const andMore = (n: number, what: string): Line[] => (n <= 0 ? [] : [line(`    and ${n} more${what} in the report`)]);

export function failedLines(scorecard: Scorecard, width: number): Line[] {
  const failed = failedChecks(scorecard);
  if (failed.length === 0) return [];
  const mark: Piece = { text: 'x', tone: 'bad' };
  return [
    blank,
    title('What stops go-live'),
    ...failed.slice(0, maxItems).flatMap((check) => {
      const owner = firstRemedy(check.blocks, check.prose.remedy)?.owner;
      const right = [placeOf(check), owner === undefined ? undefined : ownerWords[owner]].filter(
        (one) => one !== undefined,
      );
      return [...itemLine(mark, checkName(check), right.join('   '), width), ...indented(sentenceOf(check), 4, width)];
    }),
    ...andMore(failed.length - maxItems, ' failed'),
  ];
}

export function unshownLines(scorecard: Scorecard, width: number): Line[] {
  const groups = unshownByReason(scorecard);
  if (groups.length === 0) return [];
  const mark: Piece = { text: '?', tone: 'unknown' };
  const asked = scorecard.questions.length;
  return [
    blank,
    title('What was not shown'),
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
    ...andMore(groups.length - maxItems, ' reasons'),
    ...(asked === 0 ? [] : [line(`    ${counted(asked, 'question')} to ask about it in the report`)]),
  ];
}

/** Checks this version lacks: those that decide an answer by their plain title, the others counted. */
export function absentLines(scorecard: Scorecard, width: number): Line[] {
  const absent = absentChecks(scorecard);
  if (absent.length === 0) return [];
  const deciding = absent.filter(({ decides }) => decides.length > 0).slice(0, maxItems);
  const named = deciding.map(({ id, prose }) => ({ id: clipped(id, maxIdColumns), title: prose.title }));
  const column = Math.max(0, ...named.map(({ id }) => columnsOf(id))) + 2;
  return [
    blank,
    ...wrapped(
      `Not looked at: ${counted(absent.length, 'check')} this version cannot make; look by other means`,
      width,
    ).map(title),
    ...named.flatMap((one) =>
      wrapped(one.title, width - 2 - column).map((part, index) =>
        line('  ', padded(index === 0 ? one.id : '', column), part),
      ),
    ),
    ...andMore(absent.length - deciding.length, ''),
  ];
}

/** Without any credential the questions are the result: all of them, by whom to ask. */
export function askedLines(scorecard: Scorecard, width: number): Line[] {
  let number = 0;
  return questionsByParty(scorecard).flatMap(({ owner, questions }) => [
    blank,
    title(`For ${partyWords[owner]}: ${counted(questions.length, 'question')}`),
    ...questions.flatMap(({ text }) => {
      number += 1;
      const mark = `${String(number).padStart(4)}  `;
      return wrapped(text, width - mark.length).map((part, index) =>
        line(index === 0 ? mark : ' '.repeat(mark.length), part),
      );
    }),
  ]);
}

import { Chalk } from 'chalk';
import { visibleProse } from './escape.js';

/** What a colour means; the words beside it say the same without it. */
export type Tone = 'good' | 'bad' | 'partly' | 'unknown' | 'strong' | 'quiet';
export interface Piece {
  readonly text: string;
  readonly tone?: Tone;
}
export type Line = readonly Piece[];

const palette = (color: boolean): Readonly<Record<Tone, (text: string) => string>> => {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    good: chalk.green,
    bad: chalk.red.bold,
    partly: chalk.yellow,
    unknown: chalk.cyan,
    strong: chalk.bold,
    quiet: chalk.dim,
  };
};

/** The door of the terminal: no control character but the line ends and our own colours. */
export function printed(lines: readonly Line[], color: boolean): string {
  const tones = palette(color);
  const piece = ({ text, tone }: Piece): string => {
    const shown = visibleProse(text);
    return tone === undefined || shown === '' ? shown : tones[tone](shown);
  };
  return lines.map((line) => `${line.map(piece).join('')}\n`).join('');
}

// East Asian wide characters and emoji take two columns; combining marks take none.
const twoColumns =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
const noColumn = /[\p{Mn}\p{Me}]/u;
const columnsOfCharacter = (character: string): number =>
  noColumn.test(character) ? 0 : twoColumns.test(character) ? 2 : 1;

/** Columns a terminal uses, counted after what is invisible has been made visible. */
export const columnsOf = (text: string): number =>
  Array.from(visibleProse(text)).reduce((sum, character) => sum + columnsOfCharacter(character), 0);

export const padded = (text: string, columns: number): string =>
  `${visibleProse(text)}${' '.repeat(Math.max(0, columns - columnsOf(text)))}`;

/** The text in at most `columns` columns, its end cut where it must be. */
export function clipped(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return visibleProse(text);
  let kept = '';
  let used = 0;
  for (const character of visibleProse(text)) {
    used += columnsOfCharacter(character);
    if (used >= columns) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** The text broken at spaces into lines of at most `columns`; a longer word is broken anywhere. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of visibleProse(text)
    .split(/ +/)
    .filter((one) => one !== '')) {
    const needed = columnsOf(word);
    if (line !== '' && used + 1 + needed <= columns) {
      line += ` ${word}`;
      used += 1 + needed;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    used = needed;
    while (used > columns) {
      let head = '';
      let headColumns = 0;
      for (const character of line) {
        const next = columnsOfCharacter(character);
        if (headColumns + next > columns) break;
        head += character;
        headColumns += next;
      }
      lines.push(head);
      line = line.slice(head.length);
      used -= headColumns;
    }
  }
  return line !== '' || lines.length === 0 ? [...lines, line] : lines;
}

export const line = (...pieces: readonly (string | Piece)[]): Line =>
  pieces.map((piece) => (typeof piece === 'string' ? { text: piece } : piece));
export const blank: Line = [];
export const indented = (text: string, indent: number, width: number, tone?: Tone): Line[] =>
  wrapped(text, width - indent).map((part) =>
    line(' '.repeat(indent), tone === undefined ? part : { text: part, tone }),
  );

/** Names, ids and quoted words: longer ones are cut. */
const dataLimit = 200;
/** Sentences that ship with a check. They may come from a copy of somebody else's scorecard, so they are escaped too. */
const proseLimit = 2_000;

// Controls, format characters, what has no glyph of its own, private and half characters, line and paragraph separators.
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/gu;

/**
 * Text as a reader may see it: NFC, at most `limit` code points, and every character that is invisible, reorders its
 * neighbours or steers a terminal as a visible escape (`\u{202e}`). Idempotent for what is not longer than the limit.
 */
export function visible(text: string, limit = dataLimit): string {
  // Cut before and after normalising: the first bounds the work, the second the result.
  const points = Array.from(
    Array.from(text)
      .slice(0, limit + 1)
      .join('')
      .normalize('NFC'),
  );
  const kept = points.length > limit ? [...points.slice(0, limit - 1), '…'] : points;
  return kept.join('').replace(unseen, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** Text that is ready for one format. Only the door of that format makes one, so data cannot slip in as markup. */
class Ready<Format extends string> {
  constructor(
    readonly format: Format,
    readonly text: string,
  ) {}
}
export type { Ready };

/** A template whose literal parts are ours; texts in its holes are escaped, what is ready goes in as it is. */
const door =
  <Format extends string>(format: Format, escape: (text: string) => string) =>
  (literals: readonly string[], ...holes: readonly (string | number | Ready<Format>)[]): Ready<Format> =>
    new Ready(
      format,
      literals.reduce((text, literal, index) => {
        const hole = holes[index - 1]!;
        return `${text}${hole instanceof Ready ? hole.text : escape(String(hole))}${literal}`;
      }),
    );

// Everywhere: what opens code, emphasis, links, images, tags, tables, mentions, entities, formulas.
const markdownMarks = /[\\`*_{}[\]<>#|@~&$]/g;
// `:` before a word opens a bare URL or an emoji, `.` before a letter a bare host name.
const markdownJoints = /:(?=\S)|\.(?=\p{L})/gu;
// At the start of a line: lists, headings, rules, quotes, tables.
const markdownStart = /^[-+=.)!(:]+|^\d+[.)](?=\s|$)/;
const wordJoiner = '\u2060';

function escapeMarkdown(text: string, limit = dataLimit): string {
  return (
    visible(text, limit)
      .trim()
      .replace(markdownMarks, '\\$&')
      .replace(markdownJoints, '\\$&')
      .replace(markdownStart, (marks) => marks.replace(/[^\d]/g, '\\$&'))
      // A backslash alone does not stop a site from linking people and tickets after it has rendered the page.
      .replace(/(\\[@#])(?=[\p{L}\p{N}])/gu, `$1${wordJoiner}`)
  );
}

export type Markdown = Ready<'markdown'>;
/** The door of Markdown: `mark\`- ${data}\`` */
export const mark = door('markdown', (text) => escapeMarkdown(text));

/** Visible text of a whole sentence: a check's, or the scoring's. */
export const visibleProse = (text: string): string => visible(text, proseLimit);

/** A sentence of a check or of the scoring. */
export const markdownProse = (text: string): Markdown => new Ready('markdown', escapeMarkdown(text, proseLimit));

/** Ids and paths: a code span fenced by one more backtick than any run inside. */
export function markdownCode(text: string): Markdown {
  const shown = visible(text).trim() || ' ';
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const room = longest > 0 ? ' ' : '';
  return new Ready('markdown', `${fence}${room}${shown}${room}${fence}`);
}

/** An address that may become a link: https, without a user, a port or anything a format gives a meaning to. */
export const isPlainHttps = (url: string): boolean =>
  /^https:\/\/[A-Za-z0-9.-]+(?:\/[A-Za-z0-9._~/#%&=?+-]*)?$/.test(url) && url.length <= dataLimit;

/** A reference of a check, as a link only when it is a plain https URL; else as text. */
export const markdownLink = (url: string): Markdown =>
  isPlainHttps(url) ? new Ready('markdown', `<${url}>`) : mark`${url}`;

export const joinMarkdown = (parts: readonly Markdown[], separator: string): Markdown =>
  new Ready('markdown', parts.map(({ text }) => text).join(separator));

/** A table; a cell cannot end its column. */
export function markdownTable(head: readonly string[], rows: readonly (readonly Markdown[])[]): Markdown {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const cell = ({ text }: Markdown): string => text.replace(/(?<!\\)\|/g, '\\|') || '–';
  return new Ready(
    'markdown',
    [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(cell)))].join('\n'),
  );
}

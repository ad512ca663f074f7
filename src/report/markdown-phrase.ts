import { mark, markdownCode, markdownProse, markdownTable, type Markdown } from './escape.js';
import type { Piece, Table } from './phrase.js';

/** Words of any format through the door of Markdown. */
export function markdownPhrase(piece: Piece): Markdown {
  if (typeof piece !== 'object') return mark`${piece}`;
  if ('code' in piece) return markdownCode(piece.code);
  if ('prose' in piece) return markdownProse(piece.prose);
  return mark(piece.literals, ...piece.holes.map(markdownPhrase));
}

export const markdownOf = ({ head, rows }: Table): Markdown =>
  markdownTable(
    head,
    rows.map((row) => row.map(markdownPhrase)),
  );

/** An id, a path or a request: set apart from the words around it. */
export interface Code {
  readonly code: string;
}
/** A sentence of a check or of the scoring, longer than a name may be. */
export interface Prose {
  readonly prose: string;
}
export type Piece = string | number | Code | Prose | Phrase;

/** Words with what fills their holes, before any format has escaped them. */
export interface Phrase {
  /** Ours; one more than there are holes. */
  readonly literals: readonly string[];
  /** Mostly data. */
  readonly holes: readonly Piece[];
}

/** phrase`${code(id)}: ${from} → ${to}` */
export const phrase = (literals: TemplateStringsArray, ...holes: readonly Piece[]): Phrase => ({ literals, holes });
export const code = (text: string): Code => ({ code: text });
export const prose = (text: string): Prose => ({ prose: text });
export const nothing: Phrase = phrase``;

/** A table every format can print; an empty cell is one nothing is known for. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Piece[])[];
}

/** Pieces in a row; `separator` is ours. */
export const joined = (pieces: readonly Piece[], separator: string): Phrase =>
  pieces.length === 0 ? nothing : { literals: ['', ...pieces.slice(1).map(() => separator), ''], holes: pieces };

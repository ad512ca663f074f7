import type { Span } from '../errors.js';

/** What loads with its place and is judged later: by the `contract.*` checks and `profile.credentials`. */
export interface Problem {
  readonly code: ProblemCode;
  readonly span: Span;
  /** JSON pointer (RFC 6901) into the document the span's file belongs to, after `extends`. */
  readonly pointer: string;
  /** One line for a person, without the place. */
  readonly message: string;
  /** The holes of the message: names seen, names known. Never a secret. */
  readonly data: Readonly<Record<string, string | number | readonly string[]>>;
}

export type ProblemCode =
  | 'dangling-reference'
  | 'duplicate-id'
  | 'unknown-template-name'
  | 'expression-does-not-compile'
  | 'path-not-in-r4'
  | 'search-type-differs'
  | 'unknown-search-parameter'
  | 'unknown-resource-type'
  | 'unresolved-secret'
  | 'secret-readable-by-others'
  | 'override-not-declared'
  | 'override-not-allowed'
  | 'override-missing';

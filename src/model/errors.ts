/** Exit codes of design.md section 6. Precedence when several apply: 5 > 6 > 70 > 130 > 1 > 75 > 3 > 4 > 0. */
export const exitCodes = {
  gateMet: 0,
  failed: 1,
  couldNotStart: 2,
  notShown: 3,
  conditional: 4,
  residue: 5,
  safetyStop: 6,
  internal: 70,
  unavailable: 75,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A place in a file a person wrote. Lines and columns count from 1. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length?: number;
}

/**
 * A fault a person can act on. `code` is stable (kebab-case, documented), `message` says what was seen against what is
 * accepted, `next` says what to do. The text is ours: a foreign error's message is never copied in (safety rule 32).
 */
export class ToolError extends Error {
  override readonly name: string = 'ToolError';
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly span: Span | undefined;
  readonly next: string | undefined;

  constructor(code: string, message: string, options: { exitCode?: ExitCode; span?: Span; next?: string } = {}) {
    super(message);
    this.code = code;
    this.exitCode = options.exitCode ?? exitCodes.couldNotStart;
    this.span = options.span;
    this.next = options.next;
  }
}

/** Ends a run at once, exit 6: a safety rule was met or was about to be broken. `rule` is the number in the safety rules. */
export class SafetyStop extends ToolError {
  override readonly name = 'SafetyStop';
  readonly rule: number;

  constructor(code: string, rule: number, message: string, next?: string) {
    super(code, message, { exitCode: exitCodes.safetyStop, ...(next === undefined ? {} : { next }) });
    this.rule = rule;
  }
}

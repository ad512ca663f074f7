import { ToolError, type Span } from '../model/errors.js';
import { codeFrame, printable } from './code-frame.js';

/** One reason a file is refused. `message` is one line without the place. */
export interface DocumentFault {
  readonly code: string;
  readonly span: Span;
  readonly message: string;
  readonly next?: string;
}

const maxShown = 20;

/**
 * A file that cannot be used (exit 2). `code` and `span` are those of the first fault in file order; `message` shows up
 * to 20 faults, each with its place and a frame of the source.
 */
export class DocumentError extends ToolError {
  override readonly name = 'DocumentError';
  readonly faults: readonly DocumentFault[];
  readonly sources: ReadonlyMap<string, string>;

  /** @param sources text of each file a span may point into, by the name in the span */
  constructor(faults: readonly [DocumentFault, ...DocumentFault[]], sources: ReadonlyMap<string, string>) {
    const ordered = inFileOrder(faults);
    const [first = faults[0]] = ordered;
    const shown = ordered.slice(0, maxShown).map((fault) => renderFault(fault, sources.get(fault.span.file)));
    const rest = ordered.length - shown.length;
    super(first.code, [...shown, ...(rest > 0 ? [`… and ${rest} more.`] : [])].join('\n\n'), { span: first.span });
    this.faults = ordered;
    this.sources = sources;
  }
}

/** `file:line:column  message`, the frame, and what to do. */
export function renderFault(fault: Omit<DocumentFault, 'code'>, source: string | undefined): string {
  const { file, line, column } = fault.span;
  return [
    `${printable(file)}:${line}:${column}  ${printable(fault.message)}`,
    ...(source === undefined ? [] : [codeFrame(source, fault.span)]),
    ...(fault.next === undefined ? [] : [printable(fault.next)]),
  ].join('\n');
}

/** By file, line and column; of several faults at one place only the first one given stays. */
function inFileOrder(faults: readonly DocumentFault[]): DocumentFault[] {
  const files = [...new Set(faults.map(({ span }) => span.file))];
  const byPlace = new Map<string, DocumentFault>();
  for (const fault of faults) {
    const place = `${files.indexOf(fault.span.file)}:${fault.span.line}:${fault.span.column}`;
    if (!byPlace.has(place)) byPlace.set(place, fault);
  }
  return [...byPlace.values()].sort(
    ({ span: a }, { span: b }) =>
      files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

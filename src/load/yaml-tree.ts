import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import type { Span } from '../model/errors.js';
import type { DocumentFault } from './document-fault.js';

/** A value that remembers where it was written; `inherited` marks what came by `extends`. */
export type LocatedNode = LocatedMap | LocatedList | LocatedScalar;
interface Located {
  readonly span: Span;
  readonly inherited: boolean;
}
export interface LocatedMap extends Located {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, { readonly keySpan: Span; readonly node: LocatedNode }>;
}
export interface LocatedList extends Located {
  readonly kind: 'list';
  readonly items: readonly LocatedNode[];
}
export interface LocatedScalar extends Located {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
}

const maxDepth = 64;
const maxNodes = 50_000;
const maxAliases = 200;
const coreTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);
const forbiddenKeys = new Set(['__proto__', 'prototype', 'constructor']);

export interface ParsedYaml {
  /** Absent when the text is not usable YAML at all. */
  readonly root: LocatedNode | undefined;
  readonly faults: readonly DocumentFault[];
}

/** Reads YAML 1.2 core without merge keys and custom tags; depth, size and aliases are bounded (safety rule 40). */
export function parseYaml(text: string, file: string, inherited = false): ParsedYaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    merge: false,
    schema: 'core',
    uniqueKeys: false,
    prettyErrors: false,
  });
  const spanOf = spanReader(lineCounter, file);
  const errors = [...document.errors, ...document.warnings];
  // Where the parser gave up, everything behind is noise.
  const exhausted = errors.filter(({ code }) => code === 'RESOURCE_EXHAUSTION');
  const syntax = (exhausted.length > 0 ? exhausted : errors).slice(0, 20).map((error): DocumentFault => ({
    ...syntaxFault(error.code),
    span: spanOf(error.pos[0], error.pos[1]),
  }));
  if (syntax.length > 0) return { root: undefined, faults: syntax };
  if (document.contents === null) {
    const span = { file, line: 1, column: 1 };
    return { root: undefined, faults: [{ code: 'empty-file', span, message: 'the file holds no document' }] };
  }
  const builder = new TreeBuilder(spanOf, inherited);
  return { root: builder.build(document.contents, 0), faults: builder.faults };
}

class TreeBuilder {
  readonly faults: DocumentFault[] = [];
  #nodes = 0;
  #aliases = 0;
  // Filled in file order, so that an alias means the last anchor before it.
  readonly #anchors = new Map<string, Node>();

  constructor(
    private readonly spanOf: SpanOf,
    private readonly inherited: boolean,
  ) {}

  build(node: Node, depth: number): LocatedNode {
    const [start = 0, end = start] = node.range ?? [];
    const place = { span: this.spanOf(start, end), inherited: this.inherited };
    const nothing: LocatedScalar = { kind: 'scalar', value: null, ...place };
    this.#nodes += 1;
    if (this.#nodes === maxNodes + 1) {
      this.#refuse('too-many-values', place.span, `more than ${maxNodes} values, aliases counted where they are used`);
    }
    if (depth === maxDepth + 1) this.#refuse('too-deep', place.span, `nested more than ${maxDepth} levels deep`);
    if (this.#nodes > maxNodes || depth > maxDepth) return nothing;
    if (!isAlias(node) && node.tag !== undefined && !coreTags.has(node.tag)) {
      this.#refuse('custom-tag', place.span, 'only tags of the YAML core schema are accepted');
      return nothing;
    }
    if (isAlias(node)) {
      this.#aliases += 1;
      if (this.#aliases === maxAliases + 1) {
        this.#refuse('too-many-aliases', place.span, `more than ${maxAliases} aliases (*name) are used`);
      }
      if (this.#aliases > maxAliases) return nothing;
      const target = this.#anchors.get(node.source);
      if (target !== undefined) return this.build(target, depth + 1);
      this.#refuse('unknown-alias', place.span, `no anchor &${node.source} stands before this alias`);
      return nothing;
    }
    if (!isAlias(node) && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return { kind: 'map', entries: this.#entries(node.items, depth), ...place };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.build(item as Node, depth + 1));
      return { kind: 'list', items, ...place };
    }
    const value = isScalar(node) ? node.value : null;
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? { kind: 'scalar', value, ...place }
      : nothing;
  }

  #entries(pairs: readonly { key: unknown; value: unknown }[], depth: number): LocatedMap['entries'] {
    const entries = new Map<string, { keySpan: Span; node: LocatedNode }>();
    for (const { key, value } of pairs) {
      const [start = 0, end = start] = (key as Node | null)?.range ?? [];
      const keySpan = this.spanOf(start, end);
      if (!isScalar(key) || key.value === null || typeof key.value === 'object') {
        this.#refuse('key-not-text', keySpan, 'a key must be a plain text');
        continue;
      }
      const name = `${key.value as string | number | boolean}`;
      if (forbiddenKeys.has(name)) this.#refuse('forbidden-key', keySpan, `the key "${name}" is never accepted`);
      else if (name === '<<')
        this.#refuse('merge-key', keySpan, 'merge keys (<<) are not accepted; write the keys out');
      else if (entries.has(name)) this.#refuse('duplicate-key', keySpan, `the key "${name}" stands twice in one map`);
      else {
        const node: LocatedNode =
          value === null
            ? { kind: 'scalar', value: null, span: keySpan, inherited: this.inherited }
            : this.build(value as Node, depth + 1);
        entries.set(name, { keySpan, node });
      }
    }
    return entries;
  }

  #refuse(code: string, span: Span, message: string): void {
    this.faults.push({ code, span, message });
  }
}

type SpanOf = (start: number, end: number) => Span;

function spanReader(lineCounter: LineCounter, file: string): SpanOf {
  return (start, end) => {
    const { line, col } = lineCounter.linePos(start);
    const last = lineCounter.linePos(end);
    // A value over several lines is marked at its first character; the frame cuts the carets at the end of the line.
    const length = last.line === line ? Math.max(1, last.col - col) : 1;
    return { file, line: Math.max(1, line), column: Math.max(1, col), length };
  };
}

// The parser's own texts are not shown: they are another project's words about a file we did not write.
function syntaxFault(code: string): { code: string; message: string; next?: string } {
  switch (code) {
    case 'TAG_RESOLVE_FAILED':
      return { code: 'custom-tag', message: 'custom tags (!…) are not accepted' };
    case 'RESOURCE_EXHAUSTION':
      return { code: 'too-deep', message: `nested more than ${maxDepth} levels deep` };
    case 'MULTIPLE_DOCS':
      return { code: 'several-documents', message: 'one file holds one document; this starts a second one' };
    case 'TAB_AS_INDENT':
      return { code: 'broken-yaml', message: 'a tab indents this line; YAML wants spaces' };
    case 'BAD_INDENT':
    case 'BLOCK_IN_FLOW':
    case 'BAD_COLLECTION_TYPE':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { code: 'broken-yaml', message: 'broken YAML: the indentation does not fit here', next: quoteHint };
    case 'MISSING_CHAR':
    case 'UNEXPECTED_TOKEN':
      return { code: 'broken-yaml', message: 'broken YAML: a character is missing or too much here', next: quoteHint };
    default:
      return {
        code: 'broken-yaml',
        message: `broken YAML (${code.toLowerCase().replaceAll('_', '-')})`,
        next: quoteHint,
      };
  }
}

const quoteHint = 'Check brackets and quotes; a text with ": ", "#", "{" or "%" needs quotes.';

/** The plain value, in objects without a prototype's surprises: `__proto__` never gets here. */
export function plainValue(node: LocatedNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries([...node.entries].map(([key, { node: child }]) => [key, plainValue(child)]));
}

/** The node at a JSON pointer (RFC 6901); undefined when there is none. */
export function nodeAt(root: LocatedNode, pointer: string): LocatedNode | undefined {
  let node: LocatedNode | undefined = root;
  for (const step of pointerSteps(pointer)) {
    if (node?.kind === 'map') node = node.entries.get(step)?.node;
    else if (node?.kind === 'list') node = node.items[Number(step)];
    else return undefined;
  }
  return node;
}

/** Unescaped steps of a JSON pointer. */
export function pointerSteps(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** One step appended to a JSON pointer. */
export function childPointer(pointer: string, step: string | number): string {
  return `${pointer}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Every node with its pointer, in file order; `keySpan` is the key's place for members of a map. */
export function* walk(
  node: LocatedNode,
  pointer = '',
): Generator<{ node: LocatedNode; pointer: string; keySpan?: Span }> {
  yield { node, pointer };
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) yield* walk(item, childPointer(pointer, index));
  }
  if (node.kind === 'map') {
    for (const [key, { node: child, keySpan }] of node.entries) {
      for (const found of walk(child, childPointer(pointer, key))) {
        yield found.node === child ? { ...found, keySpan } : found;
      }
    }
  }
}

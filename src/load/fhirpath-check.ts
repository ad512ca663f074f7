import type { ProblemCode } from '../model/documents/problem.js';

/** Functions that reach out of the resource or have an effect; they are never evaluated (safety rule 4). */
const refusedFunctions: ReadonlySet<string> = new Set(['resolve', 'memberOf', 'conformsTo', 'trace']);
const maxLength = 500;
// The parser takes up to 0.1 ms for a character; a contract of the usual size has 3,000.
const maxTotalLength = 20_000;
const maxNesting = 24;

export interface ExpressionFinding {
  readonly code: Extract<ProblemCode, 'expression-does-not-compile' | 'path-not-in-r4'> | 'refused-function';
  /** 0-based offset in the expression, and how many characters. */
  readonly offset: number;
  readonly length: number;
  readonly name: string;
}

export interface ExpressionChecker {
  /** `root` is the resource type the expression starts at. One checker reads 20,000 characters at most; what comes after does not compile. */
  check(expression: string, root: string): ExpressionFinding[];
  /** Whether R4 defines a resource type of this name. */
  isResourceType(name: string): boolean;
}

interface SyntaxNode {
  readonly type: string;
  readonly text?: string;
  readonly start?: { readonly line: number; readonly column: number };
  readonly length?: number;
  readonly children?: readonly SyntaxNode[];
}

interface Model {
  readonly path2Type: Readonly<Record<string, string>>;
  readonly type2Parent: Readonly<Record<string, string>>;
  readonly choiceTypePaths: Readonly<Record<string, readonly string[]>>;
  readonly pathsDefinedElsewhere: Readonly<Record<string, string>>;
}

/** Loads the FHIRPath engine and the R4 model; import this lazily, it costs about 50 ms. */
export async function loadExpressionChecker(): Promise<ExpressionChecker> {
  const [{ default: fhirpath }, { default: r4 }] = await Promise.all([
    import('fhirpath'),
    import('fhirpath/fhir-context/r4'),
  ]);
  const model = r4 as unknown as Model;
  let totalLength = 0;
  return {
    isResourceType: (name) => ['DomainResource', 'Resource'].includes(model.type2Parent[name] ?? ''),
    check(expression, root) {
      const broken = (offset: number): ExpressionFinding[] => [
        { code: 'expression-does-not-compile', offset, length: 1, name: expression.slice(0, 200) },
      ];
      totalLength += expression.length;
      if (expression.length > maxLength || totalLength > maxTotalLength) return broken(0);
      if (nesting(expression) > maxNesting) return broken(0);
      try {
        const tree = fhirpath.parse(expression) as SyntaxNode;
        fhirpath.compile(expression, r4);
        const walker = new TypeWalker(model, root, lineStarts(expression));
        walker.typesOf(tree, [root]);
        return walker.findings;
      } catch (error) {
        return broken(errorOffset(error, expression));
      }
    },
  };
}

/** What a node may be: names of types, or paths of elements without a type name; undefined when it cannot be told. */
type Types = readonly string[] | undefined;

// https://hl7.org/fhirpath/N1/ sections 5.2 and 5.3: these give back items of their input.
const sameType = new Set([
  'where', 'first', 'last', 'single', 'tail', 'skip', 'take', 'distinct', 'union', 'combine', 'intersect', 'exclude',
]); // prettier-ignore

class TypeWalker {
  readonly findings: ExpressionFinding[] = [];

  constructor(
    private readonly model: Model,
    private readonly root: string,
    private readonly lines: readonly number[],
  ) {}

  typesOf(node: SyntaxNode, context: Types): Types {
    const children = node.children ?? [];
    const [left, right] = children;
    switch (node.type) {
      case 'EntireExpression':
      case 'TermExpression':
      case 'InvocationTerm':
      case 'ParenthesizedTerm':
        return left === undefined ? undefined : this.typesOf(left, context);
      case 'InvocationExpression':
        return left && right ? this.typesOf(right, this.typesOf(left, context)) : undefined;
      case 'IndexerExpression':
        return left && this.typesOf(left, context);
      case 'UnionExpression': {
        const types = children.map((child) => this.typesOf(child, context));
        return types.every((type) => type !== undefined) ? types.flat() : undefined;
      }
      case 'MemberInvocation':
        return this.#member(node, context);
      case 'ThisInvocation':
        return context;
      case 'ExternalConstantTerm':
        return node.text === 'current' || node.text === 'previous' || node.text === 'resource'
          ? [this.root]
          : undefined;
      case 'FunctionInvocation':
        return this.#function(node, context);
      case 'TypeExpression':
        return left && (this.typesOf(left, context), undefined);
      default:
        for (const child of children) this.typesOf(child, context);
        return undefined;
    }
  }

  #member(node: SyntaxNode, context: Types): Types {
    const name = (node.text ?? '').replaceAll('`', '');
    if (context === undefined) return undefined;
    if (context.length === 1 && context[0] === name) return context;
    const found = context.flatMap((type) => this.#element(type, name) ?? []);
    if (found.length > 0) return found.includes('?') ? undefined : found;
    this.findings.push({ code: 'path-not-in-r4', ...this.#place(node), name: `${context.join('|')}.${name}` });
    return undefined;
  }

  /** Types of one element of a type; '?' when it exists and cannot be followed. */
  #element(type: string, name: string): readonly string[] | undefined {
    if (type === 'Resource' || type === 'DomainResource' || type === 'Element' || type.startsWith('System.'))
      return ['?'];
    for (let at: string | undefined = type; at !== undefined; at = this.#parent(at)) {
      const written = `${at}.${name}`;
      const path = this.model.pathsDefinedElsewhere[written] ?? written;
      const choices = this.model.choiceTypePaths[path];
      if (choices !== undefined) return choices.map((choice) => this.#typeName(choice));
      const found = this.model.path2Type[path];
      if (found === 'BackboneElement' || found === 'Element') return [path];
      if (found !== undefined) return [found];
      if (path !== written) return [path];
    }
    return undefined;
  }

  #parent(type: string): string | undefined {
    return type.includes('.') ? 'BackboneElement' : this.model.type2Parent[type];
  }

  // The model capitalizes primitive choices: DateTime for dateTime.
  #typeName(choice: string): string {
    const primitive = choice.charAt(0).toLowerCase() + choice.slice(1);
    return choice in this.model.type2Parent || !(primitive in this.model.type2Parent) ? choice : primitive;
  }

  #function(node: SyntaxNode, context: Types): Types {
    const [invoked] = node.children ?? [];
    const [identifier, parameters] = invoked?.children ?? [];
    const name = (identifier?.text ?? '').replaceAll('`', '');
    if (refusedFunctions.has(name)) this.findings.push({ code: 'refused-function', ...this.#place(node), name });
    const given = parameters?.children ?? [];
    if (name === 'ofType' || name === 'as') return typeArgument(given[0]);
    if (name === 'is') return undefined;
    if (name === 'extension') return ['Extension'];
    const types = given.map((parameter) => this.typesOf(parameter, context));
    if (name === 'select') return types[0];
    return sameType.has(name) ? context : undefined;
  }

  #place(node: SyntaxNode): { offset: number; length: number } {
    const { line, column } = node.start ?? { line: 1, column: 1 };
    return { offset: (this.lines[line - 1] ?? 0) + column - 1, length: node.length ?? 1 };
  }
}

function typeArgument(node: SyntaxNode | undefined): Types {
  let at = node;
  while (at !== undefined && at.type !== 'MemberInvocation' && at.children?.length === 1) at = at.children[0];
  const name = at?.text;
  return name === undefined || !/^[A-Za-z]+$/.test(name) ? undefined : [name];
}

function nesting(expression: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of expression) {
    if ('([{'.includes(character)) deepest = Math.max(deepest, ++depth);
    else if (')]}'.includes(character)) depth -= 1;
  }
  return deepest;
}

function lineStarts(expression: string): number[] {
  return [0, ...[...expression.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

// Only the position is taken from the library's words.
function errorOffset(error: unknown, expression: string): number {
  const found = /line: (\d+); column: (\d+)/.exec(error instanceof Error ? error.message : '');
  const offset = (lineStarts(expression)[Number(found?.[1] ?? 1) - 1] ?? 0) + Number(found?.[2] ?? 0) - 1;
  return Math.min(Math.max(0, offset), Math.max(0, expression.length - 1));
}

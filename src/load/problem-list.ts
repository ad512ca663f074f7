import type { Span } from '../model/errors.js';
import type { Problem, ProblemCode } from '../model/documents/problem.js';
import { didYouMean } from './schema-faults.js';
import { nodeAt, pointerSteps, walk, type LocatedNode } from './yaml-tree.js';

/** Collects problems of one document, each at the place its pointer stands in the file. */
export class ProblemList {
  readonly problems: Problem[] = [];

  constructor(private readonly root: LocatedNode) {}

  add(code: ProblemCode, pointer: string, message: string, data: Problem['data'] = {}, span?: Span): void {
    this.problems.push({ code, pointer, message, data, span: span ?? spanAt(this.root, pointer) });
  }

  /** Adds `dangling-reference` unless `name` is one of `known`. */
  refer(kind: string, pointer: string, name: string | undefined, known: readonly string[]): void {
    if (name === undefined || known.includes(name)) return;
    const hint = didYouMean(name, known).trim();
    this.add(
      'dangling-reference',
      pointer,
      `there is no ${kind} "${name}"${hint === '' ? '' : `; ${hint.toLowerCase()}`}`,
      {
        kind,
        name,
        known,
      },
    );
  }

  /** Ids and aliases stand once in their list. */
  findDuplicates(): void {
    for (const { node, pointer } of walk(this.root)) {
      if (node.kind !== 'list') continue;
      const seen = new Set<string>();
      for (const [index, item] of node.items.entries()) {
        // A patient's id belongs to the EHR; what must be unique here is the alias.
        const unique = item.kind === 'map' && item.entries.has('alias') ? 'alias' : 'id';
        const id = item.kind === 'map' ? item.entries.get(unique)?.node : undefined;
        if (id?.kind !== 'scalar' || typeof id.value !== 'string') continue;
        if (seen.has(id.value)) {
          this.add(
            'duplicate-id',
            `${pointer}/${index}/${unique}`,
            `the ${unique} "${id.value}" stands twice in this list`,
            {
              name: id.value,
            },
          );
        }
        seen.add(id.value);
      }
    }
  }
}

/** The place of a pointer, or of its nearest ancestor that is written. */
export function spanAt(root: LocatedNode, pointer: string): Span {
  const steps = pointerSteps(pointer);
  let node = root;
  for (const step of steps) {
    const next = nodeAt(node, `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    if (next === undefined) break;
    node = next;
  }
  return node.span;
}

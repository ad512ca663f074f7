import type { Contract } from '../model/documents/contract.js';
import type { ExpressionChecker } from './fhirpath-check.js';
import type { ProblemList } from './problem-list.js';
import { walk, type LocatedNode } from './yaml-tree.js';

const hole = /\{\{([^{}]*)\}\}/g;
const alone = /^(output|idempotency|since|now([+-]P[0-9A-Z.]+)?)$/;
const siteKeys = ['id', 'name', 'location', 'organization', 'zone'];

export interface WrittenHole {
  readonly pointer: string;
  /** What stands between the braces. */
  readonly name: string;
}

/** Every `{{…}}` of a document, in file order. */
export function* templateHoles(root: LocatedNode): Generator<WrittenHole> {
  for (const { node, pointer } of walk(root)) {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') continue;
    for (const [, name = ''] of node.value.matchAll(hole)) yield { pointer, name: name.trim() };
  }
}

/** Judges each `{{…}}` of a contract; names of identifier systems are the organization's and judged with it. */
export function judgeHoles(contract: Contract, root: LocatedNode, checker: ExpressionChecker, list: ProblemList): void {
  const inputs = (contract.triggers ?? []).flatMap((trigger) => trigger.inputs ?? []);
  const values = (contract.overrides ?? []).flatMap(({ path }) => /^values\.(.+)$/.exec(path)?.[1] ?? []);
  const types = new Map((contract.resources ?? []).map(({ id, type }) => [id, type]));
  for (const { pointer, name } of templateHoles(root)) {
    if (alone.test(name) || name === 'created.id' || name.startsWith('identifierSystems.')) continue;
    const [, first = '', rest = ''] = /^([A-Za-z0-9_-]+)\.(.+)$/.exec(name) ?? [];
    const type = types.get(first);
    if (first === 'trigger') list.refer('trigger input', pointer, rest, [...inputs, 'focus']);
    else if (first === 'values') list.refer('override point values.*', pointer, rest, values);
    else if (first === 'site') list.refer('element of a site', pointer, rest, siteKeys);
    else if (type === undefined) {
      list.add('unknown-template-name', pointer, `{{${name}}} stands for nothing here`, {
        name,
        known: [...types.keys()],
      });
    } else {
      for (const finding of checker.check(`${type}.${rest}`, type)) {
        list.add('path-not-in-r4', pointer, `{{${name}}}: R4 has no ${finding.name}`, { name: finding.name });
      }
    }
  }
}

import type { Contract } from '../model/documents/contract.js';
import type { Problem } from '../model/documents/problem.js';
import type { Span } from '../model/errors.js';
import { contractSearches, parameterNames, parseSearch, type WrittenSearch } from './contract-searches.js';
import type { DocumentFault } from './document-fault.js';
import { loadExpressionChecker, type ExpressionChecker } from './fhirpath-check.js';
import { ProblemList, spanAt } from './problem-list.js';
import { isR4SearchParameter, r4SearchParameters } from './search-parameters.js';
import { judgeHoles } from './template-holes.js';
import type { LocatedNode } from './yaml-tree.js';

/** Judged later (`problems`), and what FHIRPath a contract may not hold at all (`faults`). */
export async function contractProblems(
  contract: Contract,
  root: LocatedNode,
): Promise<{ problems: readonly Problem[]; faults: readonly DocumentFault[] }> {
  const list = new ProblemList(root);
  const checker = await loadExpressionChecker();
  judgeNames(contract, list);
  judgeSearches(contract, checker, list);
  judgeHoles(contract, root, checker, list);
  const faults = judgeExpressions(contract, root, checker, list);
  list.findDuplicates();
  return { problems: list.problems, faults };
}

function judgeNames(contract: Contract, list: ProblemList): void {
  const triggers = (contract.triggers ?? []).map(({ id }) => id);
  const resources = (contract.resources ?? []).map(({ id }) => id);
  const actions = (contract.actions ?? []).map(({ id }) => id);
  const roles = contract.permissions?.roles;
  const people = roles && [...roles, ...(contract.intent?.users ?? [])];
  for (const [index, { fallback }] of (contract.triggers ?? []).entries()) {
    list.refer('trigger', `/triggers/${index}/fallback/trigger`, fallback?.trigger, triggers);
  }
  for (const [index, action] of (contract.actions ?? []).entries()) {
    const at = `/actions/${index}`;
    for (const [place, name] of (action.dependsOn ?? []).entries()) {
      list.refer('action', `${at}/dependsOn/${place}`, name, actions);
    }
    if (people === undefined) continue;
    list.refer('role', `${at}/review/role`, action.review?.role, people);
    for (const [place, name] of (action.visibleTo ?? []).entries()) {
      if (typeof name === 'string') list.refer('role', `${at}/visibleTo/${place}`, name, people);
    }
  }
  for (const [index, { trigger, answeredBy }] of (contract.latency ?? []).entries()) {
    list.refer('trigger', `/latency/${index}/trigger`, trigger, triggers);
    list.refer('action', `/latency/${index}/answeredBy`, answeredBy, actions);
  }
  const { productRoles = [], rules = [], separation = [] } = contract.permissions ?? {};
  for (const [index, role] of productRoles.entries()) {
    if (roles !== undefined) list.refer('role', `/permissions/productRoles/${index}`, role, roles);
  }
  for (const [index, rule] of rules.entries()) {
    if (roles !== undefined) list.refer('role', `/permissions/rules/${index}/role`, rule.role, [...roles, '*']);
    for (const [place, name] of (rule.actions ?? []).entries()) {
      list.refer('action', `/permissions/rules/${index}/actions/${place}`, name, [...actions, '*']);
    }
  }
  for (const [index, { action }] of separation.entries()) {
    list.refer('action', `/permissions/separation/${index}/action`, action, actions);
  }
  for (const [index, source] of (contract.audit?.provenance?.sources ?? []).entries()) {
    list.refer('resource', `/audit/provenance/sources/${index}`, source, resources);
  }
}

function judgeSearches(contract: Contract, checker: ExpressionChecker, list: ProblemList): void {
  const actions = (contract.actions ?? []).map(({ id }) => id);
  for (const [index, { type }] of (contract.resources ?? []).entries()) {
    judgeType(type, `/resources/${index}/type`, checker, list);
  }
  for (const [index, { event }] of (contract.triggers ?? []).entries()) {
    if (event !== undefined) judgeType(event.resource, `/triggers/${index}/event/resource`, checker, list);
  }
  for (const written of contractSearches(contract)) {
    const { pointer, text, role, type } = written;
    if (role === 'url') continue;
    if (role === 'condition') {
      judgeParameters(type, parameterNames(text), written, list);
      continue;
    }
    const search = parseSearch(text);
    if (search === undefined) {
      const known = role === 'observe' ? ['aiSystem.query', 'aiSystem.webhook'] : actions;
      list.refer(role === 'observe' ? 'way to observe' : 'search or action', pointer, text, known);
      continue;
    }
    if (!judgeType(search.type, pointer, checker, list)) continue;
    if (type !== undefined && type !== search.type) {
      list.add('search-type-differs', pointer, `this searches ${search.type}, but the resource is ${type}`, {
        seen: search.type,
        expected: type,
      });
    }
    judgeParameters(search.type, search.parameters, written, list);
  }
}

function judgeType(type: string, pointer: string, checker: ExpressionChecker, list: ProblemList): boolean {
  const known = checker.isResourceType(type);
  if (!known) list.add('unknown-resource-type', pointer, `R4 has no resource type "${type}"`, { name: type });
  return known;
}

function judgeParameters(
  type: string | undefined,
  parameters: readonly string[],
  { pointer, local }: WrittenSearch,
  list: ProblemList,
): void {
  if (type === undefined) return;
  for (const name of parameters) {
    if (local.includes(name) || isR4SearchParameter(type, name)) continue;
    list.add(
      'unknown-search-parameter',
      pointer,
      `R4 has no search parameter "${name}" on ${type}; list it under "local" if this EHR documents it`,
      { name, type, known: r4SearchParameters(type) ?? [] },
    );
  }
}

function judgeExpressions(
  contract: Contract,
  root: LocatedNode,
  checker: ExpressionChecker,
  list: ProblemList,
): DocumentFault[] {
  const faults: DocumentFault[] = [];
  const judge = (pointer: string, expression: string | undefined, type: string | undefined): void => {
    if (expression === undefined || type === undefined) return;
    for (const { code, offset, length, name } of checker.check(expression, type)) {
      const span = spanInside(spanAt(root, pointer), expression, offset, length);
      if (code === 'refused-function') {
        const message = `the FHIRPath function ${name}() is not accepted: it reaches out of the resource`;
        faults.push({ code: 'refused-fhirpath-function', span, message });
      } else if (code === 'expression-does-not-compile' || checker.isResourceType(type)) {
        const message = code === 'path-not-in-r4' ? `R4 has no ${name}` : 'this FHIRPath expression does not compile';
        list.add(code, pointer, message, { name }, span);
      }
    }
  };
  for (const [index, { event }] of (contract.triggers ?? []).entries()) {
    judge(`/triggers/${index}/event/condition`, event?.condition, event?.resource);
  }
  for (const [index, { fields = [], type }] of (contract.resources ?? []).entries()) {
    for (const [place, field] of fields.entries()) {
      const pointer = `/resources/${index}/fields/${place}`;
      if (typeof field === 'string') judge(pointer, field, type);
      else judge(`${pointer}/path`, field.path, type);
    }
  }
  return faults;
}

// Exact only where the file holds the expression as it is, plain or in one pair of quotes.
function spanInside(span: Span, expression: string, offset: number, length: number): Span {
  const quote = (span.length ?? 0) - expression.length;
  return quote === 0 || quote === 2 ? { ...span, column: span.column + quote / 2 + offset, length } : span;
}

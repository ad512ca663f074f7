import type { Resource } from 'fhir/r4.js';
import { dateRange } from './date-range.js';
import { FhirProblem, problem, type Issue } from './problem.js';
import { localReference, referencesIn } from './references.js';
import { resourceTypeRule, type ElementRule } from './resource-types.js';
import type { Store } from './store.js';

const deepestNesting = 32;

/**
 * The submitted body as a resource of the type. Checks element names, lists, required elements, primitive formats and
 * required codes; references are checked apart, because a transaction may create their targets later.
 * Throws FhirProblem 400 when it is not a resource of the type at all, 422 naming every element at fault otherwise.
 */
export function validResource(body: unknown, resourceType: string): Resource {
  if (!isObject(body) || typeof body['resourceType'] !== 'string') {
    throw problem(400, 'structure', `The body must be a JSON resource of type ${resourceType}`, resourceType);
  }
  if (body['resourceType'] !== resourceType) {
    throw problem(
      400,
      'invalid',
      `The body is not a ${resourceType} as the address says`,
      `${resourceType}.resourceType`,
    );
  }
  const rule = resourceTypeRule(resourceType);
  if (!rule) throw problem(404, 'not-supported', `${resourceType} is not served here`);
  const malformed = malformation(body, resourceType, deepestNesting);
  if (malformed) throw new FhirProblem(422, [malformed]);
  const issues = [
    ...unknownElements(body, resourceType, rule.elements),
    ...rule.elements.flatMap((element) => elementIssues(body, resourceType, element)),
    ...rule.nested.flatMap((path) => missingNested(body, resourceType, path)),
    ...Object.entries(rule.codes).flatMap(([path, codes]) =>
      nodesAt(body, path)
        .filter((code) => typeof code !== 'string' || !codes.includes(code))
        .map((): Issue => ({
          code: 'code-invalid',
          diagnostics: `Not a code of the required value set; accepted are ${codes.join(', ')}`,
          expression: `${resourceType}.${path}`,
        })),
    ),
  ];
  if (issues.length > 0) throw new FhirProblem(422, issues);
  return body as unknown as Resource;
}

/**
 * Every reference to this server must lead to a live resource of a type allowed there. Absolute references to other
 * servers pass. Throws FhirProblem 422.
 */
export function checkReferences(resource: Resource, store: Store, base: string): void {
  const { resourceType } = resource;
  const targets = resourceTypeRule(resourceType)?.targets ?? {};
  const contained = containedIds(resource);
  const issues = referencesIn(resource).flatMap(({ path, reference }): Issue[] => {
    const expression = `${resourceType}.${path}`;
    if (reference.startsWith('#')) {
      return contained.has(reference.slice(1)) || reference === '#'
        ? []
        : [{ code: 'not-found', diagnostics: 'No contained resource has this id', expression }];
    }
    const local = localReference(reference, base);
    if (!local) {
      return /^https?:\/\//.test(reference) && !reference.startsWith(`${base}/`)
        ? []
        : [{ code: 'value', diagnostics: 'Not a reference of the form Type/id or an absolute URL', expression }];
    }
    const allowed = targets[path];
    if (allowed && !allowed.includes(local.type)) {
      return [{ code: 'value', diagnostics: `May refer to ${allowed.join(', ')} only`, expression }];
    }
    return store.get(local.type, local.id)?.resource
      ? []
      : [{ code: 'not-found', diagnostics: 'The referenced resource does not exist', expression }];
  });
  if (issues.length > 0) throw new FhirProblem(422, issues);
}

function containedIds(resource: Resource): ReadonlySet<string> {
  const contained: unknown = 'contained' in resource ? resource.contained : [];
  const ids = Array.isArray(contained)
    ? contained.map((item: unknown) => (isObject(item) ? item['id'] : undefined))
    : [];
  return new Set(ids.filter((id) => typeof id === 'string'));
}

/** What no FHIR JSON may contain: https://hl7.org/fhir/R4/json.html */
function malformation(value: unknown, path: string, levelsLeft: number): Issue | undefined {
  const issue = (diagnostics: string): Issue => ({ code: 'structure', diagnostics, expression: path });
  if (value === '') return issue('A text must not be empty');
  if (typeof value !== 'object') return undefined;
  if (value === null) return issue('null is not a value');
  if (levelsLeft === 0) return issue(`Nested deeper than ${deepestNesting} levels`);
  if (Array.isArray(value)) {
    if (value.length === 0) return issue('A list must not be empty');
    return first(value, (item) => (item === null ? undefined : malformation(item, path, levelsLeft - 1)));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return issue('An object must not be empty');
  return first(entries, ([name, child]: [string, unknown]) =>
    /^_?[A-Za-z][A-Za-z0-9]*$/.test(name)
      ? malformation(child, `${path}.${name}`, levelsLeft - 1)
      : issue('Not an element name'),
  );
}

function first<T>(items: readonly T[], find: (item: T) => Issue | undefined): Issue | undefined {
  for (const item of items) {
    const found = find(item);
    if (found) return found;
  }
  return undefined;
}

function unknownElements(body: object, resourceType: string, elements: readonly ElementRule[]): readonly Issue[] {
  return Object.keys(body)
    .filter((key) => {
      const name = key.replace(/^_/, '');
      return !elements.some((element) => (element.choice ? isChoice(name, element.name) : name === element.name));
    })
    .map((key) => ({
      code: 'structure',
      diagnostics: `${resourceType} has no such element`,
      expression: `${resourceType}.${key}`,
    }));
}

function elementIssues(body: Record<string, unknown>, resourceType: string, element: ElementRule): readonly Issue[] {
  const expression = `${resourceType}.${element.name}${element.choice ? '[x]' : ''}`;
  if (element.choice) {
    const given = Object.keys(body).filter((key) => isChoice(key, element.name));
    if (given.length > 1) return [{ code: 'structure', diagnostics: 'Only one type of this element', expression }];
    return given.length === 0 && element.required
      ? [{ code: 'required', diagnostics: 'Required element is missing', expression }]
      : [];
  }
  const value = Object.hasOwn(body, element.name) ? body[element.name] : undefined;
  if (value === undefined) {
    return element.required ? [{ code: 'required', diagnostics: 'Required element is missing', expression }] : [];
  }
  if (Array.isArray(value) !== element.array) {
    return [{ code: 'structure', diagnostics: element.array ? 'Must be a list' : 'Must not be a list', expression }];
  }
  return [value].flat().every((item) => item === null || fits(item, element.primitive))
    ? []
    : [{ code: 'value', diagnostics: `Not a valid ${element.primitive ?? 'complex type'}`, expression }];
}

function missingNested(body: object, resourceType: string, path: string): readonly Issue[] {
  const parent = path.slice(0, path.lastIndexOf('.'));
  const name = path.slice(parent.length + 1);
  return nodesAt(body, parent).some((node) => !isObject(node) || !Object.hasOwn(node, name))
    ? [{ code: 'required', diagnostics: 'Required element is missing', expression: `${resourceType}.${path}` }]
    : [];
}

function nodesAt(body: unknown, path: string): readonly unknown[] {
  return path
    .split('.')
    .reduce<readonly unknown[]>(
      (nodes, step) => nodes.flatMap((node) => (isObject(node) && Object.hasOwn(node, step) ? node[step] : [])),
      [body],
    );
}

function isChoice(key: string, name: string): boolean {
  return key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length));
}

function fits(value: unknown, primitive: string | undefined): boolean {
  if (primitive === undefined) return isObject(value) && !Array.isArray(value);
  if (primitive === 'boolean') return typeof value === 'boolean';
  if (primitive === 'unsignedInt') return Number.isSafeInteger(value) && Number(value) >= 0;
  if (primitive === 'positiveInt') return Number.isSafeInteger(value) && Number(value) > 0;
  if (typeof value !== 'string') return false;
  if (primitive === 'date') return dateRange(value) !== undefined && !value.includes('T');
  if (primitive === 'dateTime') return dateRange(value) !== undefined && (!value.includes('T') || hasZone(value));
  if (primitive === 'instant') return dateRange(value) !== undefined && hasZone(value) && /T..:..:../.test(value);
  if (primitive === 'id') return /^[A-Za-z0-9.-]{1,64}$/.test(value);
  if (primitive === 'code') return /^\S+( \S+)*$/.test(value);
  return true;
}

function hasZone(text: string): boolean {
  return /(Z|[+-]\d\d:\d\d)$/.test(text) && text.includes('T');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

import type { CodeableConcept, Resource } from 'fhir/r4.js';
import type { Interaction } from './exchange.js';

/**
 * A SMART scope on resources (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html), v1 or v2.
 * Of the granular parameters only `category` is known here.
 */
export interface Scope {
  readonly text: string;
  /** `system`: a client by itself; `user`: what its user may; `patient`: only of the patient in context. */
  readonly level: 'system' | 'user' | 'patient';
  /** A resource type or `*`. */
  readonly resourceType: string;
  readonly interactions: ReadonlySet<Interaction>;
  readonly category?: { readonly system?: string; readonly code: string };
}

const letters: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };
const shape =
  /^(?<level>system|user|patient)\/(?<type>[A-Z][A-Za-z]{1,63}|\*)\.(?<rights>read|write|\*|(?=[cruds])c?r?u?d?s?)(?:\?category=(?<category>[^&=?]{1,200}))?$/;

/** `undefined` for what is no scope on resources or has a parameter other than `category`. */
export function parseScope(text: string): Scope | undefined {
  const { level, type, rights, category } = shape.exec(text)?.groups ?? {};
  if (level === undefined || type === undefined || rights === undefined) return undefined;
  const interactions = new Set((letters[rights] ?? rights) as Iterable<Interaction>);
  const scope = { text, level: level as Scope['level'], resourceType: type, interactions };
  if (category === undefined) return scope;
  const [code, system] = category.split('|').toReversed();
  return { ...scope, category: { code: code ?? '', ...(system ? { system } : {}) } };
}

/** A registration covers a requested scope when one registered scope holds every letter, level, type and category of it. */
export function covers(registered: readonly Scope[], requested: Scope): boolean {
  return registered.some(
    (own) =>
      own.level === requested.level &&
      reaches(own, requested.resourceType) &&
      [...requested.interactions].every((letter) => own.interactions.has(letter)) &&
      (own.category === undefined ||
        (own.category.code === requested.category?.code && own.category.system === requested.category.system)),
  );
}

/**
 * Whether one of the scopes permits the interaction; category and patient only matter once there is a resource to look at.
 * @param isOfPatient whether a resource is of the patient in context
 */
export function grants(
  scopes: readonly Scope[],
  interaction: Interaction,
  resourceType: string,
  resource?: Resource,
  isOfPatient: (resource: Resource) => boolean = () => false,
): boolean {
  return scopes.some(
    (scope) =>
      reaches(scope, resourceType) &&
      scope.interactions.has(interaction) &&
      (scope.level !== 'patient' || resource === undefined || isOfPatient(resource)) &&
      (scope.category === undefined || resource === undefined || isOfCategory(resource, scope.category)),
  );
}

function reaches(scope: Scope, resourceType: string): boolean {
  return scope.resourceType === '*' || scope.resourceType === resourceType;
}

function isOfCategory(resource: Resource, { system, code }: { system?: string; code: string }): boolean {
  const { category } = resource as { category?: CodeableConcept | CodeableConcept[] };
  return [category ?? []]
    .flat()
    .some(({ coding }) =>
      coding?.some((entry) => entry.code === code && (system === undefined || entry.system === system)),
    );
}

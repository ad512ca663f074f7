import type { CodeableConcept, Resource } from 'fhir/r4.js';
import type { Interaction } from './exchange.js';

/**
 * A system-level SMART scope (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html), v1 or v2.
 * Of the granular parameters only `category` is known here.
 */
export interface Scope {
  readonly text: string;
  /** A resource type or `*`. */
  readonly resourceType: string;
  readonly interactions: ReadonlySet<Interaction>;
  readonly category?: { readonly system?: string; readonly code: string };
}

const letters: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };
const shape =
  /^system\/(?<type>[A-Z][A-Za-z]{1,63}|\*)\.(?<rights>read|write|\*|(?=[cruds])c?r?u?d?s?)(?:\?category=(?<category>[^&=?]{1,200}))?$/;

/** `undefined` for what is no system scope or has a parameter other than `category`. */
export function parseScope(text: string): Scope | undefined {
  const { type, rights, category } = shape.exec(text)?.groups ?? {};
  if (type === undefined || rights === undefined) return undefined;
  const interactions = new Set((letters[rights] ?? rights) as Iterable<Interaction>);
  if (category === undefined) return { text, resourceType: type, interactions };
  const [code, system] = category.split('|').toReversed();
  return { text, resourceType: type, interactions, category: { code: code ?? '', ...(system ? { system } : {}) } };
}

/** A registration covers a requested scope when one registered scope holds every letter, type and category of it. */
export function covers(registered: readonly Scope[], requested: Scope): boolean {
  return registered.some(
    (own) =>
      reaches(own, requested.resourceType) &&
      [...requested.interactions].every((letter) => own.interactions.has(letter)) &&
      (own.category === undefined ||
        (own.category.code === requested.category?.code && own.category.system === requested.category.system)),
  );
}

/** Whether one of the scopes permits the interaction; a category only matters once there is a resource to look at. */
export function grants(
  scopes: readonly Scope[],
  interaction: Interaction,
  resourceType: string,
  resource?: Resource,
): boolean {
  return scopes.some(
    (scope) =>
      reaches(scope, resourceType) &&
      scope.interactions.has(interaction) &&
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

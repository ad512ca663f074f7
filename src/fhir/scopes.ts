import { orderedLetters } from '../model/documents/normalise.js';

/**
 * A SMART scope on a resource type, v1 or v2. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
 */
export interface ResourceScope {
  readonly level: 'system' | 'user' | 'patient';
  /** A resource type or `*`. */
  readonly resourceType: string;
  /** v2 letters in the order c r u d s; v1 is expanded: read is rs, write is cud, `*` is everything. */
  readonly letters: string;
  readonly version: 1 | 2;
  /** Narrowed by a search parameter such as a category. */
  readonly narrowed: boolean;
}

const shape = /^(system|user|patient)\/([A-Z][A-Za-z]{1,63}|\*)\.(read|write|\*|[cruds]{1,5})(\?.{1,500})?$/;
const firstVersion: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** Undefined for what is no scope on a resource type: `openid`, `launch/patient`, anything malformed. */
export function readScope(text: string): ResourceScope | undefined {
  const [, level, resourceType, rights, query] = shape.exec(text) ?? [];
  if (level === undefined || resourceType === undefined || rights === undefined) return undefined;
  return {
    level: level as ResourceScope['level'],
    resourceType,
    letters: orderedLetters(firstVersion[rights] ?? rights),
    version: Object.hasOwn(firstVersion, rights) ? 1 : 2,
    narrowed: query !== undefined,
  };
}

/** Whether SMART scopes, v1 or v2, hold a letter for a type. */
export const scopesAllow = (scopes: readonly string[], resourceType: string, letter: string): boolean =>
  lettersAllowed(scopes, resourceType).includes(letter);

/** Letters the scopes hold for a type together, in the order c r u d s. */
export const lettersAllowed = (scopes: readonly string[], resourceType: string): string =>
  lettersAllowedBy(
    scopes.flatMap((text) => readScope(text) ?? []),
    resourceType,
  );

/** The same of scopes that were read before. */
export const lettersAllowedBy = (
  scopes: readonly Pick<ResourceScope, 'resourceType' | 'letters'>[],
  resourceType: string,
): string =>
  orderedLetters(
    scopes
      .filter((scope) => scope.resourceType === resourceType || scope.resourceType === '*')
      .map((scope) => scope.letters)
      .join(''),
  );

/** The letters that are not among the others, in the order c r u d s. */
export const lettersWithout = (letters: string, others: string): string =>
  ['c', 'r', 'u', 'd', 's'].filter((letter) => letters.includes(letter) && !others.includes(letter)).join('');

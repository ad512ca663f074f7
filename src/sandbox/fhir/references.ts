import type { Resource } from 'fhir/r4.js';

export interface LocalReference {
  readonly type: string;
  readonly id: string;
}

/** A reference into this server, relative or absolute below `base`, versioned or not; `undefined` for every other one. */
export function localReference(reference: string, base: string): LocalReference | undefined {
  const relative = reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : reference;
  const [, type, id] =
    /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/.exec(relative) ?? [];
  return type === undefined || id === undefined ? undefined : { type, id };
}

/** One `reference` string with the dotted path of the element that holds it, without list positions. */
export interface FoundReference {
  readonly path: string;
  readonly reference: string;
}

/** Every literal reference below a value; also in contained resources. */
export function referencesIn(value: unknown, path = ''): readonly FoundReference[] {
  if (Array.isArray(value)) return value.flatMap((item) => referencesIn(item, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]: [string, unknown]) =>
    name === 'reference' && typeof child === 'string'
      ? [{ path, reference: child }]
      : typeof child === 'object'
        ? referencesIn(child, path === '' ? name : `${path}.${name}`)
        : [],
  );
}

/** Logical ids of the patients a resource is or speaks of, without duplicates. */
export function patientsOf(resource: Resource, base: string): readonly string[] {
  const own = resource.resourceType === 'Patient' && resource.id !== undefined ? [resource.id] : [];
  const mentioned = referencesIn(resource).flatMap(({ reference }) => {
    const local = localReference(reference, base);
    return local?.type === 'Patient' ? [local.id] : [];
  });
  return [...new Set([...own, ...mentioned])];
}

/** A copy with every string that equals a key replaced; for the `urn:uuid` names of a transaction. */
export function renamed<T>(value: T, names: ReadonlyMap<string, string>): T {
  return rename(value, names) as T;
}

function rename(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => rename(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, rename(child, names)]));
}

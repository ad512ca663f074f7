import type { Resource } from 'fhir/r4.js';

/** The text at `Type.element.element`; of a list, its first item. */
export function elementOf(resource: Resource, path: string): string | undefined {
  const [type, ...names] = path.split('.');
  if (resource.resourceType !== type) return undefined;
  let value: unknown = resource;
  for (const name of names) {
    const item: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof item !== 'object' || item === null) return undefined;
    value = Object.getOwnPropertyDescriptor(item, name)?.value;
  }
  const found: unknown = Array.isArray(value) ? value[0] : value;
  return typeof found === 'string' ? found : undefined;
}

import type { Resource } from 'fhir/r4.js';
import { sha256Hex } from '../model/chain.js';
import { compareCodeUnits } from '../model/order.js';

/** JSON with sorted keys, so that equal content has equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => compareCodeUnits(a, b));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** What a person would call the content: without what the server owns (`id`, `meta`) and what it generates (`text`). */
export function contentOf(resource: Resource): Record<string, unknown> {
  const { id: _id, meta: _meta, text: _text, ...content } = resource as Resource & { text?: unknown };
  return content;
}

/** SHA-256 of the content; equal after any number of reads, different after any edit. */
export const contentSha256 = (resource: Resource): string => sha256Hex(canonicalJson(contentOf(resource)));

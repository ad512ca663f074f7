import type { Resource, Slot } from 'fhir/r4.js';
import type { FilledBody } from './test-objects.js';

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const offsetHours = 9;

/** The same wish in other words: times in another zone, phone numbers written otherwise, and somebody else calling. */
export function otherForm(filled: FilledBody): FilledBody {
  const { body, slot } = filled;
  const { description } = body as { description?: unknown };
  const said = typeof description === 'string' ? { description: `${description} - second caller` } : {};
  const form = { ...filled, body: { ...reworded(body), ...said } };
  return slot === undefined ? form : { ...form, slot: reworded(slot) };
}

/** A text in other words: a time in another zone; anything else as it is. */
export const textInOtherForm = (text: string): string => (instant.test(text) ? inOtherZone(text) : text);

function reworded<T extends Resource | Slot>(resource: T): T {
  return inOtherWords(resource, '') as T;
}

function inOtherWords(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => inOtherWords(each, name));
  if (typeof value === 'object' && value !== null) {
    const phone = name === 'telecom' && (value as { system?: unknown }).system !== 'email';
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]: [string, unknown]) => [
        key,
        phone && key === 'value' && typeof inner === 'string' ? otherPhone(inner) : inOtherWords(inner, key),
      ]),
    );
  }
  return typeof value === 'string' ? textInOtherForm(value) : value;
}

function inOtherZone(text: string): string {
  const local = new Date(Date.parse(text) + offsetHours * 3_600_000).toISOString();
  return local.replace(/(\.000)?Z$/, `+0${offsetHours}:00`);
}

/** 555-010-0199 as 5550100199, and the other way round. */
function otherPhone(text: string): string {
  const bare = text.replaceAll(/[ ().-]/g, '');
  return bare === text ? text.replace(/(\d{4})$/, '-$1') : bare;
}

import type { Resource } from 'fhir/r4.js';
import { localReference } from './reference.js';

/** Names of top-level elements, each in one list at most. */
export interface StoredDifference {
  /** Same meaning in another form: relative and absolute reference, other time zone, trimmed text, attachment moved to a url. */
  readonly normalised: readonly string[];
  /** Sent and not there. */
  readonly dropped: readonly string[];
  /** There with another meaning, or a part of it missing. */
  readonly changed: readonly string[];
}

type Likeness = 'equal' | 'normalised' | 'different';

/** What became of the named elements of `sent` in `stored`. What the server added beside them counts as equal. */
export function storedDifference(sent: Resource, stored: Resource, elements: readonly string[]): StoredDifference {
  const [before, after] = [sent, stored] as unknown as [Record<string, unknown>, Record<string, unknown>];
  const normalised: string[] = [];
  const dropped: string[] = [];
  const changed: string[] = [];
  for (const element of elements) {
    if (before[element] === undefined) continue;
    if (after[element] === undefined) dropped.push(element);
    else {
      const likeness = likenessOf(before[element], after[element]);
      if (likeness === 'different') changed.push(element);
      if (likeness === 'normalised') normalised.push(element);
    }
  }
  return { normalised, dropped, changed };
}

function likenessOf(sent: unknown, stored: unknown): Likeness {
  if (Array.isArray(sent)) return Array.isArray(stored) ? likenessOfLists(sent, stored) : 'different';
  if (typeof sent === 'object' && sent !== null) {
    if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return 'different';
    return likenessOfObjects(sent as Record<string, unknown>, stored as Record<string, unknown>);
  }
  if (sent === stored) return 'equal';
  return typeof sent === 'string' && typeof stored === 'string' && sameMeaning(sent, stored)
    ? 'normalised'
    : 'different';
}

// Each item sent needs an item of its own among those stored, in any order.
function likenessOfLists(sent: readonly unknown[], stored: readonly unknown[]): Likeness {
  const left = [...stored];
  const all = sent.map((item): Likeness => {
    for (const wanted of ['equal', 'normalised'] as const) {
      const at = left.findIndex((candidate) => likenessOf(item, candidate) === wanted);
      if (at >= 0) {
        left.splice(at, 1);
        return wanted;
      }
    }
    return 'different';
  });
  return worst(all);
}

function likenessOfObjects(sent: Record<string, unknown>, stored: Record<string, unknown>): Likeness {
  return worst(
    Object.entries(sent).map(([key, value]) => {
      if (stored[key] !== undefined) return likenessOf(value, stored[key]);
      // https://hl7.org/fhir/R4/datatypes.html#Attachment: a server may keep the data elsewhere and point at it.
      return key === 'data' && typeof stored['url'] === 'string' ? 'normalised' : 'different';
    }),
  );
}

function sameMeaning(sent: string, stored: string): boolean {
  if (sent.trim() === stored.trim()) return true;
  const instant = /^\d{4}-\d{2}-\d{2}T/;
  if (instant.test(sent) && instant.test(stored)) return Date.parse(sent) === Date.parse(stored);
  const local = localReference(sent);
  return local !== undefined && local === localReference(stored);
}

const worst = (all: readonly Likeness[]): Likeness =>
  all.includes('different') ? 'different' : all.includes('normalised') ? 'normalised' : 'equal';

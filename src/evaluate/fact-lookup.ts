import { Value } from 'typebox/value';
import { isMissing, type FactKindDefinition, type RecordedFact } from '../model/fact.js';
import { factKinds } from '../model/facts/registry.js';
import { notMeasuredReasons, type NotMeasuredReason } from '../model/outcome.js';
import type { AnySubject } from '../model/subject.js';

export type FoundFact =
  { readonly fact: RecordedFact; readonly value: unknown } | { readonly missing: NotMeasuredReason };

export type FactLookup = (kind: string, subject: AnySubject) => FoundFact;

const kinds: Readonly<Record<string, FactKindDefinition>> = factKinds;

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

function validated(fact: RecordedFact): FoundFact {
  if (isMissing(fact.value)) {
    const reason = notMeasuredReasons.find((known) => known === (fact.value as { missing: unknown }).missing);
    return { missing: reason ?? 'recorded-by-another-version' };
  }
  const definition = kinds[fact.kind];
  if (definition?.version !== fact.version || !Value.Check(definition.schema, fact.value)) {
    return { missing: 'recorded-by-another-version' };
  }
  return { fact, value: freeze(fact.value) };
}

/** The same evidence is judged again for every narrower contract; it is validated once. */
const known = new WeakMap<RecordedFact, FoundFact>();
function read(fact: RecordedFact): FoundFact {
  const found = known.get(fact) ?? validated(fact);
  known.set(fact, found);
  return found;
}

/** A measurement stays when a claim arrives later; otherwise the later fact replaces the earlier one. */
const replaces = (later: FoundFact, earlier: FoundFact): boolean =>
  'missing' in earlier ||
  (!('missing' in later) && (later.fact.grade !== 'attested' || earlier.fact.grade === 'attested'));

/**
 * Facts by kind, at the subject and then at its parents. A fact that is there beats a missing one, a later beats an
 * earlier one. What nobody recorded is `not-gathered`; what this version cannot read is `recorded-by-another-version`.
 */
export function factLookup(facts: readonly RecordedFact[], subjects: readonly AnySubject[]): FactLookup {
  const parents = new Map(subjects.map((subject) => [subject.id, subject.parent]));
  const found = new Map<string, FoundFact>();
  const key = (kind: string, subject: string) => `${kind}\n${subject}`;
  for (const fact of facts) {
    const place = key(fact.kind, fact.subject);
    const earlier = found.get(place);
    const later = read(fact);
    if (earlier === undefined || replaces(later, earlier)) found.set(place, later);
  }
  return (kind, subject) => {
    let nearest: FoundFact | undefined;
    for (let at: string | undefined = subject.id; at !== undefined; at = parents.get(at)) {
      const here = found.get(key(kind, at));
      if (here !== undefined && !('missing' in here)) return here;
      nearest ??= here;
    }
    return nearest ?? { missing: 'not-gathered' };
  };
}

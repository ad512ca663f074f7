import type { CheckResult } from '../../src/evaluate/engine.js';
import { compareCodeUnits } from '../../src/model/order.js';

/** `outcome`, `outcome message` or `not-measured reason`, by subject; each finding once. */
type Findings = Readonly<Record<string, readonly string[]>>;

const unknownType = 'fail unknown-type-found';
const unvalidated = ['fail stored'];

/** What is true of FhirRouter 4.5.2 over its memory repository, each tried by hand before a check was asked. */
export const expected: Readonly<Record<string, Findings>> = {
  // GET /metadata is taken for a search, and there is no SMART configuration.
  'discovery.capability': { run: ['fail no-statement'] },
  'discovery.smart-config': { run: ['fail no-document'] },
  // The token endpoint of this test takes a shared secret.
  'auth.backend-token': { run: ['warn shared-secret'] },
  // Scopes are nobody's business there.
  'scope.enforced': { run: ['fail leaked'] },
  // A type that does not exist is answered like one that is empty. No page says where it ends, and all rows come at once.
  'read.interactions': {
    'resource:caller': [unknownType],
    'resource:slot': [unknownType],
    'resource:visits': [unknownType],
    'resource:visits-with-patient': [unknownType, 'warn nothing-included'],
    // A reference by its bare id, and a parameter the server does not know, find nothing and say nothing.
    'resource:visits-by-bare-id': [unknownType, 'not-measured nothing-known'],
    'resource:visits-of-a-desk': [unknownType, 'not-measured nothing-known'],
  },
  // Searched by `Patient/<id>` everything documented is there; only the bare id finds nothing.
  'read.known-set': { run: ['pass'] },
  'read.required-fields': { 'resource:caller': ['pass'], 'resource:slot': ['fail never', 'pass'] },
  'read.slot-truth': { slots: ['pass'] },
  'write.create': { 'action:book': ['pass'], 'action:file-call-back': ['pass'] },
  'write.update-patch': { 'action:book': ['pass'], 'action:cancel': ['pass'], 'action:take-call-back': ['pass'] },
  // If-None-Exist is heeded, also by two at once.
  'write.idempotent-retry': {
    'action:book': ['pass'],
    'action:cancel': ['pass'],
    'action:file-call-back': ['pass'],
    'action:take-call-back': ['pass'],
    'action:book-and-file': ['not-measured tool-limited'],
  },
  // Nothing is validated.
  'write.invalid-rejected': {
    'action:book': unvalidated,
    'action:cancel': unvalidated,
    'action:file-call-back': unvalidated,
    'action:take-call-back': unvalidated,
    'action:book-and-file': ['not-measured tool-limited'],
  },
  // An outdated If-Match is applied on PATCH and DELETE and refused with 412 on PUT; none is asked for on any.
  'write.version-conflict': {
    'action:book': ['fail overwritten', 'warn unguarded'],
    'action:cancel': ['fail overwritten', 'warn unguarded'],
    'action:take-call-back': ['pass', 'warn unguarded'],
    'action:file-call-back': ['fail overwritten'],
    'action:book-and-file': ['not-measured tool-limited'],
  },
  // Nothing holds a slot: two who book it at once both have it.
  'write.slot-race': { 'action:book': ['fail booked-twice'] },
  'write.status-timestamps': { 'action:cancel': ['pass'], 'action:take-call-back': ['pass'] },
  // Earlier versions can be read, by ids that are no numbers.
  'rollback.history': { 'action:book': ['pass'], 'action:cancel': ['pass'], 'action:take-call-back': ['pass'] },
  // A transaction that fails is answered with an error, and what stood before the bad entry stays.
  'error.atomic-bundle': { 'action:book-and-file': ['fail half-stored'] },
  // Errors repeat nothing of what was asked.
  'hipaa.phi-leakage': { run: ['pass'] },
  // What was deleted is answered 404, which the standard allows beside 410.
  'rollback.compensate': {
    'action:book': ['pass'],
    'action:cancel': ['pass'],
    'action:file-call-back': ['pass'],
    'action:take-call-back': ['pass'],
    'action:book-and-file': ['not-measured tool-limited'],
  },
};

export interface Row {
  readonly check: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
}

/** Every subject of every check, expected or found; `-` where one of the two is silent. */
export function rowsOf(results: readonly CheckResult[]): Row[] {
  const rows: Row[] = [];
  for (const [check, bySubject] of Object.entries(expected)) {
    const found = new Map<string, Set<string>>();
    for (const each of results.find((result) => result.check.id === check)?.judgements ?? []) {
      if (each.outcome === 'not-applicable') continue;
      const said = [each.outcome, each.messageId ?? each.reason ?? ''].join(' ').trimEnd();
      found.set(each.subject, (found.get(each.subject) ?? new Set()).add(said));
    }
    for (const subject of new Set([...Object.keys(bySubject), ...found.keys()])) {
      rows.push({ check, subject, expected: textOf(bySubject[subject]), found: textOf(found.get(subject)) });
    }
  }
  return rows;
}

const textOf = (findings: Iterable<string> | undefined): string =>
  findings === undefined ? '-' : [...findings].sort(compareCodeUnits).join(', ');

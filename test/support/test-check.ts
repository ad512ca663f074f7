import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { aggregate, judge, type Results } from '../../src/evaluate/engine.js';
import { factLookup } from '../../src/evaluate/fact-lookup.js';
import type { AnyCheck } from '../../src/model/check.js';
import type { Contract } from '../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';
import { isMissing, type FactKind, type FactValue, type Missing, type RecordedFact } from '../../src/model/fact.js';
import { factKinds } from '../../src/model/facts/registry.js';
import { outcomeRank, type Outcome } from '../../src/model/outcome.js';
import type { AnySubject, Subject, SubjectItems, SubjectKind } from '../../src/model/subject.js';

/** Facts of one case by kind; a kind that is left out was not gathered. */
export type CaseFacts = { readonly [K in FactKind]?: FactValue<K> | Missing };
export interface FullCase {
  readonly facts: CaseFacts;
  /** The subject's item; without one a small literal of the check's kind. */
  readonly subject?: { readonly item: unknown; readonly id?: string };
  readonly startedAt?: string;
  /** What other checks found, for a derived check: an outcome of the run, or outcomes by subject. */
  readonly results?: Readonly<Record<string, Outcome | Readonly<Record<string, Outcome>>>>;
}
export type Case = CaseFacts | FullCase;
export type Cases = Readonly<Record<string, Case>>;

/** Cases by the outcome they must have, each with a name. */
export interface CheckCases {
  readonly pass?: Cases;
  readonly warn?: Cases;
  readonly fail?: Cases;
  readonly notMeasured?: Cases;
  readonly notApplicable?: Cases;
}

const startedAt = '2026-11-20T08:00:00.000Z';
const contract: Contract = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'WorkflowContract',
  metadata: { id: 'scheduling' },
};
const organization: OrganizationProfile = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id: 'lakeside' },
};
const environment = { class: 'simulator', fhirBase: 'https://127.0.0.1/fhir' } as const;
const trigger = { id: 'call', kind: 'external' } as const;
const action = { id: 'book', kind: 'commit', via: 'fhir-r4', interaction: 'create', resource: 'Appointment' } as const;

const items: { readonly [K in SubjectKind]: SubjectItems[K] } = {
  run: { contract, organization, environmentId: 'simulator' },
  endpoint: { environmentId: 'simulator', environment },
  binding: { id: 'bot', environment: 'simulator', usedBy: 'ai-system', flow: 'backend' },
  trigger: { trigger, channel: { kind: 'external' } },
  resource: { id: 'slot', type: 'Slot', fields: [{ path: 'Slot.start', need: 'must' }] },
  action: { action, path: undefined },
  budget: {
    entry: {
      id: 'booking',
      trigger: 'call',
      answeredBy: 'book',
      from: 'ai-request',
      to: 'write-acknowledged',
      percentile: 95,
      budget: 'PT3S',
    },
    trigger,
    action,
  },
  cell: { role: 'bot', resourceType: 'Appointment', allow: 'crus', product: true, sites: ['own'] },
  slots: { schedules: ['2126500'] },
  attestation: { id: 'audit-retention', statement: 'Kept for six years', owner: 'records', expires: '2027-01-01' },
  peer: { organizationId: 'harbor', contract },
  'previous-run': { runId: 'run-1' },
};

/** A subject of a kind, of the item given or of a small literal one. */
export function literalSubject<K extends SubjectKind>(
  kind: K,
  item: SubjectItems[K] = items[kind],
  id: string = kind === 'run' ? 'run' : `${kind}:literal`,
): AnySubject {
  const subject: Subject<K> = {
    kind,
    id,
    item,
    parent: kind === 'run' ? undefined : 'run',
    demandedBy: { document: 'contract', pointer: '' },
  };
  return subject as unknown as AnySubject;
}

const isFull = (given: Case): given is FullCase => 'facts' in given;
const full = (given: Case): FullCase => (isFull(given) ? given : { facts: given });

function recorded(check: AnyCheck, subject: string, facts: CaseFacts): RecordedFact[] {
  return Object.entries(facts).map(([kind, value]) => {
    if (![...check.reads, ...(check.optional ?? [])].includes(kind as FactKind)) {
      throw new Error(`${check.id} does not declare the fact ${kind}`);
    }
    const { version, schema } = factKinds[kind as FactKind];
    if (!isMissing(value) && !Value.Check(schema, value)) {
      throw new Error(`${kind} does not fit its schema: ${JSON.stringify(Value.Errors(schema, value).slice(0, 3))}`);
    }
    return { kind, version, subject, value, grade: 'measured', exchanges: [], environmentClass: 'simulator' };
  });
}

function resultsOf(check: AnyCheck, given: NonNullable<FullCase['results']>): Results {
  return new Map(
    Object.entries(given).map(([id, found]) => {
      if (!(check.looksAt ?? []).includes(id)) throw new Error(`${check.id} does not look at ${id}`);
      const judgements = Object.entries(typeof found === 'string' ? { run: found } : found).map(
        ([subject, outcome]) => ({
          subject,
          outcome,
          reason: outcome === 'not-measured' ? ('undecided' as const) : null,
          grade: outcome === 'not-measured' || outcome === 'not-applicable' ? null : ('measured' as const),
          environmentClass: 'simulator' as const,
        }),
      );
      const worst = outcomeRank.find((outcome) => judgements.some((one) => one.outcome === outcome));
      return [id, { outcome: worst ?? 'not-applicable', judgements }];
    }),
  );
}

/** What the check says of one case. */
export function run(check: AnyCheck, given: FullCase) {
  const item = given.subject?.item as SubjectItems[SubjectKind] | undefined;
  const subject = literalSubject(check.subjects, item, given.subject?.id);
  const results = resultsOf(check, given.results ?? {});
  const lookup = factLookup(recorded(check, subject.id, given.facts), [subject]);
  return aggregate(check, judge(check, subject, lookup, { startedAt: given.startedAt ?? startedAt }, results));
}

const outcomes: Readonly<Record<keyof CheckCases, Outcome>> = {
  pass: 'pass',
  warn: 'warn',
  fail: 'fail',
  notMeasured: 'not-measured',
  notApplicable: 'not-applicable',
};

/**
 * Tests a check with literals. Every case is judged twice and after a JSON round trip, on frozen facts, and must have its
 * group's outcome. Every message needs a case that says it, a message of kind `control` one that leaves the check not
 * measured, and every fact the check reads leaves it not measured while it is missing. Equal cases are refused.
 */
export function testCheck(check: AnyCheck, cases: CheckCases): void {
  describe(check.id, () => {
    const said = new Map<string, Set<Outcome>>();
    const seen = new Map<string, string>();
    for (const [group, named] of Object.entries(cases) as [keyof CheckCases, Cases][]) {
      for (const [name, given] of Object.entries(named)) {
        it(`${outcomes[group]}: ${name}`, () => {
          const written = JSON.stringify(given);
          expect(seen.get(written), `the same case as "${seen.get(written)}"`).toBeUndefined();
          seen.set(written, name);
          const result = run(check, full(given));
          expect(result.outcome, JSON.stringify(result.judgements)).toBe(outcomes[group]);
          expect(run(check, full(given)).judgements).toEqual(result.judgements);
          const travelled = run(check, full(JSON.parse(written) as Case));
          expect(JSON.stringify(travelled.judgements)).toBe(JSON.stringify(result.judgements));
          for (const { messageId, outcome } of result.judgements) {
            if (messageId !== null) said.set(messageId, (said.get(messageId) ?? new Set()).add(outcome));
          }
        });
      }
    }
    it('has a case for every message', () => {
      for (const [id, { kind }] of Object.entries(check.messages)) {
        const as = [...(said.get(id) ?? [])];
        expect(as, `message ${id}`).not.toEqual([]);
        if (kind === 'control') expect(as, `control ${id}`).toContain('not-measured');
        if (as.includes('fail')) expect(['proof', 'rate', 'availability'], `kind of ${id}`).toContain(kind);
      }
    });
    it('is not measured while a fact it reads is missing', () => {
      const given = Object.values(cases.pass ?? cases.warn ?? cases.fail ?? {})[0];
      if (given === undefined) throw new Error(`${check.id} has no case that passes, warns or fails`);
      for (const kind of check.reads) {
        const facts = { ...full(given).facts, [kind]: { missing: 'unavailable' } };
        const { outcome, reason } = run(check, { ...full(given), facts });
        expect([outcome, reason], kind).toEqual(['not-measured', 'unavailable']);
      }
    });
  });
}

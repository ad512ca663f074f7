import { describe, expect, it } from 'vitest';
import { aggregate, evaluate } from '../../src/evaluate/engine.js';
import type { AnyCheck } from '../../src/model/check.js';
import type { RecordedFact } from '../../src/model/fact.js';
import type { AnySubject } from '../../src/model/subject.js';
import { literalSubject } from '../support/test-check.js';
import { derivedFrom, versionConflict } from './fixture-check.js';

const run = { startedAt: '2026-11-20T08:00:00.000Z' };
const action = literalSubject('action', undefined, 'action:book');
const subjects: AnySubject[] = [literalSubject('run'), action];
const refused = { status: 412, newerDataKept: true, explained: true, currentAccepted: true };

const fact = (value: unknown, more: Partial<RecordedFact> = {}): RecordedFact => ({
  kind: 'stale-update',
  version: 1,
  subject: 'action:book',
  value,
  grade: 'measured',
  exchanges: ['x1', 'x2'],
  environmentClass: 'org-nonprod',
  ...more,
});

const judged = (facts: RecordedFact[], check: AnyCheck = versionConflict, of = subjects) => {
  const { outcome, reason, grade, judgements } = evaluate([check], of, facts, run)[0]!;
  return { outcome, reason, grade, judgements };
};

describe('without a fact it reads, a check', () => {
  const elsewhere: AnyCheck = {
    ...versionConflict,
    optional: ['unconditional-update', 'product-trials'],
    otherwise: ({ 'product-trials': trials }, say, _, missing) =>
      trials === undefined
        ? []
        : (trials as readonly unknown[]).length === 0
          ? [say.notMeasured('unexplained', missing, { status: 0 })]
          : [say.fail('overwritten', { status: 200 })],
  };
  const trials = (...value: object[]): RecordedFact => fact(value, { kind: 'product-trials', exchanges: ['p1'] });
  const row = { control: 'noOverwrite', trials: 1, breaches: 1 };

  it('may fail by others, and stays not measured beside it', () => {
    const { outcome, judgements } = judged([fact({ missing: 'writes-off' }), trials(row)], elsewhere);
    expect(outcome).toBe('fail');
    expect(judgements.map((one) => [one.outcome, one.messageId, one.reason, one.grade, one.exchanges])).toEqual([
      ['fail', 'overwritten', null, 'measured', ['p1']],
      ['not-measured', null, 'writes-off', null, []],
    ]);
  });

  it('says what others show, with the reason of the missing one', () => {
    const { outcome, reason, judgements } = judged([fact({ missing: 'writes-off' }), trials()], elsewhere);
    expect([outcome, reason, judgements.length]).toEqual(['not-measured', 'writes-off', 1]);
    expect(judgements[0]?.messageId).toBe('unexplained');
  });

  it('is asked nothing else where the fact is there, and never passes where it is not', () => {
    expect(judged([fact(refused), trials(row)], elsewhere).outcome).toBe('pass');
    const passing: AnyCheck = { ...elsewhere, otherwise: () => [{ outcome: 'pass' }] };
    expect(judged([trials(row)], passing).outcome).toBe('error');
  });
});

describe('facts', () => {
  it('are found at the subject', () => {
    expect(judged([fact(refused)])).toMatchObject({
      outcome: 'pass',
      grade: 'measured',
      judgements: [{ subject: 'action:book', exchanges: ['x1', 'x2'], environmentClass: 'org-nonprod' }],
    });
  });

  it('are found at a parent when the subject has none or a missing one', () => {
    const parent = fact(refused, { subject: 'run' });
    expect(judged([parent]).outcome).toBe('pass');
    expect(judged([fact({ missing: 'writes-off' }), parent]).outcome).toBe('pass');
  });

  it('nobody recorded are not gathered', () => {
    expect(judged([])).toMatchObject({ outcome: 'not-measured', reason: 'not-gathered', grade: null });
  });

  it('that are missing give their reason', () => {
    expect(judged([fact({ missing: 'no-second-context' })])).toMatchObject({ reason: 'no-second-context' });
  });

  it('of another version or another shape are not guessed at', () => {
    expect(judged([fact(refused, { version: 2 })]).reason).toBe('recorded-by-another-version');
    expect(judged([fact({ status: '412' })]).reason).toBe('recorded-by-another-version');
    expect(judged([fact({ missing: 'a-reason-of-tomorrow' })]).reason).toBe('recorded-by-another-version');
  });

  it('recorded later win, but a missing one and a claim never replace a measurement', () => {
    const lost = { ...refused, newerDataKept: false };
    expect(judged([fact(refused), fact(lost)]).outcome).toBe('fail');
    expect(judged([fact(lost), fact({ missing: 'unavailable' })]).outcome).toBe('fail');
    expect(judged([fact(lost), fact(refused, { grade: 'attested' })]).outcome).toBe('fail');
    expect(judged([fact(refused, { grade: 'attested' }), fact(lost)]).outcome).toBe('fail');
  });

  it('carry the weakest grade and the lowest environment', () => {
    const optional = fact(
      { status: 412 },
      { kind: 'unconditional-update', grade: 'witnessed', environmentClass: 'simulator' },
    );
    expect(judged([fact(refused), optional])).toMatchObject({
      grade: 'witnessed',
      judgements: [{ environmentClass: 'simulator' }],
    });
  });
});

describe('a check', () => {
  it('is not applicable without subjects, or not measured where nobody supplied them', () => {
    expect(judged([], versionConflict, [literalSubject('run')]).outcome).toBe('not-applicable');
    expect(judged([], { ...versionConflict, ifNone: 'no-peer' }, [literalSubject('run')])).toMatchObject({
      outcome: 'not-measured',
      reason: 'no-peer',
    });
  });

  it('that throws is an error', () => {
    const broken: AnyCheck = {
      ...versionConflict,
      evaluate: () => {
        throw new RangeError('a value of the record');
      },
    };
    const result = judged([fact(refused)], broken);
    expect(result.judgements).toMatchObject([{ outcome: 'error', data: { fault: 'RangeError' } }]);
    expect(JSON.stringify(result)).not.toContain('a value of the record');
  });

  it.each<[string, AnyCheck['evaluate']]>([
    ['reads what it did not declare', (facts, say) => say.pass({ n: facts['field-presence'] })],
    ['spreads its facts', (facts, say) => say.pass({ ...facts })],
    ['writes to its facts', (facts, say) => say.pass(Object.assign(facts['stale-update'] as object, { status: 1 }))],
    ['says what it did not declare', (_, say) => say.fail('unheard-of')],
    ['says nothing', () => []],
  ])('that %s is an error', (_, evaluateIt) => {
    expect(judged([fact(refused)], { ...versionConflict, evaluate: evaluateIt }).outcome).toBe('error');
  });

  it('has the worst outcome over its subjects', () => {
    const others = ['a', 'b', 'c', 'd', 'e'].map((id) => literalSubject('action', undefined, `action:${id}`));
    const all = [
      fact(refused),
      fact(refused, { subject: 'action:a' }),
      fact({ missing: 'cap' }, { subject: 'action:b' }),
    ];
    expect(judged(all, versionConflict, [action, ...others.slice(0, 2)]).outcome).toBe('not-measured');
    const warned = [...all, fact({ ...refused, explained: false }, { subject: 'action:c' })];
    expect(judged(warned, versionConflict, [action, ...others.slice(0, 1), others[2]!]).outcome).toBe('warn');
    const failed = [...warned, fact({ ...refused, newerDataKept: false }, { subject: 'action:d' })];
    expect(judged(failed, versionConflict, [action, ...others]).outcome).toBe('fail');
  });

  it('may tolerate a share of unmeasured subjects', () => {
    const tolerant = { ...versionConflict, aggregate: { notMeasuredShare: 0.2 } };
    const judgement = judged([fact(refused)]).judgements[0]!;
    const cells = (measured: number, unmeasured: number) => [
      ...Array.from({ length: measured }, (_, i) => ({ ...judgement, subject: `cell:m${i}` })),
      ...Array.from({ length: unmeasured }, (_, i) => ({
        ...judgement,
        subject: `cell:u${i}`,
        outcome: 'not-measured' as const,
        reason: 'no-credential' as const,
        grade: null,
      })),
    ];
    expect(aggregate(tolerant, cells(4, 1)).outcome).toBe('pass');
    expect(aggregate(tolerant, cells(3, 1))).toMatchObject({ outcome: 'not-measured', reason: 'no-credential' });
    expect(aggregate(tolerant, cells(0, 2)).outcome).toBe('not-measured');
  });
});

describe('a derived check', () => {
  const lost = { ...refused, newerDataKept: false };
  const both = (facts: RecordedFact[], derived: AnyCheck) =>
    evaluate([derived, versionConflict], subjects, facts, run).find(({ check }) => check === derived);

  it('is judged after the others, from what they found', () => {
    const derived = derivedFrom(['write.version-conflict']);
    expect(both([fact(refused)], derived)?.outcome).toBe('pass');
    expect(both([fact(lost)], derived)?.outcome).toBe('fail');
    expect(both([], derived)).toMatchObject({ outcome: 'not-measured', reason: 'prerequisite-failed' });
  });

  it('has the weakest grade and the lowest environment of what it used', () => {
    const witnessed = fact(refused, { grade: 'witnessed', environmentClass: 'vendor-sandbox' });
    expect(both([witnessed], derivedFrom(['write.version-conflict']))).toMatchObject({
      grade: 'witnessed',
      judgements: [{ environmentClass: 'vendor-sandbox', grade: 'witnessed' }],
    });
  });

  it('finds what is frozen', () => {
    const changing = derivedFrom(['write.version-conflict'], (seen) => {
      (seen as { outcome: string }).outcome = 'pass';
    });
    expect(both([fact(lost)], changing)).toMatchObject({
      outcome: 'error',
      judgements: [{ data: { fault: 'TypeError' } }],
    });
  });

  it('sees no result it did not name, and no other derived check', () => {
    const curious = { ...derivedFrom(['write.version-conflict']), looksAt: ['write.create'] };
    expect(both([fact(refused)], curious)?.outcome).toBe('error');
    const first = derivedFrom(['write.version-conflict']);
    const second: AnyCheck = {
      ...derivedFrom(['write.version-conflict']),
      id: 'value.second',
      looksAt: [first.id],
      evaluate: (_facts, say, _subject, _run, results) =>
        results[first.id] === undefined ? say.notMeasured('unknown', 'prerequisite-failed') : say.pass(),
    };
    const results = evaluate([first, second, versionConflict], subjects, [fact(refused)], run);
    expect(results.map(({ check, outcome }) => [check.id, outcome])).toEqual([
      ['value.derived', 'pass'],
      ['value.second', 'not-measured'],
      ['write.version-conflict', 'pass'],
    ]);
  });
});

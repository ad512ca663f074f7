import { describe, expect, it } from 'vitest';
import { atHolder, defineCheck, holderMessages } from '../src/check.js';
import type { Holder } from '../src/model/outcome.js';
import { literalSubject, testCheck } from './support/test-check.js';
import { versionConflict } from './evaluate/fixture-check.js';
import { evaluate } from '../src/evaluate/engine.js';

const heldBy = (declared: Holder) => ({
  item: {
    action: { id: 'book', kind: 'commit' as const, controls: { noOverwrite: { heldBy: declared } } },
    path: undefined,
  },
});

const held = defineCheck({
  ...versionConflict,
  subjects: 'action',
  reads: ['stale-update'],
  optional: ['product-trials', 'person-drills'],
  messages: {
    ...holderMessages,
    overwritten: { kind: 'proof', text: 'The EHR answered {status}.' },
    vacuous: { kind: 'control', text: 'Everything is refused.' },
    unexplained: { kind: 'proof', text: 'Refused with {status} and no explanation.' },
  },
  when: () => true,
  evaluate: (facts, say, { item }) => {
    const { 'stale-update': stale } = facts;
    return atHolder(
      say,
      'noOverwrite',
      item.action.controls?.noOverwrite?.heldBy,
      facts,
      !stale.newerDataKept
        ? say.fail('overwritten', stale)
        : !stale.currentAccepted
          ? say.notMeasured('vacuous', 'control-failed')
          : stale.explained
            ? say.pass()
            : say.warn('unexplained', stale),
    );
  },
});

const refused = { status: 412, newerDataKept: true, explained: true, currentAccepted: true };
const lost = { ...refused, status: 200, newerDataKept: false };
const trials = (count: number, breaches: number, raceWindowMs?: number) => [
  { control: 'noOverwrite' as const, trials: count, breaches, ...(raceWindowMs === undefined ? {} : { raceWindowMs }) },
  { control: 'undo' as const, trials: 50, breaches: 50 },
];
const drills = (count: number, missed: number) => [{ control: 'noOverwrite' as const, drills: count, missed }];

testCheck(held, {
  pass: {
    'the EHR holds it': { 'stale-update': refused },
    'the EHR holds it, the product is declared and never tried': {
      facts: { 'stale-update': refused },
      subject: heldBy('product'),
    },
    '10 trials of the product': {
      facts: { 'stale-update': lost, 'product-trials': trials(10, 0) },
      subject: heldBy('product'),
    },
    '3 drills of a person': {
      facts: { 'stale-update': lost, 'person-drills': drills(3, 0) },
      subject: heldBy('person'),
    },
  },
  warn: {
    'refused without a word': {
      facts: { 'stale-update': { ...refused, explained: false } },
      subject: heldBy('product'),
    },
  },
  fail: {
    'nobody else is declared': { 'stale-update': lost, 'product-trials': trials(40, 0) },
    'one breach of 40': {
      facts: { 'stale-update': lost, 'product-trials': trials(40, 1) },
      subject: heldBy('product'),
    },
    'one breach of 5': { facts: { 'stale-update': lost, 'product-trials': trials(5, 1) }, subject: heldBy('product') },
    'one drill missed': { facts: { 'stale-update': lost, 'person-drills': drills(4, 1) }, subject: heldBy('person') },
  },
  notMeasured: {
    '9 trials': { facts: { 'stale-update': lost, 'product-trials': trials(9, 0) }, subject: heldBy('product') },
    'no trials': { facts: { 'stale-update': lost }, subject: heldBy('product') },
    '2 drills': { facts: { 'stale-update': lost, 'person-drills': drills(2, 0) }, subject: heldBy('person') },
    'the EHR could not be seen, whoever is declared': {
      facts: { 'stale-update': { ...refused, currentAccepted: false }, 'product-trials': trials(59, 0) },
      subject: heldBy('product'),
    },
  },
});

describe('the finding', () => {
  const subject = literalSubject('action', heldBy('product').item, 'action:book');
  const fact = (kind: string, value: unknown, grade: 'measured' | 'witnessed') => ({
    kind,
    version: 1,
    subject: 'action:book',
    value,
    grade,
    exchanges: [],
    environmentClass: 'simulator' as const,
  });
  const run = { startedAt: '2026-11-20T08:00:00.000Z' };

  it('says who holds the control, with the bound and the race window that is left', () => {
    const facts = [fact('stale-update', lost, 'measured'), fact('product-trials', trials(12, 0, 340), 'measured')];
    expect(evaluate([held], [subject], facts, run)[0]!.judgements).toMatchObject([
      {
        holder: 'product',
        data: { trials: 12, breaches: 0, atMostPercent: 22.1, raceWindowMs: 340, ehr: 'overwritten' },
      },
    ]);
  });

  it('takes the grade of the drills only where a person holds the control', () => {
    const drilled = [fact('stale-update', lost, 'measured'), fact('person-drills', drills(3, 0), 'witnessed')];
    const person = literalSubject('action', heldBy('person').item, 'action:book');
    expect(evaluate([held], [person], drilled, run)[0]!.grade).toBe('witnessed');
    const enforced = [fact('stale-update', refused, 'measured'), drilled[1]!];
    expect(evaluate([held], [person], enforced, run)[0]!).toMatchObject({
      grade: 'measured',
      judgements: [{ holder: 'ehr' }],
    });
  });
});

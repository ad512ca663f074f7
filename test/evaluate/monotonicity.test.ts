import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotMeasuredReason } from '../../src/model/outcome.js';
import type { Scorecard } from '../../src/model/scorecard.js';
import { allIds, fail, gap, notMeasured, pass, scored, warn, type Found, type Table } from './score-case.js';
import { tries } from '../support/everything.js';

const runs = { numRuns: tries(25) };
const answerRank = { yes: 2, partly: 1, 'not-shown': 0, no: 0 } as const;
const decisionRank = { go: 2, 'conditional-go': 1, 'no-go-failed': 0, 'no-go-not-shown': 0, none: 0 } as const;
const places = [...allIds, 'scope.role[human]', 'scope.site[human]'];
const safetyBlockers = [
  'write.version-conflict',
  'write.idempotent-retry',
  'rollback.compensate',
  'scope.enforced',
  'scope.patient-boundary',
  'auth.cross-org-token',
  'audit.writes-logged',
  'hipaa.tls',
];

const reasons: readonly NotMeasuredReason[] = ['no-credential', 'not-yet', 'too-few', 'unavailable'];
const found: fc.Arbitrary<Found> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(pass()) },
  { weight: 1, arbitrary: fc.constant(pass({ grade: 'witnessed' })) },
  { weight: 2, arbitrary: fc.constant(warn()) },
  { weight: 2, arbitrary: fc.constantFrom(...reasons).map(notMeasured) },
  { weight: 1, arbitrary: fc.constant(fail()) },
);
const table: fc.Arbitrary<Table> = fc.dictionary(fc.constantFrom(...places), found, {
  maxKeys: 6,
  noNullPrototype: true,
});
const gapped = fc.array(fc.constantFrom(...allIds), { maxLength: 8 });

const worse: Readonly<Record<string, readonly Found[]>> = {
  pass: [warn(), notMeasured('no-credential'), fail()],
  warn: [notMeasured('no-credential'), fail()],
};

function notBetter(after: Scorecard, before: Scorecard): void {
  for (const [index, { answer, question }] of after.answers.entries()) {
    expect(answerRank[answer], question).toBeLessThanOrEqual(answerRank[before.answers[index]!.answer]);
  }
  expect(decisionRank[after.decision.value]).toBeLessThanOrEqual(decisionRank[before.decision.value]);
  expect(after.index.value).toBeLessThanOrEqual(before.index.value);
}

describe('never improves an answer, the index or the decision', () => {
  it('a result that gets worse', () => {
    fc.assert(
      fc.property(table, gapped, fc.constantFrom(...places), fc.nat(2), (before, ids, place, choice) => {
        const now = before[place] ?? pass();
        const options = worse[now.outcome] ?? [];
        fc.pre(options.length > 0);
        const gaps = ids.map((id) => gap(id));
        const after = { ...before, [place]: options[choice % options.length]! };
        notBetter(scored({ found: after, gaps }), scored({ found: before, gaps }));
      }),
      runs,
    );
  });

  it('a gap that is removed', () => {
    fc.assert(
      fc.property(table, gapped, (before, ids) => {
        fc.pre(ids.length > 0);
        const gaps = ids.map((id) => gap(id));
        notBetter(scored({ found: before, gaps: gaps.slice(1) }), scored({ found: before, gaps }));
      }),
      runs,
    );
  });

  it('a check that passes and that this version does not have', () => {
    fc.assert(
      fc.property(table, gapped, fc.constantFrom(...allIds), (before, ids, absent) => {
        fc.pre(before[absent] === undefined && before[`${absent}[human]`] === undefined);
        const gaps = ids.map((id) => gap(id));
        notBetter(scored({ found: before, gaps, absent: [absent] }), scored({ found: before, gaps }));
      }),
      runs,
    );
  });

  it('evidence from below the environment that decides, or recorded by the vendor', () => {
    fc.assert(
      fc.property(table, gapped, fc.boolean(), (before, ids, byVendor) => {
        const gaps = ids.map((id) => gap(id));
        const own = scored({ environment: 'org-nonprod', found: before, gaps });
        const lowered = byVendor
          ? scored({
              environment: 'org-nonprod',
              found: before,
              gaps,
              header: { operator: { party: 'vendor', who: 'v' } },
            })
          : scored({ environment: 'vendor-sandbox', decides: 'org-nonprod', found: before, gaps });
        notBetter(lowered, own);
      }),
      runs,
    );
  });
});

describe('a fail that was not measured instead', () => {
  it('is never Go or Conditional go for a safety blocker', () => {
    fc.assert(
      fc.property(fc.constantFrom(...safetyBlockers), gapped, (id, ids) => {
        const gaps = [id, ...ids].map((one) => gap(one));
        const { decision } = scored({ found: { [id]: notMeasured('writes-off') }, gaps });
        expect(decisionRank[decision.value]).toBe(0);
      }),
      runs,
    );
  });

  it('is never Go for another deciding check, and Conditional go only with a gap for it, which is printed', () => {
    const deciding = scored()
      .checks.filter((check) => check.decides.length > 0 && !safetyBlockers.includes(check.id))
      .filter((check) => check.outcome !== 'not-applicable')
      .map((check) => check.id);
    fc.assert(
      fc.property(fc.constantFrom(...deciding), fc.boolean(), (id, covered) => {
        const { decision, answers } = scored({
          found: { [id]: notMeasured('too-few') },
          gaps: covered ? [gap(id)] : [],
        });
        expect(decision.value).toBe(covered ? 'conditional-go' : 'no-go-not-shown');
        expect(answers.some((one) => one.answer === 'not-shown')).toBe(true);
        const point = decision.openPoints.find((one) => one.check === id)!;
        expect(point.gap === null).toBe(!covered);
      }),
      runs,
    );
  });
});

it('renaming hosts and ids changes neither answers nor decision', () => {
  fc.assert(
    fc.property(table, fc.stringMatching(/^[a-z]{3,12}$/), (before, name) => {
      const header = {
        runId: name,
        environment: { id: 'simulator', class: 'simulator' as const, origin: `https://${name}.example` },
      };
      const [a, b] = [scored({ found: before }), scored({ found: before, header })];
      expect(b.answers).toEqual(a.answers);
      expect(b.decision).toEqual(a.decision);
    }),
    { numRuns: tries(20) },
  );
});

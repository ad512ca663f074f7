import type { AnyCheck, Data, Messages, Say, SeenResult, Verdict } from '../model/check.js';
import type { RecordedFact } from '../model/fact.js';
import {
  environmentClasses,
  outcomeRank,
  weakerGrade,
  type EnvironmentClass,
  type Grade,
  type Holder,
  type NotMeasuredReason,
  type Outcome,
} from '../model/outcome.js';
import { compareCodeUnits } from '../model/order.js';
import type { AnySubject } from '../model/subject.js';
import { factLookup, type FactLookup, type FoundFact } from './fact-lookup.js';

/** One finding of one check on one subject. */
export interface Judgement {
  readonly subject: string;
  readonly outcome: Outcome;
  readonly messageId: string | null;
  readonly reason: NotMeasuredReason | null;
  readonly data: Data;
  readonly holder: Holder | null;
  /** Weakest of the facts used; null when none was there. A static check without facts is measured. */
  readonly grade: Grade | null;
  /** Lowest of the facts used; null when no fact was used. */
  readonly environmentClass: EnvironmentClass | null;
  readonly exchanges: readonly string[];
}

/** What one check found over its subjects. */
export interface CheckResult {
  readonly check: AnyCheck;
  readonly outcome: Outcome;
  readonly grade: Grade | null;
  readonly reason: NotMeasuredReason | null;
  readonly judgements: readonly Judgement[];
}

/** What a derived check may look at, by id. */
export type Results = ReadonlyMap<string, SeenResult>;

export interface Run {
  /** UTC, ISO 8601: the only now there is. */
  readonly startedAt: string;
}

const nothing = { messageId: null, reason: null, data: {}, holder: null, grade: null, environmentClass: null };
const bare = (subject: string, outcome: Outcome, reason: NotMeasuredReason | null = null): Judgement => ({
  ...nothing,
  subject,
  outcome,
  reason,
  exchanges: [],
});

function speak(check: AnyCheck): Say<Messages> {
  const verdict = (
    outcome: Verdict['outcome'],
    message: string,
    data: Data | undefined,
    more: Partial<Verdict> = {},
  ) => {
    if (!Object.hasOwn(check.messages, message)) throw new Error(`${check.id} says an undeclared message: ${message}`);
    return { outcome, message, ...(data === undefined ? {} : { data }), ...more };
  };
  return {
    pass: (data, holder) => ({
      outcome: 'pass',
      ...(data === undefined ? {} : { data }),
      ...(holder === undefined ? {} : { holder }),
    }),
    warn: (id, data) => verdict('warn', id, data),
    fail: (id, data) => verdict('fail', id, data),
    notMeasured: (id, reason, data) => verdict('not-measured', id, data, { reason }),
    notApplicable: (id, data) => verdict('not-applicable', id, data),
  };
}

/** The facts a check declared; reading another one throws. `used` collects those it looked at. */
function declaredFacts(check: AnyCheck, found: ReadonlyMap<string, FoundFact>, used: Set<RecordedFact>) {
  return new Proxy<Record<string, unknown>>(Object.create(null), {
    get(_, kind) {
      if (typeof kind === 'symbol') return undefined;
      const here = found.get(kind);
      if (here === undefined) throw new Error(`${check.id} reads an undeclared fact: ${kind}`);
      if ('missing' in here) return undefined;
      used.add(here.fact);
      return here.value;
    },
    set: () => false,
    ownKeys: () => {
      throw new Error(`${check.id} looks at its facts without naming them`);
    },
    has: (_, kind) => found.has(String(kind)) && !('missing' in found.get(String(kind))!),
  });
}

/** The results a derived check declared; reading another one throws. `used` collects those it looked at. */
function declaredResults({ id, looksAt = [] }: AnyCheck, results: Results, used: Set<SeenResult>) {
  return new Proxy<Record<string, SeenResult | undefined>>(Object.create(null), {
    get(_, name) {
      if (typeof name === 'symbol') return undefined;
      if (!looksAt.includes(name)) throw new Error(`${id} looks at an undeclared result: ${name}`);
      const seen = results.get(name);
      if (seen !== undefined) used.add(seen);
      return seen;
    },
    set: () => false,
    ownKeys: () => {
      throw new Error(`${id} looks at results without naming them`);
    },
  });
}

/** Frozen, and without what only the engine needs. */
const seenResult = ({ outcome, judgements }: CheckResult): SeenResult =>
  Object.freeze({
    outcome,
    judgements: Object.freeze(
      judgements.map((one) =>
        Object.freeze({
          subject: one.subject,
          outcome: one.outcome,
          reason: one.reason,
          grade: one.grade,
          environmentClass: one.environmentClass,
        }),
      ),
    ),
  });

/**
 * Judges one subject. Throws what the check throws, and when it reads an undeclared fact or says an undeclared message.
 * An optional fact counts for the grade only when the check looks at it.
 */
export function judge(
  check: AnyCheck,
  subject: AnySubject,
  lookup: FactLookup,
  run: Run,
  results: Results = new Map(),
): readonly Judgement[] {
  if (check.when?.(subject) === false) return [bare(subject.id, 'not-applicable')];
  const found = new Map<string, FoundFact>();
  for (const kind of [...check.reads, ...(check.optional ?? [])]) found.set(kind, lookup(kind, subject));
  const gone = check.reads.flatMap((kind) => missingOf(found.get(kind)) ?? []).at(0);
  const used = new Set<RecordedFact>();
  const seen = new Set<SeenResult>();
  const facts = declaredFacts(check, found, used);
  const verdicts =
    gone === undefined
      ? [check.evaluate(facts, speak(check), subject, run, declaredResults(check, results, seen))].flat()
      : withoutFact(check, subject, facts, gone);
  if (verdicts.length === 0 && gone === undefined) throw new Error(`${check.id} says nothing about ${subject.id}`);
  const others = [...seen].flatMap((result) => result.judgements);
  const grades = [...used, ...others].flatMap((one) => one.grade ?? []);
  const grade = grades.reduce(weakerGrade, 'measured');
  // What is stated holds anywhere; a derived check depends on where the others were measured.
  const classes = (check.looksAt === undefined ? [...used] : others).map((one) => one.environmentClass);
  const judgements = verdicts.map((verdict) => ({
    subject: subject.id,
    outcome: verdict.outcome,
    messageId: verdict.message ?? null,
    reason: verdict.reason ?? null,
    data: verdict.data ?? {},
    holder: verdict.holder ?? null,
    grade: verdict.outcome === 'not-measured' || verdict.outcome === 'not-applicable' ? null : grade,
    environmentClass: environmentClasses.find((name) => classes.includes(name)) ?? null,
    exchanges: [...new Set([...used].flatMap((fact) => fact.exchanges))],
  }));
  const said = judgements.some(({ outcome }) => outcome === 'not-measured');
  return gone === undefined || said ? judgements : [...judgements, bare(subject.id, 'not-measured', gone)];
}

const missingOf = (found: FoundFact | undefined): NotMeasuredReason | undefined =>
  found !== undefined && 'missing' in found ? found.missing : undefined;

/** @throws Error where it passes all the same */
function withoutFact(
  check: AnyCheck,
  subject: AnySubject,
  facts: Readonly<Record<string, unknown>>,
  gone: NotMeasuredReason,
): readonly Verdict[] {
  const verdicts = check.otherwise?.(facts, speak(check), subject, gone) ?? [];
  const wrong = verdicts.find(({ outcome }) => outcome === 'pass' || outcome === 'not-applicable');
  if (wrong !== undefined) throw new Error(`${check.id} says ${wrong.outcome} without a fact it reads`);
  return verdicts;
}

const worst = (outcomes: readonly Outcome[]): Outcome =>
  outcomeRank.find((outcome) => outcomes.includes(outcome)) ?? 'not-applicable';

/** Fail > error > not-measured > warn > pass over subjects; a tolerated share of unmeasured subjects is left out. */
export function aggregate(check: AnyCheck, judgements: readonly Judgement[]): CheckResult {
  const outcomes = new Map<string, Outcome>();
  for (const { subject, outcome } of judgements) {
    const earlier = outcomes.get(subject);
    outcomes.set(subject, earlier === undefined ? outcome : worst([earlier, outcome]));
  }
  const applicable = [...outcomes].filter(([, outcome]) => outcome !== 'not-applicable');
  const unmeasured = applicable.filter(([, outcome]) => outcome === 'not-measured');
  const tolerated =
    unmeasured.length < applicable.length &&
    unmeasured.length <= (check.aggregate?.notMeasuredShare ?? 0) * applicable.length;
  const leftOut = new Set(tolerated ? unmeasured.map(([subject]) => subject) : []);
  const counted = judgements.filter(({ subject }) => !leftOut.has(subject));
  const outcome = worst(counted.map((judgement) => judgement.outcome));
  const deciding = counted.filter(
    (judgement) => judgement.outcome === outcome || (outcome === 'warn' && judgement.outcome === 'pass'),
  );
  const gradesSeen = deciding.flatMap(({ grade }) => (grade === null ? [] : [grade]));
  return {
    check,
    outcome,
    grade: gradesSeen.length === 0 ? null : gradesSeen.reduce(weakerGrade),
    reason: outcome === 'not-measured' ? (deciding.find(({ reason }) => reason !== null)?.reason ?? null) : null,
    judgements,
  };
}

/**
 * Every check over its subjects; derived ones last, from what the others found. Pure: the same arguments give the same
 * results. A check that throws is `error` for that subject; results come in code-unit order of check ids.
 */
export function evaluate(
  checks: readonly AnyCheck[],
  subjects: readonly AnySubject[],
  facts: readonly RecordedFact[],
  run: Run,
): CheckResult[] {
  const lookup = factLookup(facts, subjects);
  const judged = (check: AnyCheck, subject: AnySubject, results: Results): readonly Judgement[] => {
    try {
      return judge(check, subject, lookup, run, results);
    } catch (error) {
      return [{ ...bare(subject.id, 'error'), data: { fault: error instanceof Error ? error.name : 'unknown' } }];
    }
  };
  const resultOf = (check: AnyCheck, results: Results): CheckResult => {
    const own = subjects.filter((subject) => subject.kind === check.subjects);
    const all = own.flatMap((subject) => judged(check, subject, results));
    // A subject the check is not about says nothing, unless there is no other.
    const about = all.filter((one) => one.outcome !== 'not-applicable' || one.messageId !== null);
    if (all.length > 0) return aggregate(check, about.length > 0 ? about : all.slice(0, 1));
    return aggregate(check, [
      check.ifNone === 'not-applicable' ? bare('run', 'not-applicable') : bare('run', 'not-measured', check.ifNone),
    ]);
  };
  const first = checks.filter((check) => check.looksAt === undefined).map((check) => resultOf(check, new Map()));
  const results: Results = new Map(first.map((result) => [result.check.id, seenResult(result)]));
  const derived = checks.filter((check) => check.looksAt !== undefined).map((check) => resultOf(check, results));
  return [...first, ...derived].sort((a, b) => compareCodeUnits(a.check.id, b.check.id));
}

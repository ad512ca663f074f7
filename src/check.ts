import type { AnyCheck, Check, DerivedCheck, Message, Messages, Say, Verdict } from './model/check.js';
import type { FactKind, FactValue } from './model/fact.js';
import type { Holder } from './model/outcome.js';
import { upperBound } from './model/shares.js';
import type { SubjectKind } from './model/subject.js';

export type { SeenResult, Verdict } from './model/check.js';

/**
 * Declares a check. The types tie every message id to its holes and every fact read to its schema; what is returned is
 * the same object with the parameters forgotten, which is all the engine needs.
 */
export function defineCheck<
  Kind extends SubjectKind,
  Reads extends FactKind,
  const M extends Readonly<Record<string, Message>>,
  Optional extends FactKind = never,
>(check: Check<Kind, Reads, Optional, M & Messages>): AnyCheck {
  return check as unknown as AnyCheck;
}

/** Declares a check that is judged from the results of those it names in `looksAt`. */
export function defineDerivedCheck<
  const LooksAt extends string,
  Kind extends SubjectKind,
  Reads extends FactKind,
  const M extends Readonly<Record<string, Message>>,
  Optional extends FactKind = never,
>(check: DerivedCheck<LooksAt, Kind, Reads, Optional, M & Messages>): AnyCheck {
  return check as unknown as AnyCheck;
}

/** Messages of a control that somebody else than the EHR holds; a check that uses `atHolder` spreads them into its own. */
export const holderMessages = {
  'product-broke-it': {
    kind: 'proof',
    text: 'The EHR does not hold this control, and the product broke it in {breaches} of {trials} provoked trials.',
  },
  'product-not-shown': {
    kind: 'limit',
    text: 'The EHR does not hold this control; the product should, and {trials} of at least {needed} trials were seen.',
  },
  'person-missed-it': {
    kind: 'proof',
    text: 'The EHR does not hold this control, and a person missed it in {missed} of {drills} drills.',
  },
  'person-not-shown': {
    kind: 'limit',
    text: 'The EHR does not hold this control; a person should, and {drills} of at least {needed} drills were seen.',
  },
} as const satisfies Messages;

type Control = FactValue<'product-trials'>[number]['control'];

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/**
 * Judges a control at its declared holder. `ehr` is what the row's own rule says of the EHR. While that does not fail, or
 * is not measured, or nobody else is declared, it stands. Otherwise 10 provoked trials of the product without a breach, or
 * 3 drills of a person without a miss, hold the control in the EHR's place; one breach or miss fails.
 * `facts` are the check's own, with `product-trials` and `person-drills` among its optional ones.
 */
export function atHolder(
  say: Say<typeof holderMessages>,
  control: Control,
  declared: Holder | undefined,
  facts: {
    readonly 'product-trials'?: FactValue<'product-trials'>;
    readonly 'person-drills'?: FactValue<'person-drills'>;
  },
  ehr: Verdict | readonly Verdict[],
): readonly Verdict[] {
  const verdicts: readonly Verdict[] = 'outcome' in ehr ? [ehr] : ehr;
  const failed = verdicts.find((verdict) => verdict.outcome === 'fail');
  if (failed === undefined || declared === undefined || declared === 'ehr') {
    return verdicts.map((verdict) => (verdict.outcome === 'not-measured' ? verdict : { ...verdict, holder: 'ehr' }));
  }
  const seen = { control, ehr: failed.message, ehrData: failed.data };
  const held = (verdict: Verdict): readonly Verdict[] => [{ ...verdict, holder: declared }];
  if (declared === 'person') {
    const rows = (facts['person-drills'] ?? []).filter((row) => row.control === control);
    const [drills, missed] = [total(rows.map((row) => row.drills)), total(rows.map((row) => row.missed))];
    if (missed > 0) return held(say.fail('person-missed-it', { ...seen, missed, drills }));
    if (drills < 3)
      return held(say.notMeasured('person-not-shown', 'holder-not-shown', { ...seen, drills, needed: 3 }));
    return held(say.pass({ ...seen, drills }));
  }
  const rows = (facts['product-trials'] ?? []).filter((row) => row.control === control);
  const [trials, breaches] = [total(rows.map((row) => row.trials)), total(rows.map((row) => row.breaches))];
  if (breaches > 0) return held(say.fail('product-broke-it', { ...seen, breaches, trials }));
  if (trials < 10)
    return held(say.notMeasured('product-not-shown', 'holder-not-shown', { ...seen, trials, needed: 10 }));
  const windows = rows.flatMap(({ raceWindowMs }) => (raceWindowMs === undefined ? [] : [raceWindowMs]));
  const atMostPercent = Math.round(upperBound(0, trials) * 1000) / 10;
  const raceWindow = control === 'noOverwrite' && windows.length > 0 ? { raceWindowMs: Math.max(...windows) } : {};
  return held(say.pass({ ...seen, breaches, trials, atMostPercent, ...raceWindow }));
}

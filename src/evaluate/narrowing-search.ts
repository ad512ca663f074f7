import { compareCodeUnits } from '../model/order.js';
import type { JudgedRun } from './judged-run.js';
import { narrowerContract, stepId, type NarrowingStep } from './narrower-contract.js';
import { isApplicable, type Row } from './rows.js';
import type { ScoreInput } from './score-input.js';
import { promisedHundredths } from './value.js';

/** The same evidence judged against a narrower contract. */
export interface Variant {
  readonly steps: readonly NarrowingStep[];
  readonly input: ScoreInput;
  readonly judged: JudgedRun;
  /** Entries of the organization file that go with the parts. */
  readonly entries: readonly string[];
  /** Hundredths of a minute per week; null while the business case does not state them. */
  readonly earnedHundredths: number | null;
}

export const passes = ({ judged }: Pick<Variant, 'judged'>): boolean =>
  judged.decided.value === 'go' || judged.decided.value === 'conditional-go';

/**
 * The business case does not say which action a step stands on: once one action only suggests, no step outside the product
 * counts as earned.
 */
export const onlyByHand = (steps: readonly NarrowingStep[]): boolean => steps.some(({ part }) => part === 'action');

const combinations = (steps: readonly NarrowingStep[]): NarrowingStep[][] =>
  Array.from({ length: 2 ** steps.length - 1 }, (_, index) =>
    steps.filter((_step, place) => (((index + 1) >> place) & 1) === 1),
  );

interface Candidate {
  readonly steps: readonly NarrowingStep[];
  /** Hundredths of minutes earned, or that could be at most. */
  readonly earnedHundredths: number | null;
}

/** Larger first: minutes earned, then writing actions left, then parts left, then code-unit order of what is gone. */
function bySize(a: Candidate, b: Candidate): number {
  const turned = ({ steps }: Candidate): number => steps.filter(({ part }) => part === 'action').length;
  const name = ({ steps }: Candidate): string => steps.map(stepId).sort(compareCodeUnits).join('\n');
  return (
    (b.earnedHundredths ?? 0) - (a.earnedHundredths ?? 0) ||
    turned(a) - turned(b) ||
    a.steps.length - b.steps.length ||
    compareCodeUnits(name(a), name(b))
  );
}

/** The next part to give up: what the worst unsettled row is about; blockers first, failures before what was not shown. */
function failingStep(variant: Variant, left: readonly NarrowingStep[]): NarrowingStep | undefined {
  const { latency = [] } = variant.input.contract;
  const partsOf = (subject: string): string[] => {
    const budget = latency.find(({ id }) => subject === `budget:${id}`);
    return budget === undefined ? [subject] : [`action:${budget.answeredBy ?? ''}`, `trigger:${budget.trigger ?? ''}`];
  };
  const severities = ['blocker', 'major', 'minor'] as const;
  const rank = (row: Row): number => severities.indexOf(row.severity) * 2 + Number(row.outcome !== 'fail');
  const unsettled = variant.judged.rows
    .filter((row) => isApplicable(row) && !row.settled)
    .sort((a, b) => rank(a) - rank(b) || compareCodeUnits(a.check, b.check));
  for (const row of unsettled) {
    const subjects = row.judgements
      .filter((one) => one.outcome !== 'pass' && one.outcome !== 'not-applicable')
      .flatMap((one) => partsOf(one.subject))
      .sort(compareCodeUnits);
    const step = left.find((one) => subjects.includes(stepId(one)));
    if (step !== undefined) return step;
  }
  return undefined;
}

export interface Search {
  readonly tried: number;
  readonly best: Variant | undefined;
  /** Of those that do not pass, the one with the least in its way; says why nothing passes. */
  readonly nearest: Variant;
}

/** Failed comes after not shown, then fewer reasons come first, then the larger contract. */
function byDistance(a: Variant, b: Variant): number {
  const failed = ({ judged }: Variant): number => Number(judged.decided.value !== 'no-go-not-shown');
  const reasons = ({ judged }: Variant): number => judged.decided.reasons.length;
  return failed(a) - failed(b) || reasons(a) - reasons(b) || bySize(a, b);
}

/** Of all combinations the largest that passes; judged in the order of what each can earn at most, until none left can earn more. */
export function searchAll(
  whole: Variant,
  steps: readonly NarrowingStep[],
  of: (steps: readonly NarrowingStep[]) => Variant | undefined,
): Search {
  const candidates = combinations(steps).flatMap((chosen): Candidate[] => {
    const contract = narrowerContract(whole.input.contract, chosen);
    if (contract === undefined) return [];
    return [{ steps: chosen, earnedHundredths: promisedHundredths(contract, onlyByHand(chosen)) }];
  });
  let [best, nearest, tried]: [Variant | undefined, Variant, number] = [undefined, whole, 0];
  for (const candidate of candidates.sort(bySize)) {
    if (best !== undefined && (best.earnedHundredths ?? 0) >= (candidate.earnedHundredths ?? 0)) break;
    const variant = of(candidate.steps);
    if (variant === undefined) continue;
    tried += 1;
    if (passes(variant) && (best === undefined || bySize(variant, best) < 0)) best = variant;
    if (byDistance(variant, nearest) < 0) nearest = variant;
  }
  return { tried, best, nearest };
}

export function searchOneAtATime(
  whole: Variant,
  steps: readonly NarrowingStep[],
  of: (steps: readonly NarrowingStep[]) => Variant | undefined,
): Search {
  let [at, left, tried] = [whole, [...steps], 0];
  while (!passes(at)) {
    const step = failingStep(at, left);
    if (step === undefined) break;
    left = left.filter((one) => one !== step);
    const next = of([...at.steps, step]);
    tried += 1;
    if (next !== undefined) at = next;
  }
  return { tried, best: passes(at) ? at : undefined, nearest: at };
}

import { writesSomething } from '../model/actions.js';
import type { Contract } from '../model/documents/contract.js';
import type { Scorecard } from '../model/scorecard.js';
import type { AnswerCore } from './answers.js';
import { isApplicable, type Row } from './rows.js';

type Case = NonNullable<Contract['value']>;
type Step = NonNullable<Case['steps']>[number];
type Value = NonNullable<Scorecard['value']>;

/** The question whose deciding checks a step stands on before it is anything but handwork. */
const standsOn = (step: Step): AnswerCore['question'] => (step.where === 'product' ? 'read' : 'write');
const manual = (step: Step): number => step.manualMinutes ?? 0;
const deep = (step: Step): number => step.deepMinutes ?? manual(step);
const hundredths = (number: number): number => Math.round(number * 100);
const whole = (inHundredths: number): string => String(Math.round(inHundredths / 100));

/** How far a stated number may be off: one with a source, in date, and a guess. */
const offPercent = { attested: 20, assumption: 50 } as const;

/** A contract that only suggests leaves every step outside the product to a person. */
const onlySuggests = ({ actions }: Contract): boolean =>
  actions !== undefined && actions.every((action) => !writesSomething(action));

/** Numbers the arithmetic stands on; `handMinutes` is by hand, over all steps. */
interface Inputs {
  readonly volumePerWeek: number;
  readonly handMinutes: number;
  readonly errorRateManual: number;
  readonly cleanupMinutes: number;
}
const inputNames = ['volumePerWeek', 'handMinutes', 'errorRateManual', 'cleanupMinutes'] as const;

/** Minutes per week at the three depths. */
function weekly(
  steps: readonly Step[],
  earned: (step: Step) => boolean,
  inputs: Inputs,
): Record<Value['bars'][number]['depth'], number> {
  const stated = steps.reduce((sum, step) => sum + manual(step), 0);
  const factor = stated === 0 ? 1 : inputs.handMinutes / stated;
  const byHand = (step: Step): number => manual(step) * factor;
  // What is left of a step at depth is no longer handwork, and stays as stated.
  const left = (step: Step): number => Math.min(byHand(step), deep(step));
  const cleanup = inputs.errorRateManual * inputs.cleanupMinutes;
  const minutes = (of: (step: Step) => number, errors: boolean): number =>
    inputs.volumePerWeek * (steps.reduce((sum, step) => sum + of(step), 0) + (errors ? cleanup : 0));
  const typed = steps.some((step) => step.where !== 'product' && !earned(step));
  return {
    shallow: minutes(byHand, true),
    measured: minutes((step) => (earned(step) ? left(step) : byHand(step)), typed),
    deep: minutes(left, false),
  };
}

const inputsOf = (stated: Case, volumePerWeek: number, steps: readonly Step[]): Inputs => ({
  volumePerWeek,
  handMinutes: steps.reduce((sum, step) => sum + manual(step), 0),
  errorRateManual: stated.errorRateManual ?? 0,
  cleanupMinutes: stated.cleanupMinutes ?? 0,
});

/**
 * Hundredths of minutes a week the contract would earn with everything settled; null while volume or steps are not stated.
 * `handwork`: every step outside the product stays with a person.
 */
export function promisedHundredths(contract: Contract, handwork: boolean): number | null {
  const stated = contract.value ?? {};
  const { volumePerWeek, steps } = stated;
  if (volumePerWeek === undefined || steps === undefined || steps.length === 0) return null;
  const byHand = handwork || onlySuggests(contract);
  const { shallow, measured } = weekly(
    steps,
    (step) => step.where === 'product' || !byHand,
    inputsOf(stated, volumePerWeek, steps),
  );
  return hundredths(shallow) - hundredths(measured);
}

/**
 * Minutes and cost per week by hand, as measured and as the business case assumes, and how far they move with their inputs;
 * null while volume or steps are not stated. Arithmetic on stated inputs, no forecast: a step counts as automatic only if
 * everything that decides it is settled, and, outside the product, only if the contract writes. `handwork`: no step outside
 * the product counts.
 */
export function valueOf(
  contract: Contract,
  rows: readonly Row[],
  answers: readonly AnswerCore[],
  startedAt: string,
  handwork = false,
): Scorecard['value'] {
  const stated = contract.value ?? {};
  const { volumePerWeek, steps, labourCostPerHour = null, baselineSource } = stated;
  if (volumePerWeek === undefined || steps === undefined || steps.length === 0) return null;
  const unsettled = (question: AnswerCore['question']): Row[] =>
    answers.find((one) => one.question === question)?.deciding.filter((row) => isApplicable(row) && !row.settled) ?? [];
  const missing = new Map(steps.map((step) => [step, unsettled(standsOn(step))]));
  const byHand = handwork || onlySuggests(contract);
  const earned = (step: Step): boolean => missing.get(step)?.length === 0 && (step.where === 'product' || !byHand);
  const inputs = inputsOf(stated, volumePerWeek, steps);
  const minutes = weekly(steps, earned, inputs);
  const gap = (with_: Partial<Inputs>): number => {
    const moved = weekly(steps, earned, { ...inputs, ...with_ });
    return hundredths(moved.measured - moved.deep);
  };
  const { link, expires } = baselineSource ?? {};
  const sourced = link !== undefined && (expires === undefined || expires >= startedAt.slice(0, 10));
  const grade = sourced ? 'attested' : 'assumption';
  const percent = offPercent[grade];
  const all = (factor: number): Inputs => ({
    volumePerWeek: inputs.volumePerWeek * factor,
    handMinutes: inputs.handMinutes * factor,
    errorRateManual: inputs.errorRateManual * factor,
    cleanupMinutes: inputs.cleanupMinutes * factor,
  });
  const [less, more] = [1 - percent / 100, 1 + percent / 100];
  const range = { lowHundredths: gap(all(less)), highHundredths: gap(all(more)) };
  const most = rows
    .map((row) => ({
      check: row.check,
      minutesHundredths: hundredths(
        volumePerWeek *
          steps
            .filter((step) => missing.get(step)?.includes(row) === true)
            .reduce((sum, step) => sum + manual(step) - deep(step), 0),
      ),
    }))
    .reduce<Value['mostCostly']>(
      (best, one) => (one.minutesHundredths > (best?.minutesHundredths ?? 0) ? one : best),
      null,
    );
  const cost = (ofMinutes: number): number | null =>
    labourCostPerHour === null ? null : hundredths((ofMinutes / 60) * labourCostPerHour);
  const notYetEarned = hundredths(minutes.measured) - hundredths(minutes.deep);
  const possible = hundredths(minutes.shallow) - hundredths(minutes.deep);
  const between =
    notYetEarned === 0
      ? ''
      : `; ${whole(range.lowHundredths)} to ${whole(range.highHundredths)} if every number is off by ${percent} %`;
  return {
    assumedDepth: stated.assumedDepth ?? null,
    bars: (['shallow', 'measured', 'deep'] as const).map((depth) => ({
      depth,
      weeklyMinutesHundredths: hundredths(minutes[depth]),
      weeklyCostHundredths: cost(minutes[depth]),
    })),
    notYetEarnedHundredths: notYetEarned,
    mostCostly: most,
    assumption: !sourced,
    inputs: inputNames.map((input) => ({ input, value: inputs[input], grade })),
    sensitivity: {
      percent,
      ...range,
      inputs: inputNames.map((input) => ({
        input,
        lowHundredths: gap({ [input]: inputs[input] * less }),
        highHundredths: gap({ [input]: inputs[input] * more }),
      })),
    },
    sentence: `Savings not yet earned: ${whole(notYetEarned)} of ${whole(possible)} minutes a week${between}${
      sourced ? '' : ' (assumption: the baseline has no source in date)'
    }.`,
  };
}

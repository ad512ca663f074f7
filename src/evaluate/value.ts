import type { Contract } from '../model/documents/contract.js';
import type { Scorecard } from '../model/scorecard.js';
import type { AnswerCore } from './answers.js';
import { isApplicable, type Row } from './rows.js';

type Step = NonNullable<NonNullable<Contract['value']>['steps']>[number];

/** The question whose deciding checks a step stands on before it is anything but handwork. */
const standsOn = (step: Step): AnswerCore['question'] => (step.where === 'product' ? 'read' : 'write');
const manual = (step: Step): number => step.manualMinutes ?? 0;
const deep = (step: Step): number => step.deepMinutes ?? manual(step);
const hundredths = (minutes: number): number => Math.round(minutes * 100);

/**
 * Minutes per week by hand, as measured and as the business case assumes; null while volume or steps are not stated.
 * Arithmetic on stated inputs, no forecast: a step counts as automatic only if everything that decides it is settled.
 */
export function valueOf(contract: Contract, rows: readonly Row[], answers: readonly AnswerCore[]): Scorecard['value'] {
  const { volumePerWeek: volume, steps, errorRateManual, cleanupMinutes, baselineSource } = contract.value ?? {};
  if (volume === undefined || steps === undefined || steps.length === 0) return null;
  const unsettled = (question: AnswerCore['question']): Row[] =>
    answers.find((one) => one.question === question)?.deciding.filter((row) => isApplicable(row) && !row.settled) ?? [];
  const missing = new Map(steps.map((step) => [step, unsettled(standsOn(step))]));
  const earned = (step: Step): boolean => missing.get(step)!.length === 0;
  const cleanup = (errors: boolean): number => (errors ? (errorRateManual ?? 0) * (cleanupMinutes ?? 0) : 0);
  const weekly = (minutes: (step: Step) => number, errors: boolean): number =>
    hundredths(volume * (steps.reduce((sum, step) => sum + minutes(step), 0) + cleanup(errors)));
  const byHand = steps.some((step) => step.where !== 'product' && !earned(step));
  const shallow = weekly(manual, true);
  const measured = weekly((step) => (earned(step) ? deep(step) : manual(step)), byHand);
  const assumed = weekly(deep, false);
  const costs = rows.map((row) => ({
    check: row.check,
    minutesHundredths: hundredths(
      volume *
        steps
          .filter((step) => missing.get(step)!.includes(row))
          .reduce((sum, step) => sum + manual(step) - deep(step), 0),
    ),
  }));
  const most = costs.reduce<(typeof costs)[number] | null>(
    (best, one) => (one.minutesHundredths > (best?.minutesHundredths ?? 0) ? one : best),
    null,
  );
  const assumption = baselineSource?.link === undefined;
  const minutes = (value: number): string => String(Math.round(value / 100));
  return {
    bars: [
      { depth: 'shallow', weeklyMinutesHundredths: shallow },
      { depth: 'measured', weeklyMinutesHundredths: measured },
      { depth: 'deep', weeklyMinutesHundredths: assumed },
    ],
    notYetEarnedHundredths: measured - assumed,
    mostCostly: most,
    assumption,
    sentence: `Savings not yet earned: ${minutes(measured - assumed)} of ${minutes(shallow - assumed)} minutes a week${
      assumption ? ' (assumption: the baseline has no source)' : ''
    }.`,
  };
}

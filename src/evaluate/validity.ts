import { isMissing } from '../model/fact.js';
import type { Scorecard } from '../model/scorecard.js';
import type { ScoreInput } from './score-input.js';

/** How much of what was asked was refused, not there or empty; of the run itself, not of what was collected later. */
export function validityOf({ facts }: Pick<ScoreInput, 'facts'>): Scorecard['validity'] {
  const value = facts.find(({ kind }) => kind === 'answer-shares')?.value;
  if (value === undefined || isMissing(value)) return null;
  const shares = value as NonNullable<Scorecard['validity']>;
  return shares.answers === 0 ? null : { ...shares };
}

import type { AnyCheck, Messages } from '../model/check.js';
import { environmentClasses, weakerGrade, type EnvironmentClass } from '../model/outcome.js';
import type { Judgement } from './engine.js';

export interface CeilingContext {
  /** Class of the environment whose evidence decides; unknown is production. */
  readonly decisionClass: EnvironmentClass;
  /** Evidence recorded by the vendor, or by nobody who says who they are. */
  readonly byVendor: boolean;
  /** More than a tenth of the plan was unavailable: only proofs count. */
  readonly proofsOnly: boolean;
}

/** A judgement after the ceilings. `grade` is what is printed, `settledGrade` what counts for a decision. */
export interface CeiledJudgement extends Judgement {
  readonly settledGrade: Judgement['grade'];
  /** Set when it comes from an environment below the one that decides. */
  readonly limitedTo: EnvironmentClass | null;
}

export const isBelow = (a: EnvironmentClass, b: EnvironmentClass): boolean =>
  environmentClasses.indexOf(a) < environmentClasses.indexOf(b);

const unmeasured = (judgement: Judgement, reason: 'simulator-only' | 'unavailable'): CeiledJudgement => ({
  ...judgement,
  outcome: 'not-measured',
  reason,
  grade: null,
  settledGrade: null,
  limitedTo: null,
});

const says = (messages: Messages, judgement: Judgement): string | undefined =>
  judgement.messageId === null ? undefined : messages[judgement.messageId]?.kind;

/**
 * Lowers a judgement to what its environment and its operator allow. Static and attested checks depend on neither, unless
 * they were derived from what others measured.
 */
export function ceiled(check: AnyCheck, judgement: Judgement, context: CeilingContext): CeiledJudgement {
  const plain: CeiledJudgement = { ...judgement, settledGrade: judgement.grade, limitedTo: null };
  if ((check.kind !== 'probe' && check.looksAt === undefined) || judgement.outcome === 'not-applicable') return plain;
  const recordedIn = judgement.environmentClass;
  const proof = judgement.outcome === 'fail' && says(check.messages, judgement) === 'proof';
  const below = recordedIn !== null && isBelow(recordedIn, context.decisionClass);
  if (below && recordedIn === 'simulator') return unmeasured(judgement, 'simulator-only');
  if (context.proofsOnly && !proof) return unmeasured(judgement, 'unavailable');
  const vendorGrade = context.byVendor && recordedIn !== null && recordedIn !== 'simulator';
  return {
    ...plain,
    grade: vendorGrade && judgement.grade !== null ? weakerGrade(judgement.grade, 'replayed') : judgement.grade,
    limitedTo: below ? recordedIn : null,
  };
}

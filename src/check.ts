import type { AnyCheck, Check, Message, Messages } from './model/check.js';
import type { FactKind } from './model/fact.js';
import type { SubjectKind } from './model/subject.js';

export type { Verdict } from './model/check.js';

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

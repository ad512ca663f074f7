import type { AnyCheck } from './check.js';
import { compareCodeUnits } from './order.js';

type Reader = Pick<AnyCheck, 'id'> & { readonly reads: readonly string[]; readonly optional?: readonly string[] };

/** First part of a check id: `write` of `write.create`. */
export const familyOf = (checkId: string): string => checkId.split('.')[0] ?? checkId;

/**
 * The family of checks that facts of these kinds are gathered for: of several the one with most readers, of those the
 * first by code unit. Undefined when no check reads them.
 */
export function familyServed(kinds: readonly string[], checks: readonly Reader[]): string | undefined {
  const readers = new Map<string, number>();
  for (const { id, reads, optional = [] } of checks) {
    if (![...reads, ...optional].some((kind) => kinds.includes(kind))) continue;
    readers.set(familyOf(id), (readers.get(familyOf(id)) ?? 0) + 1);
  }
  return [...readers].sort(([one, n], [other, m]) => m - n || compareCodeUnits(one, other))[0]?.[0];
}

import type { Policy } from '../model/policy.js';
import { isApplicable, type Row } from './rows.js';

/** Safety blockers that keep a scorecard from Conditional go: applicable and not settled. */
export function unsettledSafety(policy: Policy, rows: readonly Row[]): Row[] {
  const of = (check: string) => rows.filter((row) => row.check === check && isApplicable(row));
  return policy.safetyBlockers.flatMap((group) => {
    const first = of(group[0] ?? '');
    if (group.length === 1) return first.filter((row) => !row.settled);
    // The first of a group says whether the control is asked at all; any settled one then shows it.
    if (first.length === 0) return [];
    const all = group.flatMap(of);
    return all.some((row) => row.settled) && !all.some((row) => row.outcome === 'fail')
      ? []
      : all.filter((row) => !row.settled);
  });
}

/** Applicable blockers that are not settled and did not fail. */
export const unsettledBlockers = (rows: readonly Row[]): Row[] =>
  rows.filter((row) => row.severity === 'blocker' && isApplicable(row) && !row.settled && row.outcome !== 'fail');

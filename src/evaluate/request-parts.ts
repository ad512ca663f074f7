import { familyServed } from '../model/check-family.js';
import { compareCodeUnits } from '../model/order.js';
import type { Scorecard } from '../model/scorecard.js';
import type { ScoreInput } from './score-input.js';

type Part = Scorecard['run']['requests']['parts'][number];

/** Requests of no probe: they serve all of them. */
const common: Readonly<Record<string, string>> = {
  'sign-in': 'sign-in',
  'test-cases': 'test data',
  leftovers: 'cleanup',
  cleanup: 'cleanup',
};
const rank = ({ part }: Part): number => (part === 'sign-in' ? 0 : part === 'cleanup' ? 2 : 1);

/** What was sent besides measured samples, by the family of checks it was sent for. */
export function requestParts({ ends, checks }: Pick<ScoreInput, 'ends' | 'checks'>): Part[] {
  const sums = new Map<string, number>();
  for (const { probe, brings, requests } of ends.flatMap(({ requestsByProbe }) => requestsByProbe ?? [])) {
    const part = common[probe] ?? familyServed(brings, checks) ?? 'other';
    sums.set(part, (sums.get(part) ?? 0) + requests);
  }
  return [...sums]
    .map(([part, requests]) => ({ part, requests }))
    .sort((one, other) => rank(one) - rank(other) || compareCodeUnits(one.part, other.part));
}

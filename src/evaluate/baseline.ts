import { ToolError } from '../model/errors.js';
import { compareCodeUnits } from '../model/order.js';
import type { Scorecard } from '../model/scorecard.js';
import { decisionEnvironment } from '../model/subjects.js';
import type { BaselineComparison } from './decision.js';
import { isOpen, type Row } from './rows.js';
import type { ScoreInput } from './score-input.js';

/** What fails now and passed then, and what was measured then and is missing now. Unavailable now is neither. */
function compared(rows: readonly Row[], baseline: Scorecard): BaselineComparison {
  const passedThen = new Set<string>();
  const measuredThen = new Set<string>();
  const name = (id: string, part: string | null) => (part === null ? id : `${id}[${part}]`);
  for (const { id, part, outcome } of baseline.checks) {
    if (outcome === 'pass' || outcome === 'warn') passedThen.add(name(id, part));
    if (outcome === 'pass' || outcome === 'warn' || outcome === 'fail') measuredThen.add(name(id, part));
  }
  const named = rows.map((row) => ({ row, id: name(row.check, row.part) }));
  const missing = named.filter(({ row, id }) => measuredThen.has(id) && isOpen(row) && row.reason !== 'unavailable');
  return {
    newlyFailed: named.filter(({ row, id }) => row.outcome === 'fail' && passedThen.has(id)).map(({ id }) => id),
    missing: missing.map(({ id }) => id),
  };
}

/**
 * How this run compares with the baseline; null without one.
 * @throws ToolError (exit 2) when it belongs to another contract, decision environment or policy
 */
export function baselineOf(input: ScoreInput, rows: readonly Row[]): Scorecard['decision']['baseline'] {
  const { baseline } = input;
  if (baseline === undefined) return null;
  if (!('checks' in baseline)) return baseline;
  const decisive = decisionEnvironment(input.organization) ?? null;
  for (const [what, then, now] of [
    ['contract', baseline.contract.id, input.contract.metadata.id],
    ['decision environment', baseline.target.decisionEnvironment?.id ?? null, decisive],
    ['policy', baseline.policy.id, input.policy.id],
  ] as const) {
    if (then !== now) {
      throw new ToolError('baseline-of-another-run', `the baseline has ${what} "${then}", this run has "${now}"`, {
        next: 'Compare with a scorecard of the same contract, decision environment and policy.',
      });
    }
  }
  const found = compared(rows, baseline);
  return {
    runId: baseline.run.id,
    newlyFailed: [...found.newlyFailed].sort(compareCodeUnits),
    missing: [...found.missing].sort(compareCodeUnits),
  };
}

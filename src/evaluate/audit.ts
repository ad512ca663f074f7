import { isMissing, type FactValue, type RecordedFact } from '../model/fact.js';
import type { Scorecard } from '../model/scorecard.js';
import type { ScoreInput } from './score-input.js';

type Match = FactValue<'reads-in-log'>;
type Audit = Scorecard['audit'];

const groups = [
  ['reads', 'reads-in-log'],
  ['writes', 'writes-in-log'],
  ['refusals', 'refusals-in-log'],
] as const;
const mostLookups = 5;

/** The last that was found out; what a log brought later replaces what was missing before. */
const lastOf = (facts: readonly RecordedFact[], kind: string): Match | undefined => {
  const value = facts.findLast((fact) => fact.kind === kind && !isMissing(fact.value))?.value;
  return value as Match | undefined;
};

/**
 * What the log held of what was sent, by kind, and exchanges the EHR team can look up in its own log: first those that were
 * not found, then of each group some that were.
 */
export function auditOf({ facts, exchangesById }: Pick<ScoreInput, 'facts' | 'exchangesById'>): Audit {
  const found = groups.flatMap(([group, kind]) => {
    const match = lastOf(facts, kind);
    return match === undefined ? [] : [{ group, match }];
  });
  const inTurn = (pick: (match: Match) => readonly string[]): string[] =>
    Array.from({ length: mostLookups }, (_, index) => found.flatMap(({ match }) => pick(match)[index] ?? [])).flat();
  const missing = inTurn((match) => match.missingExamples);
  const wanted = [...new Set([...missing, ...inTurn((match) => match.foundExamples)])];
  return {
    groups: found.map(({ group, match }) => ({
      group,
      expected: match.expected,
      found: match.found,
      kinds: match.kinds.map((kind) => ({ ...kind })),
    })),
    lookUp: wanted
      .flatMap((id) => {
        const line = exchangesById.get(id);
        if (line === undefined) return [];
        const { method, path, context, sentAt, requestId, status } = line;
        return [{ exchange: id, at: sentAt, method, path, context, status, requestId, found: !missing.includes(id) }];
      })
      .slice(0, mostLookups),
  };
}

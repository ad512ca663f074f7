import type { EnvironmentClass, NotMeasuredReason } from '../model/outcome.js';
import { decisionEnvironment } from '../model/subjects.js';
import { answersOf, type AnswerCore } from './answers.js';
import { attributed, type AttributedRow } from './blockers.js';
import { decide, mostlyUnavailable, rolloutUnmet, type Decided, type RunState } from './decision.js';
import { evaluate, type CheckResult } from './engine.js';
import { factLookup } from './fact-lookup.js';
import { gapsAndPoints, type GapsAndPoints } from './gaps.js';
import { maturityOf } from './maturity.js';
import { rowsOf } from './rows.js';
import { runState, type ScoreInput } from './score-input.js';

/** A run judged against one contract: everything a scorecard, or a narrower contract, is made from. */
export interface JudgedRun {
  readonly run: RunState;
  /** Whether a second organization was given. */
  readonly peers: boolean;
  readonly decisive: { readonly id: string; readonly class: EnvironmentClass } | null;
  readonly rows: readonly AttributedRow[];
  readonly answers: readonly AnswerCore[];
  readonly maturity: ReturnType<typeof maturityOf>;
  readonly points: GapsAndPoints;
  readonly decided: Decided;
}

/** Checks over facts, then rows, answers and the decision; pure. */
export function judgedRun(input: ScoreInput): JudgedRun {
  const { header, contract, organization, ehrProfile, policy, subjects } = input;
  const { startedAt } = header;
  const run = runState(input);
  const peers = subjects.some((subject) => subject.kind === 'peer');
  const decisiveId = decisionEnvironment(organization);
  const named = decisiveId === undefined ? undefined : organization.environments?.[decisiveId];
  const decisionClass: EnvironmentClass = named?.class ?? 'production';
  const results = evaluate(input.checks, subjects, input.facts, { startedAt }).map((result) =>
    header.selection === null || header.selection.includes(result.check.id) ? result : unselected(result),
  );
  const ofPolicy = rowsOf(
    policy,
    results,
    subjects,
    { contract, organization, peers },
    { decisionClass, byVendor: run.byVendor, proofsOnly: mostlyUnavailable(run) },
  );
  const rows = attributed(ofPolicy, {
    exchangesById: input.exchangesById,
    subjects,
    lookup: factLookup(input.facts, subjects),
    profile: ehrProfile,
  });
  const answers = answersOf(rows);
  const runStarts = [...(input.earlierRuns ?? []), startedAt];
  const maturity = maturityOf({ rows, answers, contract, organization, runStarts });
  const rollout = rolloutUnmet(policy, rows, maturity.evidenced, runStarts);
  const points = gapsAndPoints(rows, answers, rollout, organization.gaps ?? [], startedAt);
  const decided = decide({
    policy,
    rows,
    answers,
    openPoints: points.openPoints,
    subjects,
    run,
    rolloutUnmet: rollout.map((point) => point.check),
  });
  const decisive = decisiveId === undefined ? null : { id: decisiveId, class: decisionClass };
  return { run, peers, decisive, rows, answers, maturity, points, decided };
}

/** Nobody has to run to its end again what the run was never to look at. */
function unselected(result: CheckResult): CheckResult {
  const reasonOf = <T extends { readonly reason: NotMeasuredReason | null }>(one: T): T =>
    one.reason === 'not-gathered' ? { ...one, reason: 'not-selected' } : one;
  return { ...reasonOf(result), judgements: result.judgements.map(reasonOf) };
}

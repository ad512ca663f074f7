import type { Contract } from '../model/documents/contract.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import type { Scorecard } from '../model/scorecard.js';
import type { AnswerCore } from './answers.js';
import { isApplicable, type Row } from './rows.js';

const names = ['Disconnected', 'Connected', 'Workflow-integrated', 'Governed'] as const;

export interface MaturityInput {
  readonly rows: readonly Row[];
  readonly answers: readonly AnswerCore[];
  readonly contract: Contract;
  readonly organization: OrganizationProfile;
  /** Starts of all runs known of this workflow here, this one included. */
  readonly runStarts: readonly string[];
}

/** The attestation by which a vendor claims a level; the first digit of its statement is the level. */
const claimId = 'maturity-level';

/** Levels 1 to 4 of one workflow at one organization: every gate of a level and of those below must be met. */
export function maturityOf({ rows, answers, contract, organization, runStarts }: MaturityInput): Scorecard['maturity'] {
  const row = (check: string, part: Row['part'] = null) => rows.find((one) => one.check === check && one.part === part);
  const answer = (question: AnswerCore['question']) => answers.find((one) => one.question === question)?.answer;
  const shown = (found: Row | undefined, graded: readonly (string | null)[]) =>
    found !== undefined && (found.outcome === 'pass' || found.outcome === 'warn') && graded.includes(found.grade);
  const seen = ['measured', 'witnessed'];
  const settled = (check: string) => row(check)?.settled === true;
  const entries = rows.filter((one) => one.part === 'entry' && isApplicable(one));
  const noReview = (contract.actions ?? []).filter(
    (action) => action.kind !== 'suggest' && action.review?.required !== true,
  );
  const signed = noReview.length > 0 && noReview.every((action) => action.noReview?.signedBy !== undefined);
  const times = runStarts.map((at) => Date.parse(at));
  const days = (Math.max(...times) - Math.min(...times)) / 86_400_000;
  const sources = row('dsi.source-attributes');

  const gates: readonly (readonly (readonly [boolean, string])[])[] = [
    [
      [answer('read') === 'yes' || answer('read') === 'partly', 'the workflow reads what it needs'],
      [row('profile.credentials')?.outcome === 'pass', 'credentials are kept by reference and in date'],
    ],
    [
      [
        ['write.visible-to-staff', 'cds.service', 'auth.launch-context'].some((check) => shown(row(check), seen)),
        'the output lands where staff work',
      ],
      [shown(row('scope.role', 'product'), ['measured']), 'role-based access was measured'],
      [
        settled('write.promotion-gate') || settled('prod.output-review') || signed,
        'a human reviews, or signed that none does',
      ],
      [
        entries.length > 0 &&
          entries.every((one) => shown(one, ['measured'])) &&
          contract.value?.baselineSource !== undefined,
        'every latency entry was measured and a baseline of the value exists',
      ],
    ],
    [
      ...(['audit', 'resilience', 'hipaa'] as const).map(
        (question) => [answer(question) === 'yes', `the answer to "${question}" is Yes`] as const,
      ),
      [shown(row('audit.vendor-reconcile'), ['measured']), 'the log of the AI system agrees with that of the EHR'],
      [settled('prod.kill-switch'), 'the kill switch was drilled'],
      [runStarts.length >= 3 && days >= 30, 'at least three runs over at least 30 days'],
      [settled('value.pilot-metrics'), 'the metrics of success are reviewed in date'],
      [sources?.outcome === 'pass' || sources?.outcome === 'not-applicable', 'source attributes are published'],
    ],
  ];
  const reached = gates.findIndex((gate) => gate.some(([met]) => !met));
  const evidenced = (reached === -1 ? gates.length : reached) + 1;
  const claim = organization.attestations?.find((one) => one.id === claimId)?.statement.match(/[1-4]/)?.[0];
  return {
    claimed: claim === undefined ? null : Number(claim),
    evidenced,
    name: names[evidenced - 1]!,
    nextGate:
      reached === -1
        ? null
        : { level: evidenced + 1, unmet: gates[reached]!.filter(([met]) => !met).map(([, text]) => text) },
  };
}

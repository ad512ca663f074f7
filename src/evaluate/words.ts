import { absentTitle } from '../model/absent-titles.js';
import type { Contract } from '../model/documents/contract.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import type { EvidenceHeader } from '../model/evidence.js';
import type { EnvironmentClass } from '../model/outcome.js';
import { compareCodeUnits } from '../model/order.js';
import type { Policy } from '../model/policy.js';
import type { DecisionReason, DecisionValue, Scorecard } from '../model/scorecard.js';
import type { AnySubject } from '../model/subject.js';
import type { RunState } from './decision.js';
import type { Row } from './rows.js';

/** The last lines of every format. */
export const foot =
  'Observed on this environment, with this configuration, on these dates, by this operator. Not legal advice, not a risk analysis under 45 CFR 164.308(a)(1)(ii)(A), not a certification. A Go is a statement about the contract\u2019s criteria, not about safety of care.';

export const decisionNames: Readonly<Record<Exclude<DecisionValue, 'none'>, string>> = {
  go: 'Go',
  'conditional-go': 'Conditional go',
  'no-go-failed': 'No-go: failed',
  'no-go-not-shown': 'No-go: not shown',
};

const places: Readonly<Record<EnvironmentClass, string>> = {
  simulator: 'on a simulator',
  'vendor-sandbox': 'in a vendor sandbox',
  'org-nonprod': 'in your test system',
  production: 'in production',
};

type Scope = Scorecard['decision']['scope'];

/** How much of the workflow the words cover. A role counts once one of its cells was judged. */
export function scopeOf(
  contract: Contract,
  organization: OrganizationProfile,
  header: EvidenceHeader,
  subjects: readonly AnySubject[],
  rows: readonly Row[],
): Scope {
  const judged = new Set(
    rows
      .filter((row) => row.check === 'scope.role')
      .flatMap((row) => row.judgements)
      .filter((one) => one.outcome === 'pass' || one.outcome === 'warn' || one.outcome === 'fail')
      .map((one) => one.subject),
  );
  const cells = subjects.flatMap((one) => (one.kind === 'cell' ? [one] : []));
  const bindings = new Set(
    (organization.auth?.bindings ?? []).filter((one) => one.environment === header.environment.id).map((one) => one.id),
  );
  const sites = new Set(
    (organization.contexts ?? []).filter((one) => bindings.has(one.binding)).map((one) => one.site),
  );
  const kinds = (kind: string) => (contract.actions ?? []).filter((action) => action.kind === kind).length;
  return {
    contract: contract.metadata.id,
    organization: organization.metadata.name ?? organization.metadata.id,
    environment: places[header.environment.class],
    actions: { suggest: kinds('suggest'), draft: kinds('draft'), commit: kinds('commit') },
    triggers: (contract.triggers ?? []).length,
    sites: {
      tested: (organization.sites ?? []).filter((site) => sites.has(site.id)).length,
      total: (organization.sites ?? []).length,
    },
    roles: {
      tested: new Set(cells.filter((one) => judged.has(one.id)).map((one) => one.item.role)).size,
      total: new Set(cells.map((one) => one.item.role)).size,
    },
  };
}

const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

function scopeWords(scope: Scope): string {
  const { suggest, draft, commit } = scope.actions;
  const depth = ['reads', ...(draft > 0 ? ['drafts'] : []), ...(commit > 0 ? ['commits'] : [])];
  const of = ({ tested, total }: { tested: number; total: number }, what: string) =>
    total === 0 ? [] : [`${tested} of ${plural(total, what)}`];
  return [
    listed(depth),
    ...of(scope.sites, 'site'),
    ...of(scope.roles, 'role'),
    plural(draft + commit, 'action'),
    ...(suggest === 0 ? [] : [plural(suggest, 'suggestion')]),
    ...(scope.triggers < 2 ? [] : [plural(scope.triggers, 'trigger')]),
  ].join(', ');
}

/** The first line. `none` says why there is no decision; without any credential nothing was tested. */
export function decisionWords(
  value: DecisionValue,
  scope: Scope,
  reasons: readonly DecisionReason[],
  unknown: {
    readonly credentials: boolean;
    readonly documented: number;
    readonly absent: number;
    readonly needs: number;
    readonly questions: number;
  },
): string {
  if (value === 'none') {
    const why = reasons[0]?.text ?? '';
    return why.startsWith('no decision') ? why : `No decision: ${why}`;
  }
  if (value === 'no-go-not-shown' && !unknown.credentials) {
    const { documented, absent, needs, questions } = unknown;
    const outlook =
      needs === 0 ? '' : ` ${documented} of ${needs} needs documented by the EHR, ${absent} documented absent,`;
    return `NOT SHOWN YET: nothing was tested.${outlook} ${plural(questions, 'question')}`;
  }
  return `${decisionNames[value]} ${scope.environment}: ${scopeWords(scope)}`;
}

/** Why a run did not come to its end, as a clause; null when it did. */
export function whyIncomplete(
  { complete, how, code }: Pick<RunState, 'complete' | 'how' | 'code'>,
  said: string | undefined,
): string | null {
  if (complete) return null;
  if (how === 'interrupted') return 'somebody interrupted it';
  if (how === 'safety-stop') return `a safety rule stopped it: ${said ?? code ?? 'unnamed'}`;
  if (how !== 'internal') return 'it was cut off before its end';
  return code === 'disk-write-failed'
    ? 'the run folder could no longer be written (disk full or a disk fault)'
    : 'a fault of this tool ended it';
}

/** What is printed beside the first line where it is true. */
export function notesOf(input: {
  readonly header: EvidenceHeader;
  readonly policy: Policy;
  readonly contract: Contract;
  readonly whyIncomplete: string | null;
  readonly byVendor: boolean;
  readonly present: number;
  readonly total: number;
}): string[] {
  const { header, policy, contract } = input;
  const metadata = contract.metadata;
  const draft = metadata.status === 'draft' || (metadata.openQuestions ?? []).length > 0;
  return [
    ...(header.environment.class === 'simulator' ? ['says nothing about your EHR'] : []),
    ...(input.byVendor
      ? [header.operator.party === 'vendor' ? 'recorded by the vendor' : 'operator not stated, counted as the vendor']
      : []),
    ...(policy.shipped ? [] : ['custom policy']),
    ...(input.present < input.total ? [`preview policy, ${input.present} of ${input.total} checks`] : []),
    ...(input.whyIncomplete === null ? [] : [`incomplete run: ${input.whyIncomplete}`]),
    ...(draft ? ['provisional: the contract is a draft'] : []),
  ];
}

/** What this run or this version did not look at, and no answer or count says so. */
export const notLookedAt = (policy: Policy, peers: boolean): string[] => [
  ...(peers ? [] : ['isolation between organizations (no second one was given)']),
  ...[...policy.later].sort(compareCodeUnits).map((check) => `“${absentTitle(check)}” (${check}, not in this version)`),
];

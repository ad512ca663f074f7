import type { AnyCheck } from '../model/check.js';
import type { Contract } from '../model/documents/contract.js';
import type { EhrProfile } from '../model/documents/ehr-profile.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import type { EvidenceEnd, EvidenceHeader, EvidenceLine, ExchangeLine } from '../model/evidence.js';
import type { RecordedFact } from '../model/fact.js';
import type { Policy } from '../model/policy.js';
import type { Scorecard } from '../model/scorecard.js';
import type { AnySubject } from '../model/subject.js';
import type { RunState } from './decision.js';

export interface ScoreInput {
  readonly header: EvidenceHeader;
  /** The end of every segment that has one, in order. */
  readonly ends: readonly EvidenceEnd[];
  /** The last line of the evidence is an end. */
  readonly complete: boolean;
  readonly events: readonly Extract<EvidenceLine, { type: 'event' }>[];
  readonly facts: readonly RecordedFact[];
  /** The exchanges that facts cite. */
  readonly exchangesById: ReadonlyMap<string, ExchangeLine>;
  /** Effective contract: `extends` and the organization's overrides applied. */
  readonly contract: Contract;
  readonly organization: OrganizationProfile;
  readonly ehrProfile: EhrProfile | undefined;
  readonly policy: Policy;
  readonly subjects: readonly AnySubject[];
  readonly checks: readonly AnyCheck[];
  /** The line of a document that demanded something. */
  readonly spanOf: (
    demandedBy: AnySubject['demandedBy'],
  ) => { readonly file: string; readonly line: number } | undefined;
  /** Instead of the gate the run was started with. */
  readonly gate?: EvidenceHeader['gate'];
  /** For the gate `baseline`: an earlier scorecard, or what an earlier comparison found. */
  readonly baseline?: Scorecard | NonNullable<Scorecard['decision']['baseline']>;
  /** Starts of earlier runs of this contract at this organization, for a rollout. */
  readonly earlierRuns?: readonly string[];
  /** Given, the largest narrower contract that the same evidence carries is looked for: the subjects of such a contract. */
  readonly narrow?: (contract: Contract, organization: OrganizationProfile) => readonly AnySubject[];
}

/** How the run went, over all its segments. */
export function runState({ header, ends, complete }: ScoreInput): RunState {
  const first = ends[0];
  const last = ends.at(-1);
  const abnormal = ends.find((end) => end.how !== 'complete');
  const byVendor = !['buyer', 'ehr-team', 'ci'].includes(header.operator.party);
  return {
    complete: complete && abnormal === undefined,
    how: abnormal?.how ?? last?.how ?? null,
    code: abnormal?.code ?? null,
    asked: ends.reduce((sum, end) => sum + end.sentRequests, 0),
    unavailable: ends.reduce((sum, end) => sum + end.unavailableRequests, 0),
    left: last?.residue.length ?? 0,
    leavesMax: first?.leavesMax ?? 0,
    selection: header.selection,
    byVendor: byVendor && header.environment.class !== 'simulator',
  };
}

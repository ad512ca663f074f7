import type {
  Contract,
  ContractAction,
  ContractResource,
  ContractTrigger,
  LatencyEntry,
} from './documents/contract.js';
import type {
  AuthBinding,
  Attestation,
  Channel,
  Environment,
  OrganizationProfile,
  PathOverride,
} from './documents/organization.js';
import type { Holder } from './outcome.js';

/** The one thing of the documents a fact is about. */
export interface SubjectItems {
  run: { readonly contract: Contract; readonly organization: OrganizationProfile; readonly environmentId: string };
  endpoint: { readonly environmentId: string; readonly environment: Environment };
  binding: AuthBinding;
  trigger: { readonly trigger: ContractTrigger; readonly channel: Channel | undefined };
  resource: ContractResource;
  action: { readonly action: ContractAction; readonly path: PathOverride | undefined };
  budget: {
    readonly entry: LatencyEntry;
    readonly trigger: ContractTrigger | undefined;
    readonly action: ContractAction | undefined;
  };
  cell: PermissionCell;
  slots: { readonly schedules: readonly string[] };
  attestation: Attestation;
  /** Another organization the contract is run at. */
  peer: { readonly organizationId: string; readonly contract: Contract };
  'previous-run': { readonly runId: string };
}

export type SubjectKind = keyof SubjectItems;

/** One role on one resource type; letters are SMART v2 (c r u d s). What nobody mentions is denied. */
export interface PermissionCell {
  readonly role: string;
  readonly resourceType: string;
  /** Letters the contract allows, in the order c r u d s; empty means deny. */
  readonly allow: string;
  /** The role is an identity of the AI system: its cells decide, the others support. */
  readonly product: boolean;
  /** Where it may read and search: everywhere, or at the sites with these ids; `own` is the site of the session. */
  readonly sites: 'any' | readonly string[];
  /** Who holds the limit to sites; undefined where the contract does not say. */
  readonly siteLimitHeldBy?: Holder;
}

export interface Subject<K extends SubjectKind = SubjectKind> {
  readonly kind: K;
  /** Stable over edits: `action:book`, never an index. */
  readonly id: string;
  readonly item: SubjectItems[K];
  /** Facts not found here are looked up at the parent: action > binding > endpoint > run. */
  readonly parent: string | undefined;
  /** The document and JSON pointer that demanded it. */
  readonly demandedBy: { readonly document: 'contract' | 'organization'; readonly pointer: string };
}

/** Subjects of all kinds, distributed so that `kind` narrows `item`. */
export type AnySubject = { [K in SubjectKind]: Subject<K> }[SubjectKind];

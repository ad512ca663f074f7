import { isUserFacing } from '../model/app-clients.js';
import type { Contract } from '../model/documents/contract.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import type { ConditionName } from '../model/documents/policy.js';
import { latencyCheckOf } from '../model/latency-pairs.js';
import { hasScreens } from '../model/product-screens.js';
import { bookingResource } from '../model/subjects.js';

export interface ConditionDocuments {
  readonly contract: Contract;
  readonly organization: OrganizationProfile;
  /** Whether a second organization was given. */
  readonly peers: boolean;
}

const changing = ['update', 'patch', 'delete'];

/** Whether a check that this version does not have would apply to these documents. `check` matters for `entry` only. */
export function applies(
  name: ConditionName,
  check: string,
  { contract, organization, peers }: ConditionDocuments,
): boolean {
  const actions = contract.actions ?? [];
  const writes = actions.filter((action) => action.kind !== 'suggest');
  const throughInterface = writes.filter((action) => action.via !== 'screen');
  const triggers = contract.triggers ?? [];
  const channels = triggers.map((trigger) => organization.channels?.[trigger.id]?.kind);
  const bindings = (organization.auth?.bindings ?? []).filter((binding) => binding.usedBy === 'ai-system');
  const screens = hasScreens(contract);
  const userFacing = isUserFacing(contract, organization);
  const conditions: Readonly<Record<ConditionName, () => boolean>> = {
    actions: () => contract.actions === undefined || actions.length > 0,
    backend: () => bindings.length === 0 || bindings.some((binding) => binding.flow === 'backend'),
    cds: () =>
      triggers.some((trigger) => trigger.kind === 'cds-hook') || actions.some((action) => action.channel === 'card'),
    changes: () =>
      throughInterface.some(
        (action) =>
          changing.includes(action.interaction ?? '') ||
          (typeof action.compensation === 'object' && changing.includes(action.compensation.interaction)),
      ),
    creates: () => writes.some((action) => action.interaction === undefined || action.interaction === 'create'),
    drafts: () => actions.some((action) => action.kind === 'draft'),
    'ehr-event': () => triggers.some((trigger) => trigger.kind === 'ehr-event'),
    entry: () => (contract.latency ?? []).some((entry) => latencyCheckOf(entry.from, entry.to) === check),
    event: () => triggers.some((trigger) => trigger.kind === 'ehr-event' || trigger.kind === 'external'),
    'fhir-audit': () => (organization.audit?.sources ?? []).some((source) => source.kind === 'fhir-auditevent'),
    follow: () =>
      (contract.resources ?? []).some((resource) =>
        (resource.fields ?? []).some((field) => typeof field !== 'string' && field.follow !== undefined),
      ),
    freshness: () => (contract.resources ?? []).some((resource) => resource.freshness?.maxAge !== undefined),
    hl7v2: () => channels.includes('hl7v2'),
    launch: () => userFacing,
    overrides: () => contract.overrides !== undefined || organization.overrides !== undefined,
    'peak-rate': () => triggers.some((trigger) => trigger.peakRate !== undefined),
    peers: () => peers,
    predictive: () => contract.dataHandling?.modelUse?.predictive === true,
    provenance: () => contract.audit?.provenance?.required === true,
    review: () => actions.some((action) => action.review?.required === true),
    screens: () => screens,
    'screens-and-peers': () => screens && peers,
    'several-writes': () => writes.some((action) => (action.dependsOn ?? []).length > 0),
    'site-limit': () =>
      (contract.permissions?.rules ?? []).some((rule) => rule.site !== undefined && rule.site !== 'any'),
    slot: () => bookingResource(contract),
    'slot-commit': () =>
      actions.some((action) => action.kind === 'commit' && ['Slot', 'Appointment'].includes(action.resource ?? '')),
    states: () => writes.some((action) => action.states?.from !== undefined || action.states?.through !== undefined),
    subscription: () => channels.includes('subscription'),
    success: () => true,
    transaction: () => writes.some((action) => action.interaction === 'transaction'),
    'user-facing': () => userFacing,
    value: () => true,
    writes: () => writes.length > 0,
    'writes-fhir': () => writes.some((action) => action.via === 'fhir-r4' || action.via === 'fhir-operation'),
    'writes-interface': () => throughInterface.length > 0,
  };
  return conditions[name]();
}

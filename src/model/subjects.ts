import type { Contract } from './documents/contract.js';
import { orderedLetters } from './documents/normalise.js';
import type { AuthBinding, OrganizationProfile } from './documents/organization.js';
import { compareCodeUnits } from './order.js';
import type { AnySubject, PermissionCell } from './subject.js';

export interface SubjectSources {
  /** Effective contract: `extends` and the organization's overrides applied. */
  readonly contract: Contract;
  readonly organization: OrganizationProfile;
  readonly environmentId: string;
  readonly peers?: readonly string[];
}

/** The environment that decides; the only one when there is just one; undefined when none is given. */
export function decisionEnvironment(organization: OrganizationProfile): string | undefined {
  const named = organization.metadata.decisionEnvironment;
  const known = Object.keys(organization.environments ?? {});
  return named ?? (known.length === 1 ? known[0] : undefined);
}

/** The binding the AI system itself uses in this environment and workflow; expendable spares are for negative tests only. */
export function aiSystemBinding(
  contract: Contract,
  organization: OrganizationProfile,
  environmentId: string,
): AuthBinding | undefined {
  const workflow = contract.permissions?.workflowClient;
  return (organization.auth?.bindings ?? []).find(
    (binding) =>
      binding.usedBy === 'ai-system' &&
      binding.environment === environmentId &&
      (workflow === undefined || binding.workflow === undefined || binding.workflow === workflow) &&
      (binding.expendable !== true ||
        (organization.auth?.bindings ?? []).filter((b) => b.usedBy === 'ai-system').length === 1),
  );
}

/** Every role of the contract against every resource type any rule mentions; what no rule allows is a deny cell. */
export function permissionCells(contract: Contract): PermissionCell[] {
  const permissions = contract.permissions;
  const rules = permissions?.rules;
  if (permissions === undefined || rules === undefined) return [];
  const types = [...new Set(rules.flatMap((rule) => Object.keys(rule.allow ?? {})))].sort(compareCodeUnits);
  const roles = [...new Set([...(permissions.roles ?? []), ...rules.map((rule) => rule.role)])];
  const siteLimitHeldBy = permissions.siteLimit?.heldBy;
  return roles.flatMap((role) =>
    types.map((resourceType) => {
      const allowed = rules
        .filter((rule) => rule.role === role || rule.role === '*')
        .map((rule) => ({ letters: rule.allow?.[resourceType] ?? rule.allow?.['*'] ?? '', site: rule.site ?? 'any' }));
      return {
        role,
        resourceType,
        allow: orderedLetters(allowed.map(({ letters }) => letters).join('')),
        product: (permissions.productRoles ?? []).includes(role),
        sites: sitesOf(allowed),
        ...(siteLimitHeldBy === undefined ? {} : { siteLimitHeldBy }),
      };
    }),
  );
}

/** Sites at which the rules together allow reading or searching. */
function sitesOf(rules: readonly { readonly letters: string; readonly site: string | readonly string[] }[]) {
  const sites = [...new Set(rules.flatMap(({ letters, site }) => (/[rs]/.test(letters) ? site : [])))];
  return sites.includes('any') ? ('any' as const) : sites;
}

/** Every subject of a run, in document order. A pure function of the documents, so that scoring offline sees the same. */
export function subjectsOf({ contract, organization, environmentId, peers = [] }: SubjectSources): AnySubject[] {
  const environment = organization.environments?.[environmentId];
  const binding = aiSystemBinding(contract, organization, environmentId);
  const endpointId = `endpoint:${environmentId}`;
  const servedBy = binding === undefined ? endpointId : `binding:${binding.id}`;
  const subjects: AnySubject[] = [
    {
      kind: 'run',
      id: 'run',
      item: { contract, organization, environmentId },
      parent: undefined,
      demandedBy: { document: 'contract', pointer: '' },
    },
  ];
  if (environment !== undefined) {
    subjects.push({
      kind: 'endpoint',
      id: endpointId,
      item: { environmentId, environment },
      parent: 'run',
      demandedBy: { document: 'organization', pointer: `/environments/${environmentId}` },
    });
  }
  for (const [index, item] of (organization.auth?.bindings ?? []).entries()) {
    if (item.environment !== environmentId) continue;
    subjects.push({
      kind: 'binding',
      id: `binding:${item.id}`,
      item,
      parent: environment === undefined ? 'run' : endpointId,
      demandedBy: { document: 'organization', pointer: `/auth/bindings/${index}` },
    });
  }
  for (const [index, trigger] of (contract.triggers ?? []).entries()) {
    subjects.push({
      kind: 'trigger',
      id: `trigger:${trigger.id}`,
      item: { trigger, channel: organization.channels?.[trigger.id] },
      parent: servedBy,
      demandedBy: { document: 'contract', pointer: `/triggers/${index}` },
    });
  }
  for (const [index, item] of (contract.resources ?? []).entries()) {
    subjects.push({
      kind: 'resource',
      id: `resource:${item.id}`,
      item,
      parent: servedBy,
      demandedBy: { document: 'contract', pointer: `/resources/${index}` },
    });
  }
  for (const [index, action] of (contract.actions ?? []).entries()) {
    subjects.push({
      kind: 'action',
      id: `action:${action.id}`,
      item: { action, path: organization.paths?.[action.id] },
      parent: servedBy,
      demandedBy: { document: 'contract', pointer: `/actions/${index}` },
    });
  }
  for (const [index, entry] of (contract.latency ?? []).entries()) {
    subjects.push({
      kind: 'budget',
      id: `budget:${entry.id}`,
      item: {
        entry,
        trigger: contract.triggers?.find((trigger) => trigger.id === entry.trigger),
        action: contract.actions?.find((action) => action.id === entry.answeredBy),
      },
      parent: servedBy,
      demandedBy: { document: 'contract', pointer: `/latency/${index}` },
    });
  }
  for (const cell of permissionCells(contract)) {
    subjects.push({
      kind: 'cell',
      id: `cell:${cell.role}/${cell.resourceType}`,
      item: cell,
      parent: servedBy,
      demandedBy: { document: 'contract', pointer: '/permissions/rules' },
    });
  }
  const schedules = (organization.testData?.schedules ?? []).map((schedule) => schedule.id);
  if (bookingResource(contract)) {
    subjects.push({
      kind: 'slots',
      id: 'slots',
      item: { schedules },
      parent: servedBy,
      demandedBy: { document: 'organization', pointer: '/testData/schedules' },
    });
  }
  for (const [index, item] of (organization.attestations ?? []).entries()) {
    subjects.push({
      kind: 'attestation',
      id: `attestation:${item.id}`,
      item,
      parent: 'run',
      demandedBy: { document: 'organization', pointer: `/attestations/${index}` },
    });
  }
  for (const organizationId of peers) {
    subjects.push({
      kind: 'peer',
      id: `peer:${organizationId}`,
      item: { organizationId, contract },
      parent: servedBy,
      demandedBy: { document: 'organization', pointer: '' },
    });
  }
  return subjects;
}

/** An action commits to Slot or Appointment, or a resource is a Slot. */
export const bookingResource = (contract: Contract): boolean =>
  (contract.resources ?? []).some((resource) => resource.type === 'Slot') ||
  (contract.actions ?? []).some(
    (action) => action.kind === 'commit' && (action.resource === 'Slot' || action.resource === 'Appointment'),
  );

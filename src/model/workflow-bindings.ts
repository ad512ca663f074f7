import type { Contract } from './documents/contract.js';
import type { AuthBinding, OrganizationProfile } from './documents/organization.js';
import { aiSystemBinding } from './subjects.js';

/**
 * The AI system's client for the workflow of this contract, and its clients for other workflows in the same environment; a
 * spare that only negative tests use is none. `workflow` is what its binding, else the contract, calls this one.
 */
export function workflowBindings(
  contract: Contract,
  organization: OrganizationProfile,
  environmentId: string,
): { readonly own: AuthBinding | undefined; readonly workflow: string | undefined; readonly others: AuthBinding[] } {
  const own = aiSystemBinding(contract, organization, environmentId);
  const workflow = own?.workflow;
  const others = (organization.auth?.bindings ?? []).filter(
    (binding) =>
      binding !== own &&
      binding.usedBy === 'ai-system' &&
      binding.environment === environmentId &&
      binding.expendable !== true &&
      binding.workflow !== undefined &&
      binding.workflow !== workflow,
  );
  return { own, workflow, others };
}

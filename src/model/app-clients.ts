import type { Contract } from './documents/contract.js';
import type { AuthBinding, OrganizationProfile } from './documents/organization.js';

/** The product is opened by people: a launch trigger, or a client of its own that signs people in. */
export const isUserFacing = (contract: Contract, organization: OrganizationProfile): boolean =>
  (contract.triggers ?? []).some((trigger) => trigger.kind === 'smart-launch') ||
  (organization.auth?.bindings ?? []).some((binding) => binding.usedBy === 'ai-system' && binding.flow !== 'backend');

/** The AI system's client that signs people in, in this environment and workflow; or the expendable one for bad sign-ins. */
export function appBinding(
  contract: Contract,
  organization: OrganizationProfile,
  environmentId: string,
  expendable: boolean,
): AuthBinding | undefined {
  const workflow = contract.permissions?.workflowClient;
  return (organization.auth?.bindings ?? []).find(
    (binding) =>
      binding.usedBy === 'ai-system' &&
      binding.flow !== 'backend' &&
      binding.environment === environmentId &&
      (binding.expendable === true) === expendable &&
      (workflow === undefined || binding.workflow === undefined || binding.workflow === workflow),
  );
}

/** Whoever signs in so is a patient, or acts for one; not staff. */
export const isPatientLogin = (fhirUser: string | undefined): boolean =>
  /^(Patient|RelatedPerson)\//.test(fhirUser ?? '');

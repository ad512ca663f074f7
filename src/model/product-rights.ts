import type { Contract } from './documents/contract.js';
import { orderedLetters } from './documents/normalise.js';
import type { AuthBinding, OrganizationProfile } from './documents/organization.js';
import { permissionCells } from './subjects.js';

/**
 * SMART v2 letters by resource type that the product needs of this client: the cells of the product roles it is used in,
 * or of all product roles where no context says which. Undefined while the contract has no matrix or names no product role.
 */
export function productRights(
  contract: Contract,
  organization: OrganizationProfile,
  binding: AuthBinding,
): ReadonlyMap<string, string> | undefined {
  const products = permissionCells(contract).filter((cell) => cell.product);
  if (products.length === 0) return undefined;
  const roles = (organization.contexts ?? []).filter((each) => each.binding === binding.id).map((each) => each.role);
  const own = products.filter((cell) => roles.includes(cell.role));
  const rights = new Map<string, string>();
  for (const { resourceType, allow } of own.length > 0 ? own : products) {
    if (allow !== '') rights.set(resourceType, orderedLetters((rights.get(resourceType) ?? '') + allow));
  }
  return rights;
}

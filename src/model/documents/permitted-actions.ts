import type { Contract, ContractAction } from './contract.js';

const letters: Readonly<Record<string, string>> = { create: 'c', update: 'u', patch: 'u', delete: 'd' };

/**
 * Actions that no role may perform although the permission rules name actions at all: no rule lists them, or no role that
 * lists them has the right on their resource type that writing through FHIR takes.
 */
export function impossibleActions(contract: Contract): { readonly id: string; readonly index: number }[] {
  const rules = contract.permissions?.rules ?? [];
  if (!rules.some((rule) => (rule.actions ?? []).length > 0)) return [];
  return (contract.actions ?? []).flatMap((action, index) => {
    const roles = rules.filter(
      (rule) => rule.actions?.includes(action.id) === true || rule.actions?.includes('*') === true,
    );
    const able = roles.some(({ role }) => hasRight(contract, role, action));
    return able ? [] : [{ id: action.id, index }];
  });
}

function hasRight(contract: Contract, role: string, action: ContractAction): boolean {
  const letter = letters[action.interaction ?? ''];
  if (action.via !== 'fhir-r4' || action.resource === undefined || letter === undefined) return true;
  const type = action.resource;
  return (contract.permissions?.rules ?? [])
    .filter((rule) => rule.role === role || rule.role === '*')
    .some((rule) => (rule.allow?.[type] ?? rule.allow?.['*'] ?? '').includes(letter));
}

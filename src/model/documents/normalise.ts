import type { Contract, ContractAction, ContractResource, Field } from './contract.js';

/** Fields of a resource in their long form; `Slot.start` is short for `{path: Slot.start, need: must}`. */
export function fieldsOf(resource: ContractResource): (Field & { need: 'must' | 'should' })[] {
  return (resource.fields ?? []).map((field) =>
    typeof field === 'string' ? { path: field, need: 'must' } : { ...field, need: field.need ?? 'must' },
  );
}

/** SMART v2 letters in the order c r u d s (https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html). */
export function orderedLetters(letters: string): string {
  return ['c', 'r', 'u', 'd', 's'].filter((letter) => letters.includes(letter)).join('');
}

/**
 * The same contract with every short form written out: fields as objects, permission letters in order, and each control
 * an action needs held by the EHR where nobody says otherwise. Shape and positions stay, so pointers into the file hold.
 */
export function normaliseContract(contract: Contract): Contract {
  const rules = contract.permissions?.rules;
  return {
    ...contract,
    ...(contract.resources && {
      resources: contract.resources.map((resource) =>
        resource.fields ? { ...resource, fields: fieldsOf(resource) } : resource,
      ),
    }),
    ...(contract.actions && { actions: contract.actions.map(withDefaultHolders) }),
    ...(contract.permissions &&
      rules && {
        permissions: {
          ...contract.permissions,
          rules: rules.map((rule) =>
            rule.allow
              ? {
                  ...rule,
                  allow: Object.fromEntries(
                    Object.entries(rule.allow).map(([type, letters]) => [type, orderedLetters(letters)]),
                  ),
                }
              : rule,
          ),
        },
      }),
  };
}

// Which control an action needs: overwriting takes an object that exists, a duplicate takes a new one, a gate takes a review.
function withDefaultHolders(action: ContractAction): ContractAction {
  if (action.kind === 'suggest') return action;
  const changes = action.interaction === 'update' || action.interaction === 'patch' || action.interaction === 'delete';
  return {
    ...action,
    controls: {
      ...(changes && { noOverwrite: { heldBy: 'ehr' } }),
      ...(!changes && { noDuplicate: { heldBy: 'ehr' } }),
      ...(action.review?.required && { reviewGate: { heldBy: 'ehr' } }),
      undo: { heldBy: 'ehr' },
      ...action.controls,
    },
  };
}

import type { ContractAction } from './documents/contract.js';

/** Whether an action, or its undo, changes something that exists. */
export const changesExisting = (action: ContractAction): boolean =>
  ['update', 'patch', 'delete'].includes(action.interaction ?? '') ||
  (typeof action.compensation === 'object' && ['update', 'patch'].includes(action.compensation.interaction));

/** Whether the tool can perform the action itself; the organization's path wins over the contract's. */
export const speaksFhir = (action: ContractAction, via?: string): boolean => (via ?? action.via) === 'fhir-r4';

/** A draft or a commit: something is written, by whatever way. */
export const writesSomething = (action: ContractAction): boolean => action.kind !== 'suggest';

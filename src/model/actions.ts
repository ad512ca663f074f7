import type { ContractAction } from './documents/contract.js';

/** Whether an action, or its undo, changes something that exists. */
export const changesExisting = (action: ContractAction): boolean =>
  ['update', 'patch', 'delete'].includes(action.interaction ?? '') ||
  (typeof action.compensation === 'object' && ['update', 'patch', 'delete'].includes(action.compensation.interaction));

/** Whether the tool can perform the action itself; the organization's path wins over the contract's. */
export const speaksFhir = (action: ContractAction, via?: string): boolean => (via ?? action.via) === 'fhir-r4';

/** A draft or a commit: something is written, by whatever way. */
export const writesSomething = (action: ContractAction): boolean => action.kind !== 'suggest';

/** Something new is written by FHIR, so that the tool can do it itself. */
export const createsThroughFhir = (action: ContractAction, via?: string): boolean =>
  writesSomething(action) && action.interaction === 'create' && speaksFhir(action, via);

/** An object that exists is updated or patched by FHIR. */
export const changesThroughFhir = (action: ContractAction, via?: string): boolean =>
  writesSomething(action) &&
  (action.interaction === 'update' || action.interaction === 'patch') &&
  speaksFhir(action, via);

/** Something new is written, by whatever way. */
export const createsSomething = (action: ContractAction): boolean =>
  writesSomething(action) && (action.interaction === undefined || action.interaction === 'create');

/** The action or its undo updates or patches through an interface. */
export const updatesThroughInterface = (action: ContractAction, via?: string): boolean => {
  const undo = typeof action.compensation === 'object' ? action.compensation.interaction : undefined;
  return (
    writesSomething(action) &&
    (via ?? action.via) !== 'screen' &&
    [action.interaction, undo].some((each) => each === 'update' || each === 'patch')
  );
};

/** Several writes in one request. */
export const performsBundle = (action: ContractAction): boolean =>
  writesSomething(action) && action.interaction === 'transaction';

/** Puts somebody into a time that only one can have. */
export const takesTime = (action: ContractAction): boolean =>
  action.kind === 'commit' &&
  (action.resource === 'Slot' || action.resource === 'Appointment') &&
  (createsSomething(action) || action.states?.to === 'booked' || action.states?.to === 'busy');

/** Comes together with others: one wish leads to more than one write. */
export const comesWithOthers = (action: ContractAction): boolean =>
  writesSomething(action) && (action.dependsOn ?? []).length > 0;

/** The create an action rests on; undefined where it rests on none. */
export const firstWriteOf = (
  actions: readonly ContractAction[] | undefined,
  action: ContractAction,
): ContractAction | undefined =>
  (actions ?? []).find(
    (each) => action.dependsOn?.includes(each.id) === true && createsSomething(each) && each.resource !== undefined,
  );

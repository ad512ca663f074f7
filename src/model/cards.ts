import type { Contract } from './documents/contract.js';

/** The workflow shows cards: a trigger is a hook of the EHR, or an action is a card. https://cds-hooks.hl7.org/2.0/ */
export const showsCards = ({ triggers = [], actions = [] }: Contract): boolean =>
  triggers.some(({ kind }) => kind === 'cds-hook') || actions.some(({ channel }) => channel === 'card');

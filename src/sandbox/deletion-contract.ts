import type { AuthBinding } from '../model/documents/organization.js';
import { partOf, type Documents } from './deviation.js';

/**
 * The authorization contract whose new tasks are taken back by a delete. No client of the tracker may delete, so it signs
 * in as the one that stands for the hospital's own systems, which may create no Provenance.
 */
export function withDeletion({ contract, organization }: Documents): void {
  const actions = contract['actions'] as { id: string }[];
  const open = actions.findIndex(({ id }) => id === 'open-task');
  partOf(contract, 'actions', open)['compensation'] = { interaction: 'delete', limit: 'PT30M' };
  const allowed = partOf(contract, 'permissions', 'rules', 0, 'allow');
  allowed['Task'] = 'cruds';
  delete allowed['Provenance'];
  partOf(contract, 'audit')['provenance'] = { required: false, why: 'the interface takes none from this client' };
  const bindings = (organization['auth'] as { bindings: AuthBinding[] }).bindings;
  const [own, able] = ['tracker', 'event-source'].map((name) => bindings.find(({ id }) => id === name));
  if (own === undefined || able === undefined) return;
  const { clientId, key, kid, alg } = able;
  const scopes = Object.entries(allowed).map(([type, letters]) => `system/${type}.${String(letters)}`);
  Object.assign(own, { clientId, key, kid, alg, scopes });
}

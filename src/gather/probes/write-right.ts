import { scopesAllow } from '../../fhir/scopes.js';
import { speaksFhir, writesSomething } from '../../model/actions.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { defineProbe } from '../probe.js';
import { ExchangeFault } from '../request.js';

const letters: Readonly<Partial<Record<NonNullable<ContractAction['interaction']>, 'c' | 'u' | 'd'>>> = {
  create: 'c',
  transaction: 'c',
  update: 'u',
  patch: 'u',
  delete: 'd',
};

/** Whether the AI system's sign-in brought the right to carry the action out. */
export default defineProbe({
  id: 'write-right',
  phase: 'discover',
  subjects: 'action',
  when: ({ item: { action, path } }) =>
    writesSomething(action) &&
    speaksFhir(action, path?.via) &&
    action.resource !== undefined &&
    letters[action.interaction ?? 'operation'] !== undefined,
  needs: ['ai'],
  writes: 'none',
  brings: ['write-right'],
  sends: () => [],
  async run({ item: { action } }, { clients: { ai }, organization, cite }) {
    const record = await ai.signedIn();
    cite([record.exchange]);
    if (!record.usableToken) {
      throw new ExchangeFault('prerequisite-failed', `the sign-in was refused with ${record.status}`, record.exchange);
    }
    const letter = letters[action.interaction ?? 'operation'] ?? 'c';
    const asked = organization.auth?.bindings?.find(({ id }) => id === ai.bindingId)?.scopes ?? [];
    const allows = (scopes: readonly string[]): boolean => scopesAllow(scopes, action.resource ?? '', letter);
    return { 'write-right': { letter, granted: allows(ai.grantedScopes), requested: allows(asked) } };
  },
});

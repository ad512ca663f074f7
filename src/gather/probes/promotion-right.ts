import { scopesAllow } from '../../fhir/scopes.js';
import { speaksFhir, writesSomething } from '../../model/actions.js';
import { defineProbe } from '../probe.js';
import { ExchangeFault } from '../request.js';

/** Whether the AI system's token could move a draft on. Off a simulator nothing is ever finalised (safety rule 14). */
export default defineProbe({
  id: 'promotion-right',
  phase: 'discover',
  subjects: 'action',
  when: ({ item: { action, path } }, { environmentClass }) =>
    environmentClass !== 'simulator' &&
    action.review?.required === true &&
    writesSomething(action) &&
    speaksFhir(action, path?.via) &&
    action.resource !== undefined,
  needs: ['ai'],
  writes: 'none',
  brings: ['promotion'],
  sends: () => [],
  async run({ item: { action } }, { clients: { ai }, cite }) {
    const record = await ai.signedIn();
    cite([record.exchange]);
    if (!record.usableToken)
      throw new ExchangeFault('prerequisite-failed', `the sign-in was refused with ${record.status}`, record.exchange);
    return { promotion: { way: 'stated', mayUpdate: scopesAllow(ai.grantedScopes, action.resource ?? '', 'u') } };
  },
});

import { defineProbe } from '../probe.js';

/** On a type FHIR does not have. */
const madeUpScope = 'system/ScorecardUnknown.rs';

/** Whether the token endpoint grants whatever it is asked for. */
export default defineProbe({
  id: 'scope-echo',
  phase: 'negative',
  subjects: 'run',
  when: (_subject, { organization }) => organization.limits?.authNegativeTests === true,
  needs: ['expendable'],
  writes: 'none',
  brings: ['scope-echo'],
  sends: () => [{ context: 'expendable', method: 'POST', path: '', purpose: 'token', most: 3 }],
  async run(_subject, { negativeSignIn, organization, clients: { expendable } }) {
    const binding = organization.auth?.bindings?.find((each) => each.id === expendable.bindingId);
    const record = await negativeSignIn({ scopes: [...(binding?.scopes ?? []), madeUpScope] });
    return {
      'scope-echo': {
        status: record.status,
        madeUpScopeGranted: record.usableToken && record.grantedScopes?.includes(madeUpScope) === true,
      },
    };
  },
});

import { readScope } from '../../fhir/scopes.js';
import { missing } from '../../model/fact.js';
import type { AuthBinding } from '../../model/documents/organization.js';
import { aiSystemBinding } from '../../model/subjects.js';
import { assertionFaults } from '../faulty-assertion.js';
import { openForeignKeySet } from '../foreign-key-set.js';
import type { NegativeAttempt } from '../negative-sign-ins.js';
import { defineProbe, type RunDocuments } from '../probe.js';

/** Types a product has no business with; the first one its client asks no scope for is asked for. */
const foreignTypes = ['Claim', 'Account', 'PaymentNotice'];

const attemptsAtMost = assertionFaults.length + 1;

const isBackend = ({ contract, organization, environmentId }: RunDocuments): boolean =>
  (aiSystemBinding(contract, organization, environmentId)?.flow ?? 'backend') === 'backend';

/** Sign-ins of the expendable client that have to be refused, the worst to have accepted first. */
export default defineProbe({
  id: 'assertion-trials',
  phase: 'negative',
  subjects: 'run',
  when: (_subject, documents) => isBackend(documents),
  needs: ['expendable'],
  writes: 'none',
  brings: ['assertion-trials'],
  sends: (_subject, { organization }) =>
    organization.limits?.authNegativeTests === true
      ? [{ context: 'expendable', method: 'POST', path: '', purpose: 'token', most: 2 * attemptsAtMost + 1 }]
      : [],
  async run(_subject, { negativeSignIns, organization, environment, clients: { expendable } }) {
    const { tokenUrl } = environment;
    const binding = organization.auth?.bindings?.find((each) => each.id === expendable.bindingId);
    if (binding === undefined || tokenUrl === undefined)
      return { 'assertion-trials': missing('origin-not-listed', 'no token URL is listed') };
    if (binding.key === undefined)
      return { 'assertion-trials': missing('tool-limited', 'the expendable client signs in with a secret') };
    const beyond = scopeBeyond(binding);
    const keySet = await openForeignKeySet(tokenUrl, binding.alg ?? 'RS384');
    try {
      const attempts: (NegativeAttempt & { readonly fault: (typeof assertionFaults)[number] | typeof scopeFault })[] = [
        ...assertionFaults.map((assertion) => ({ fault: assertion, assertion, keySet })),
        { fault: scopeFault, scopes: [...(binding.scopes ?? []), beyond] },
      ];
      const records = await negativeSignIns(attempts);
      const trials = records.flatMap((record, index) => {
        const attempt = attempts[index];
        if (attempt === undefined) return [];
        const { status, usableToken, grantedScopes, oauthError } = record;
        // Scopes an answer does not state are those asked for (RFC 6749, section 5.1).
        const accepted = usableToken && (attempt.fault !== scopeFault || grantedScopes?.includes(beyond) !== false);
        return [{ fault: attempt.fault, status, accepted, oauthError: oauthError !== undefined }];
      });
      return {
        'assertion-trials': {
          trials,
          notTried: attempts.slice(records.length).map(({ fault }) => fault),
          foreignKeySetFetched: trials.some(({ fault }) => fault === 'foreign-key-set') ? keySet.fetched() : null,
        },
      };
    } finally {
      await keySet.close();
    }
  },
});

const scopeFault = 'scope-beyond-registration';

/** In the spelling the client uses. */
function scopeBeyond({ scopes = [] }: AuthBinding): string {
  const read = scopes.flatMap((scope) => readScope(scope) ?? []);
  const type = foreignTypes.find((one) => !read.some(({ resourceType }) => resourceType === one)) ?? 'Claim';
  return `system/${type}.${read.some(({ version }) => version === 2) ? 'r' : 'read'}`;
}

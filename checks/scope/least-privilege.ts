import { defineCheck } from '../../src/check.js';
import { lettersAllowedBy, lettersWithout } from '../../src/fhir/scopes.js';
import { productRights } from '../../src/model/product-rights.js';
import { aiSystemBinding } from '../../src/model/subjects.js';

const changes = (letters: string): boolean => /[cud]/.test(letters);

export default defineCheck({
  id: 'scope.least-privilege',
  kind: 'probe',
  severity: 'major',
  blocks: 'auth',
  title: 'The token allows what the workflow needs and no more',
  failureTitle: 'The token allows far more than the workflow needs',
  plain: 'The AI system may do its job in the record, and nothing else.',
  why: 'What a token allows is what a stolen token, or a mistake of the product, can do.',
  sends:
    'Compares the scopes of the token answer with those asked for and with the rights of the product in the contract; asks once, with an expendable client, for a scope that does not exist.',
  ask: {
    of: 'vendor',
    text: 'Show us the rights in a token of your product on the test system, and the step of the workflow that needs each of them.',
  },
  remedy: [
    { owner: 'vendor', effort: 'low', text: 'Ask for the scopes of the contract and no others.' },
    {
      owner: 'ehr-team',
      effort: 'low',
      text: 'Register the client for exactly these scopes; grant at most what is asked for.',
    },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
    'https://www.ecfr.gov/current/title-45/section-164.502#p-164.502(b)',
  ],
  maps: ['45 CFR 164.502(b)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'no-credential',
  reads: ['granted-scopes'],
  optional: ['scope-echo'],
  messages: {
    everything: { kind: 'proof', text: 'The token allows {letters} on every resource type.' },
    unasked: { kind: 'proof', text: 'The token allows {letters} on {resourceType}, which nobody asked for.' },
    'extra-change': {
      kind: 'proof',
      text: 'The token allows {letters} on {resourceType}; the workflow needs {needed}.',
    },
    'extra-read': { kind: 'limit', text: 'The token allows {letters} on {resourceType}; the workflow needs {needed}.' },
    'first-version': {
      kind: 'limit',
      text: 'The scopes on {resourceType} are of version 1, which cannot tell create, update and delete apart.',
    },
    echo: {
      kind: 'limit',
      text: 'A scope that does not exist was granted: what the token answer says of scopes proves nothing.',
    },
    undecided: { kind: 'undecided', text: 'The contract does not say which rights the product needs: {who} decides.' },
  },
  evaluate: ({ 'granted-scopes': { asked, granted }, 'scope-echo': echo }, say, { item }) => {
    const { contract, organization, environmentId } = item;
    const binding = aiSystemBinding(contract, organization, environmentId);
    const rights = binding && productRights(contract, organization, binding);
    const subscribes = Object.values(organization.channels ?? {}).some(({ kind }) => kind === 'subscription');
    const verdicts = granted.flatMap(({ resourceType, letters, version }) => {
      if (resourceType === '*' && rights?.has('*') !== true) return [say.fail('everything', { letters })];
      const unasked = lettersWithout(letters, lettersAllowedBy(asked, resourceType));
      if (unasked !== '') return [say.fail('unasked', { resourceType, letters: unasked })];
      if (rights === undefined || (subscribes && resourceType === 'Subscription')) return [];
      const needed = rights.get(resourceType) ?? rights.get('*') ?? '';
      const extra = lettersWithout(letters, needed);
      const shown = { resourceType, letters: extra, needed: needed === '' ? 'nothing' : needed };
      if (extra === '') return [];
      if (!changes(extra)) return [say.warn('extra-read', shown)];
      return [version === 1 && changes(needed) ? say.warn('first-version', shown) : say.fail('extra-change', shown)];
    });
    if (echo?.madeUpScopeGranted === true) verdicts.push(say.warn('echo', echo));
    if (rights === undefined) {
      verdicts.push(
        say.notMeasured('undecided', 'undecided', { who: 'product owner', default: 'what the actions need' }),
      );
    }
    return verdicts.length > 0 ? verdicts : say.pass({ granted });
  },
});

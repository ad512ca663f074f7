import { defineCheck } from '../../src/check.js';
import { lettersAllowedBy, lettersWithout } from '../../src/fhir/scopes.js';
import { productRights } from '../../src/model/product-rights.js';
import { aiSystemBinding } from '../../src/model/subjects.js';

const recommendedSeconds = 300;
const longestSeconds = 3_600;

export default defineCheck({
  id: 'auth.backend-token',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'auth',
  title: 'The service signs in with a signed assertion and gets a short-lived token',
  failureTitle: 'The service cannot sign in the standard way',
  plain: 'The AI system can log in by itself, with a key and for a short time.',
  why: 'A backend service has nobody to type a password; a login that differs from the standard, or a token that lives for hours, has to be solved for every hospital anew.',
  sends:
    'One client_credentials request with an assertion signed for the listed token URL and the scopes of the organization file; reads token type, lifetime, scopes and caching of the answer. No redirect is followed.',
  ask: {
    of: 'vendor',
    text: 'Show us your product signing in to the test system with its own key: what it may do then, and for how long.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'low',
      text: 'Register the public key or key set URL and the scopes of this client; let tokens live for five minutes.',
    },
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Check iss, sub, aud, exp, jti and kid of the assertion against what was registered.',
    },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/backend-services.html',
    'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
    'https://www.rfc-editor.org/rfc/rfc6749#section-5.1',
  ],
  maps: ['45 CFR 164.312(d)'],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract, organization, environmentId } }) =>
    (aiSystemBinding(contract, organization, environmentId)?.flow ?? 'backend') === 'backend',
  ifNone: 'no-credential',
  reads: ['token-answer'],
  optional: ['granted-scopes'],
  messages: {
    refused: { kind: 'proof', text: 'The token endpoint answered {status} ({error}).' },
    'no-token': {
      kind: 'proof',
      text: 'The token endpoint answered {status} without an access token that can be sent.',
    },
    'lives-long': {
      kind: 'proof',
      text: 'The token lives for {expiresInSeconds} s; at most {atMostSeconds} are accepted.',
    },
    'lives-longer': {
      kind: 'limit',
      text: 'The token lives for {expiresInSeconds} s; {recommendedSeconds} are recommended.',
    },
    'lifetime-unclear': { kind: 'limit', text: 'The answer states no usable lifetime.' },
    'may-be-cached': { kind: 'limit', text: 'The answer may be cached: Cache-Control lacks no-store.' },
    'type-not-bearer': { kind: 'limit', text: 'The answer does not say that the token is a bearer token.' },
    'scope-not-stated': { kind: 'limit', text: 'The answer does not say which scopes were granted.' },
    'not-covered': { kind: 'limit', text: 'The granted scopes lack {lacking}, which the contract needs.' },
    'shared-secret': { kind: 'limit', text: 'The client signs in with a shared secret instead of a key.' },
  },
  evaluate: (facts, say, { item: { contract, organization, environmentId } }) => {
    const { 'token-answer': token, 'granted-scopes': scopes } = facts;
    if (token.status >= 400) return say.fail('refused', { ...token, error: token.error ?? 'no OAuth error code' });
    if (!token.usableToken) return say.fail('no-token', token);
    const { expiresInSeconds } = token;
    const shown = { expiresInSeconds, recommendedSeconds, atMostSeconds: longestSeconds };
    if (expiresInSeconds !== null && expiresInSeconds > longestSeconds) return say.fail('lives-long', shown);
    const verdicts = [];
    if (expiresInSeconds === null || expiresInSeconds <= 0) verdicts.push(say.warn('lifetime-unclear', shown));
    else if (expiresInSeconds > recommendedSeconds) verdicts.push(say.warn('lives-longer', shown));
    if (!token.noStore) verdicts.push(say.warn('may-be-cached'));
    if (!token.bearer) verdicts.push(say.warn('type-not-bearer'));
    if (!token.scopeStated) verdicts.push(say.warn('scope-not-stated'));
    if (!token.asymmetric) verdicts.push(say.warn('shared-secret'));
    const binding = aiSystemBinding(contract, organization, environmentId);
    const needed = binding && productRights(contract, organization, binding);
    if (scopes !== undefined && needed !== undefined) {
      const lacking = [...needed].flatMap(([type, letters]) => {
        const held = lettersAllowedBy(scopes.granted, type);
        const missing = lettersWithout(letters, held);
        return missing === '' ? [] : [`${type}.${missing}`];
      });
      if (lacking.length > 0) verdicts.push(say.warn('not-covered', { lacking }));
    }
    return verdicts.length > 0 ? verdicts : say.pass(shown);
  },
});

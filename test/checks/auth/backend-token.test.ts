import backendToken from '../../../checks/auth/backend-token.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

const good = {
  status: 200,
  usableToken: true,
  error: null,
  bearer: true,
  expiresInSeconds: 300,
  noStore: true,
  scopeStated: true,
  asymmetric: true,
};
const run = (facts: FullCase['facts'], flow: 'backend' | 'ehr-launch' = 'backend'): FullCase => ({
  facts,
  subject: {
    id: 'run',
    item: {
      environmentId: 'simulator',
      contract: {
        metadata: { id: 'scheduling' },
        permissions: { productRoles: ['bot'], rules: [{ role: 'bot', allow: { Slot: 'rs' } }] },
      },
      organization: {
        metadata: { id: 'lakeside' },
        auth: { bindings: [{ id: 'bot', environment: 'simulator', usedBy: 'ai-system', flow }] },
      },
    },
  },
});
const granted = (letters: string) => ({
  asked: [],
  granted: [{ resourceType: 'Slot', letters, version: 2 as const }],
  stated: true,
});

testCheck(backendToken, {
  pass: {
    'five minutes, everything said': run({ 'token-answer': good }),
    'covers what the product needs': run({ 'token-answer': good, 'granted-scopes': granted('rs') }),
    'no client named: judged by what was gathered': { 'token-answer': good },
  },
  warn: {
    'an hour': run({ 'token-answer': { ...good, expiresInSeconds: 3_600 } }),
    'no lifetime': run({ 'token-answer': { ...good, expiresInSeconds: null } }),
    'lifetime of zero': run({ 'token-answer': { ...good, expiresInSeconds: 0 } }),
    'may be cached': run({ 'token-answer': { ...good, noStore: false } }),
    'no token type': run({ 'token-answer': { ...good, bearer: false } }),
    'scopes not said': run({ 'token-answer': { ...good, scopeStated: false } }),
    'shared secret': run({ 'token-answer': { ...good, asymmetric: false } }),
    'granted less than needed': run({ 'token-answer': good, 'granted-scopes': granted('r') }),
  },
  fail: {
    refused: run({ 'token-answer': { ...good, status: 401, usableToken: false, error: 'invalid_client' } }),
    'a page instead of a token': run({ 'token-answer': { ...good, usableToken: false } }),
    'two hours': run({ 'token-answer': { ...good, expiresInSeconds: 7_200 } }),
    'thirty thousand years': run({ 'token-answer': { ...good, expiresInSeconds: 1e12 } }),
  },
  notApplicable: { 'signs in by launch': run({ 'token-answer': good }, 'ehr-launch') },
});

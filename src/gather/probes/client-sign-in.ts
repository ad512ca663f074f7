import { readScope } from '../../fhir/scopes.js';
import { missing } from '../../model/fact.js';
import { defineProbe } from '../probe.js';

const knownErrors = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
] as const;

const scopesOf = (texts: readonly string[]) =>
  texts.flatMap((text) => {
    const scope = readScope(text);
    return scope === undefined
      ? []
      : [{ resourceType: scope.resourceType, letters: scope.letters, version: scope.version }];
  });

/** What the token endpoint answers to the AI system's client, and which scopes it grants. The sign-in is the session's own. */
export default defineProbe({
  id: 'client-sign-in',
  phase: 'discover',
  subjects: 'run',
  needs: ['ai'],
  writes: 'none',
  inProduction: true,
  brings: ['token-answer', 'granted-scopes'],
  sends: () => [],
  async run(_subject, { clients: { ai }, organization, cite }) {
    const record = await ai.signedIn();
    cite([record.exchange]);
    const { oauthError, expiresInSeconds, grantedScopes } = record;
    const asked = organization.auth?.bindings?.find((binding) => binding.id === ai.bindingId)?.scopes ?? [];
    return {
      'token-answer': {
        status: record.status,
        usableToken: record.usableToken,
        error:
          oauthError === undefined ? null : (knownErrors.find((known) => known === oauthError) ?? ('other' as const)),
        bearer: record.tokenType?.toLowerCase() === 'bearer',
        expiresInSeconds: expiresInSeconds ?? null,
        noStore: /(^|[\s,])no-store([\s,]|$)/i.test(record.cacheControl ?? ''),
        scopeStated: grantedScopes !== undefined,
        asymmetric: record.asymmetric,
      },
      'granted-scopes': record.usableToken
        ? {
            asked: scopesOf(asked),
            granted: scopesOf(grantedScopes ?? asked),
            stated: grantedScopes !== undefined,
          }
        : missing('prerequisite-failed', 'the sign-in was refused'),
    };
  },
});

import { InvalidClientAuth, InvalidScope, InvalidTarget } from 'oidc-provider/lib/helpers/errors.js';
import { Provider } from 'oidc-provider/lib/provider.js';
import type { JWK } from 'jose';
import type { ListenerRequest, ListenerResponse } from '../wire/listener.js';
import type { AuthorizationRules } from './deviation.js';
import { createClientKey } from './keys.js';
import {
  createLaunch,
  verifierMatches,
  type Consent,
  type LaunchContext,
  type LaunchSettings,
  type RegisteredApp,
} from './launch.js';
import { answerOf } from './node-exchange.js';
import { covers, parseScope } from './scopes.js';
import { createTokenMemory } from './token-memory.js';

export interface RegisteredClient {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly algorithm: 'RS384' | 'ES384';
  readonly publicJwk: JWK;
  /** Absent: what the rules say for every client. */
  readonly tokenLifetimeSeconds?: number;
  /** Of a client that signs people in; every other one is a backend service. */
  readonly app?: RegisteredApp;
}

/** One organization's authorization server: backend services and apps with private_key_jwt, introspection, revocation. */
export interface AuthorizationServer {
  /** Answers a request below the issuer; `path` is what follows it: `/token`, `/jwks`, the pages of a sign-in. */
  answer(request: ListenerRequest, path: string): Promise<ListenerResponse>;
  /** Client and granted scopes of a live access token of this organization, and whom it was opened on. */
  tokenHolder(accessToken: string): Promise<TokenHolder | undefined>;
}

export interface TokenHolder {
  /** Who signed in, as a FHIR reference; absent for a program on its own. */
  readonly user?: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly launched?: LaunchContext;
}

/** What the sandbox does when nothing misbehaves. https://hl7.org/fhir/smart-app-launch/STU2.2/backend-services.html */
export const usualRules: AuthorizationRules = {
  acceptsReplayedAssertion: false,
  longestAssertionSeconds: 300,
  acceptsAudience: (audience, { tokenUrl, endpointUrl }) => audience === tokenUrl || audience === endpointUrl,
  tokenLifetimeSeconds: 300,
  keyName: (organization, client) => `${organization}/${client}`,
  scopesGranted(requested, registered) {
    const own = registered.flatMap((text) => parseScope(text) ?? []);
    const asked = requested.map(parseScope);
    return asked.length > 0 && asked.every((scope) => scope !== undefined && covers(own, scope))
      ? requested
      : undefined;
  },
  permits: (access, ...question) => access.permits(...question),
  withholds: () => true,
  acceptsRedirect: (given, registered) =>
    registered.some((address) => given === address || differsInPort(given, address)),
  challengeMethods: ['S256'],
  acceptsVerifier: verifierMatches,
  keepsToPatient: () => true,
  acceptsTokenOfOtherOrganization: false,
};

/** Any port of loopback will do. https://www.rfc-editor.org/rfc/rfc8252#section-7.3 */
function differsInPort(given: string, registered: string): boolean {
  const [one, other] = [URL.parse(given), new URL(registered)];
  if (one === null || one.href !== given || one.hostname !== '127.0.0.1') return false;
  one.port = other.port;
  return one.href === registered;
}

const paths = ['/token', '/introspect', '/revoke', '/jwks'];

/** The part of the provider's request context that is used here. */
interface ProviderContext {
  readonly oidc: {
    readonly params: { scope?: string; grant_type?: string };
    readonly client: { readonly clientId: string };
    readonly route: string;
  };
}

/** @param settings.issuer absolute; the server's URLs are right below it. */
export async function createAuthorizationServer(settings: {
  issuer: string;
  fhirBase: string;
  clients: readonly RegisteredClient[];
  rules: AuthorizationRules;
  /** Who may sign in on a page, and whom they may choose. */
  people: Pick<LaunchSettings, 'tenant' | 'users' | 'patients' | 'encounters'>;
}): Promise<AuthorizationServer> {
  const { issuer, fhirBase, clients, rules, people } = settings;
  const byId = new Map(clients.map((client) => [client.clientId, client]));
  const memory = createTokenMemory({
    nowMs: Date.now,
    forgets: rules.acceptsReplayedAssertion ? ['ReplayDetection'] : [],
  });
  const { privateJwk } = await createClientKey('ES384');
  const endpointUrls: Readonly<Record<string, string>> = {
    token: `${issuer}/token`,
    introspection: `${issuer}/introspect`,
    revocation: `${issuer}/revoke`,
  };

  const provider = new Provider(issuer, {
    adapter: (model: string) => memory.adapter(model),
    jwks: { keys: [privateJwk] },
    clients: clients.map(({ clientId, algorithm, publicJwk, app }) => ({
      client_id: clientId,
      grant_types: [app === undefined ? 'client_credentials' : 'authorization_code'],
      redirect_uris: app?.redirectUris ?? [],
      response_types: app === undefined ? [] : ['code'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: algorithm,
      jwks: { keys: [publicJwk] },
      id_token_signed_response_alg: 'ES384',
    })),
    clientAuthMethods: ['private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'], idTokenSigningAlgValues: ['ES384'] },
    clientBasedCORS: () => false,
    scopes: ['openid'],
    claims: { openid: ['sub'], fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    // Sign-in pages and code verifiers are judged in launch.ts; the provider never sees an authorization request.
    pkce: { required: () => false },
    findAccount(_context: unknown, accountId: string) {
      const user = people.users.find(({ name }) => name === accountId);
      return user && { accountId, claims: () => ({ sub: accountId, fhirUser: `${fhirBase}/${user.fhirUser}` }) };
    },
    cookies: { keys: [issuer], names: {} },
    renderError: (context: { body: unknown }, error: unknown) => {
      context.body = error;
    },
    routes: { token: '/token', introspection: '/introspect', revocation: '/revoke', jwks: '/jwks' },
    // A lifetime left to the provider is announced on stdout.
    ttl: {
      ...Object.fromEntries(
        [
          'AccessToken',
          'AuthorizationCode',
          'BackchannelAuthenticationRequest',
          'DeviceCode',
          'Grant',
          'IdToken',
          'Interaction',
          'PreAuthorizedCode',
          'RefreshToken',
          'Session',
        ].map((artifact) => [artifact, rules.tokenLifetimeSeconds]),
      ),
      ClientCredentials: (_context: unknown, _token: unknown, { clientId }: { clientId: string }) =>
        byId.get(clientId)?.tokenLifetimeSeconds ?? rules.tokenLifetimeSeconds,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: isOwnToken },
      revocation: { enabled: true, allowedPolicy: isOwnToken },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => fhirBase,
        useGrantedResource: () => true,
        getResourceServerInfo(context: ProviderContext, resource: string) {
          if (resource !== fhirBase) throw new InvalidTarget('this server issues tokens for its own FHIR base only');
          const { params, client } = context.oidc;
          // What a code stands for was decided when the person allowed it.
          if (params.grant_type === 'authorization_code') {
            const scope = (byId.get(client.clientId)?.scopes ?? []).join(' ');
            return { scope, audience: fhirBase, accessTokenFormat: 'opaque' };
          }
          const requested = params.scope?.split(' ').filter(Boolean) ?? [];
          const granted = rules.scopesGranted(requested, byId.get(client.clientId)?.scopes ?? []);
          if (!granted)
            throw new InvalidScope(
              'a requested scope is unknown or not registered for this client',
              requested.join(' '),
            );
          params.scope = granted.join(' ');
          return { scope: params.scope, audience: fhirBase, accessTokenFormat: 'opaque' };
        },
      },
    },
    assertJwtClientAuthClaimsAndHeader(
      _context: ProviderContext,
      claims: { exp: number },
      header: { jku?: string; kid?: string },
    ) {
      if (claims.exp > Date.now() / 1_000 + rules.longestAssertionSeconds) {
        throw new InvalidClientAuth('the assertion lives longer than five minutes');
      }
      if (header.jku !== undefined) throw new InvalidClientAuth('no key set URL is registered for this client');
      if (header.kid === undefined) throw new InvalidClientAuth('the assertion names no key');
    },
  });
  provider.OIDCContext.prototype.clientJwtAuthExpectedAudience = function expected(this: ProviderContext['oidc']) {
    const tokenUrl = `${issuer}/token`;
    return {
      has: (audience) =>
        rules.acceptsAudience(audience, { tokenUrl, endpointUrl: endpointUrls[this.route] ?? tokenUrl }),
    };
  };
  // A real server keeps the reason to itself; here it is what a developer of a client came for.
  for (const failed of ['grant.error', 'introspection.error', 'revocation.error']) {
    provider.on(failed, ({ body }, { error_detail: detail }) => {
      if (detail !== undefined) body.error_description = detail;
    });
  }
  const listener = provider.callback();
  const { host, pathname } = new URL(issuer);

  const launch = createLaunch({
    issuer,
    fhirBase,
    rules,
    ...people,
    appOf(clientId) {
      const client = byId.get(clientId);
      return client?.app && { ...client.app, scopes: client.scopes };
    },
    async issueCode({ clientId, user, scopes, redirectUri, nonce }: Consent) {
      const grant = new provider.Grant({ accountId: user.name, clientId });
      const scope = scopes.join(' ');
      grant.addOIDCScope(scope);
      grant.addResourceScope(fhirBase, scope);
      const grantId = await grant.save();
      const code = new provider.AuthorizationCode({
        client: await provider.Client.find(clientId),
        accountId: user.name,
        grantId,
        redirectUri,
        nonce,
        scope,
        resource: fhirBase,
        authTime: Math.floor(Date.now() / 1_000),
      });
      return { code: await code.save(), grantId };
    },
  });

  const provided = (request: ListenerRequest, path: string): Promise<ListenerResponse> =>
    answerOf((incoming, outgoing) => void listener(incoming, outgoing), request, {
      url: path,
      originalUrl: `${pathname}${path}`,
      host,
    });

  async function exchangeCode(
    request: ListenerRequest,
    path: string,
    form: URLSearchParams,
  ): Promise<ListenerResponse> {
    const verified = launch.verified(form);
    if (verified === undefined) {
      return {
        status: 400,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
        body: JSON.stringify({ error: 'invalid_grant', error_description: 'code_verifier does not match' }),
      };
    }
    const response = await provided({ ...request, body: Buffer.from(verified.toString()) }, path);
    if (response.status !== 200 || response.body === undefined) return response;
    const token = JSON.parse(Buffer.from(response.body).toString()) as object;
    return { ...response, body: JSON.stringify({ ...token, ...launch.membersFor(form.get('code') ?? '') }) };
  }

  return {
    async answer(request, path) {
      const [withoutQuery = ''] = path.split('?');
      const page = await launch.answer(request, withoutQuery);
      if (page !== undefined) return page;
      if (!paths.includes(withoutQuery))
        return { status: 404, headers: { 'content-type': 'application/json' }, body: '{"error":"not_found"}' };
      const form = new URLSearchParams(Buffer.from(request.body).toString());
      return withoutQuery === '/token' && form.get('grant_type') === 'authorization_code'
        ? exchangeCode(request, path, form)
        : provided(request, path);
    },
    async tokenHolder(accessToken) {
      const own = await provider.ClientCredentials.find(accessToken);
      if (own?.isValid) return { clientId: own.clientId, scopes: own.scope?.split(' ') ?? [] };
      const token = await provider.AccessToken.find(accessToken);
      if (!token?.isValid) return undefined;
      const launched = launch.contextOf(token.grantId);
      const user = people.users.find(({ name }) => name === token.accountId)?.fhirUser;
      return {
        clientId: token.clientId,
        scopes: token.scope?.split(' ') ?? [],
        ...(launched && { launched }),
        ...(user === undefined ? {} : { user }),
      };
    },
  };
}

function isOwnToken(_context: ProviderContext, client: { clientId: string }, token: { clientId: string }): boolean {
  return client.clientId === token.clientId;
}

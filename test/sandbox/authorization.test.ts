import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assertion, openSandbox, tokenRequest, type AssertionChanges, type OpenSandbox } from './sandbox-session.js';

let opened: OpenSandbox;
beforeAll(async () => {
  opened = await openSandbox();
});
afterAll(() => opened.close());

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

test('SMART discovery names absolute https URLs, whatever the Accept header', async () => {
  const { fhirBase, issuer } = opened.organization();
  const answer = await opened.send('GET', `${fhirBase}/.well-known/smart-configuration`, { accept: 'text/html' });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toContain('application/json');
  expect(answer.json).toMatchObject({
    issuer,
    token_endpoint: `${issuer}/token`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    authorization_endpoint: `${issuer}/authorize`,
    grant_types_supported: ['client_credentials', 'authorization_code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    capabilities: expect.arrayContaining([
      'launch-ehr',
      'sso-openid-connect',
      'permission-v1',
      'permission-v2',
    ]) as string[],
  });
  expect(issuer).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/lakeside\/auth$/);
});

test.each([
  ['RS384', 'voice-bot'],
  ['ES384', 'scribe'],
])('%s: %s gets an opaque token for five minutes', async (algorithm, name) => {
  const organization = opened.organization();
  const client = organization.clients.find((each) => each.name === name);
  const answer = await tokenRequest(opened.send, organization, name);
  expect(client?.algorithm).toBe(algorithm);
  expect(answer.status).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.json).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: client?.scopes.join(' ') });
  expect(answer.json.access_token).not.toContain('.');
});

test('fewer rights than registered are granted as asked, in v1 words too', async () => {
  const scopes = ['system/Patient.r', 'system/Slot.read'];
  const answer = await tokenRequest(opened.send, opened.organization(), 'voice-bot', { scopes });
  expect(answer.json).toMatchObject({ scope: scopes.join(' ') });
});

describe('a bad assertion is refused between two good ones', () => {
  const cases: Record<string, () => AssertionChanges> = {
    'lives longer than five minutes': () => ({ claims: { exp: inSeconds(400) } }),
    expired: () => ({ claims: { exp: inSeconds(-60) } }),
    'wrong audience': () => ({ claims: { aud: 'https://example.org/token' } }),
    'audience is the issuer': () => ({ claims: { aud: opened.organization().issuer } }),
    'audience is the other organization': () => ({ claims: { aud: opened.organization('summit').tokenUrl } }),
    'subject is another client': () => ({ claims: { sub: 'lakeside-tracker' } }),
    'no jti': () => ({ claims: { jti: undefined } }),
    'unknown key': () => ({ header: { kid: 'unknown' } }),
    'no key named': () => ({ header: { kid: undefined } }),
    'foreign key set': () => ({ header: { jku: 'https://example.org/jwks.json' } }),
  };
  test.each(Object.entries(cases))('%s', async (_name, changes) => {
    const organization = opened.organization();
    expect((await tokenRequest(opened.send, organization, 'scribe')).status).toBe(200);
    const refused = await tokenRequest(opened.send, organization, 'scribe', changes());
    expect({ status: refused.status, error: refused.json.error }).toEqual({ status: 401, error: 'invalid_client' });
    expect((await tokenRequest(opened.send, organization, 'scribe')).status).toBe(200);
  });

  test('alg none and a shared-secret signature', async () => {
    const organization = opened.organization();
    const [, payload = ''] = (await assertion(organization, 'scribe')).split('.');
    const encoded = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url');
    const unsigned = `${encoded({ alg: 'none' })}.${payload}.`;
    const start = `${encoded({ alg: 'HS256' })}.${payload}`;
    const shared = `${start}.${createHmac('sha256', 'secret').update(start).digest('base64url')}`;
    for (const signed of [unsigned, shared]) {
      expect((await tokenRequest(opened.send, organization, 'scribe', { signed })).status).toBe(401);
    }
  });

  test('a replay, also when the copies arrive together', async () => {
    const organization = opened.organization();
    const signed = await assertion(organization, 'scribe');
    const answers = await Promise.all(
      [1, 2, 3].map(() => tokenRequest(opened.send, organization, 'scribe', { signed })),
    );
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toEqual([200]);
    expect((await tokenRequest(opened.send, organization, 'scribe', { signed })).status).toBe(401);
  });

  test("another organization's client", async () => {
    const summit = opened.organization('summit');
    const signed = await assertion(opened.organization(), 'scribe', { claims: { aud: summit.tokenUrl } });
    expect((await tokenRequest(opened.send, summit, 'scribe', { signed })).status).toBe(401);
  });
});

test.each([
  ['more than registered', ['system/Patient.rs', 'system/Patient.u']],
  ['a wildcard', ['system/*.rs']],
  ['unknown', ['system/Patient.rs', 'launch/patient']],
  ['none', []],
])('scope %s: invalid_scope', async (_name, scopes) => {
  const answer = await tokenRequest(opened.send, opened.organization(), 'scribe', { scopes });
  expect({ status: answer.status, error: answer.json.error }).toEqual({ status: 400, error: 'invalid_scope' });
});

test('a token is introspected and revoked by its client, and by no other', async () => {
  const organization = opened.organization();
  const { token, get } = await opened.signIn('scribe');
  const ask = async (endpoint: string, name: string) =>
    opened.send(
      'POST',
      `${organization.issuer}/${endpoint}`,
      { 'content-type': 'application/x-www-form-urlencoded' },
      new URLSearchParams({
        token,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertion(organization, name),
      }).toString(),
    );
  expect((await ask('introspect', 'scribe')).json).toMatchObject({
    active: true,
    client_id: 'lakeside-scribe',
    aud: organization.fhirBase,
    token_type: 'Bearer',
  });
  expect((await ask('introspect', 'tracker')).json).toEqual({ active: false });
  await ask('revoke', 'tracker');
  expect((await get('Patient?_count=1')).status).toBe(200);
  expect((await ask('revoke', 'scribe')).status).toBe(200);
  expect((await get('Patient?_count=1')).status).toBe(401);
  expect((await ask('introspect', 'scribe')).json).toEqual({ active: false });
});

test('a token of one organization opens nothing at the other', async () => {
  const here = await opened.signIn('scribe');
  const answer = await opened.send('GET', `${opened.organization('summit').fhirBase}/Patient?_count=1`, {
    authorization: `Bearer ${here.token}`,
  });
  expect(answer.status).toBe(401);
  expect(answer.json.resourceType).toBe('OperationOutcome');
  expect((await here.get('Patient?_count=1')).status).toBe(200);
});

test.each([
  ['no token', 'Bearer'],
  ['a short token', 'Bearer x'],
  ['an unknown token', `Bearer ${randomUUID()}`],
  ['another scheme', 'Basic eDp5'],
  ['an endless token', `Bearer ${'a'.repeat(9_000)}`],
])('Authorization with %s is not signed in', async (_name, authorization) => {
  const answer = await opened.send('GET', `${opened.organization().fhirBase}/Patient`, { authorization });
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toContain('Bearer');
});

test('nothing else of the authorization server is reachable', async () => {
  const { issuer } = opened.organization();
  for (const path of ['auth', 'reg', 'me', '.well-known/openid-configuration', 'device/auth']) {
    expect((await opened.send('GET', `${issuer}/${path}`)).status).toBe(404);
  }
});

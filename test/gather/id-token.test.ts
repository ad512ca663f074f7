import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { readIdToken } from '../../src/gather/id-token.js';

const nowMs = Date.UTC(2026, 10, 20);
const now = nowMs / 1_000;
const claims = {
  iss: 'https://ehr.example',
  aud: 'app',
  exp: now + 300,
  iat: now,
  nonce: 'n-1',
  sub: 'u-1',
  fhirUser: 'https://ehr.example/fhir/Practitioner/d1',
};
const good = {
  signed: true,
  issuer: true,
  audience: true,
  inTime: true,
  nonce: true,
  fhirUser: claims.fhirUser,
};
type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
let own: Key;
let foreign: Key;
let keys: unknown;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256');
  own = pair.privateKey;
  foreign = (await generateKeyPair('ES256')).privateKey;
  keys = { keys: [{ ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'k1' }] };
});

const read = (idToken: string | undefined, keySet: unknown = keys) =>
  readIdToken(idToken, { keys: keySet, issuer: 'https://ehr.example', clientId: 'app', nonce: 'n-1', nowMs });
const signed = (changes: Record<string, unknown> = {}, key = own) =>
  new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(key);

describe('HS-24 an id_token', () => {
  test('in order', async () => {
    expect(await read(await signed())).toEqual(good);
  });

  test.each<[string, Record<string, unknown>, Partial<typeof good>]>([
    ['another issuer', { iss: 'https://other.example' }, { issuer: false }],
    ['for another app', { aud: 'other' }, { audience: false }],
    ['for several apps', { aud: ['other', 'app'] }, {}],
    ['over', { exp: now - 120 }, { inTime: false }],
    ['without an end', { exp: undefined }, { inTime: false }],
    ['issued tomorrow', { iat: now + 86_400 }, { inTime: false }],
    ['of another sign-in', { nonce: 'n-2' }, { nonce: false }],
  ])('%s', async (_name, changes, different) => {
    expect(await read(await signed(changes))).toEqual({ ...good, ...different });
  });

  test.each([['urn:x'], [undefined], ['javascript:alert(1)']])('fhirUser %s is no person', async (fhirUser) => {
    expect((await read(await signed({ fhirUser })))?.fhirUser).toBeUndefined();
  });

  test('signed by another key, or by none', async () => {
    expect(await read(await signed({}, foreign))).toEqual({ ...good, signed: false });
    expect((await read(new UnsecuredJWT(claims).encode()))?.signed).toBe(false);
  });

  test.each([[undefined], ['nothing'], [{ keys: 'x' }], [{ keys: [] }], [{ keys: [7] }]])(
    'key set %j proves nothing',
    async (keySet) => {
      expect((await read(await signed(), keySet === undefined ? null : keySet))?.signed).toBe(false);
    },
  );

  test.each([[undefined], [''], ['a.b.c'], ['x'.repeat(30_000)]])('%s cannot be read', async (idToken) => {
    expect(await read(idToken)).toBeUndefined();
  });
});

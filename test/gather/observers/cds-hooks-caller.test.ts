import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  callerFaults,
  callerToken,
  cdsCaller,
  faultyCallerToken,
  type CdsCaller,
} from '../../../src/gather/observers/cds-hooks-caller.js';
import { isMissing } from '../../../src/model/fact.js';

const fhirBase = 'https://ehr.example/fhir';
const address = 'https://cds.example/cds-services/a';
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const pemOf = (key: typeof ec.privateKey): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const foreign = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const keySet = {
  url: 'https://keys.invalid/jwks.json',
  kid: 'foreign',
  privateKey: foreign.privateKey,
  fetched: () => null,
  close: () => Promise.resolve(),
};

async function callerOf(more: object = {}): Promise<CdsCaller> {
  const caller = await cdsCaller({ base: 'https://cds.example', ...more }, pemOf(ec.privateKey), fhirBase);
  if (isMissing(caller)) throw new Error('no caller');
  return caller;
}

describe('the token of a call', () => {
  it('names who calls whom, for four minutes and once', async () => {
    const caller = await callerOf({ tenant: 'lakeside', jku: 'https://ehr.example/jwks.json' });
    const [one, other] = [await callerToken(caller, [address]), await callerToken(caller, [address])];
    const { payload, protectedHeader } = await jwtVerify(one, ec.publicKey, { issuer: fhirBase, audience: address });
    expect(protectedHeader).toEqual({
      alg: 'ES384',
      typ: 'JWT',
      kid: caller.kid,
      jku: 'https://ehr.example/jwks.json',
    });
    expect(payload).toMatchObject({ aud: address, tenant: 'lakeside' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(240);
    expect(decodeJwt(other).jti).not.toBe(payload.jti);
  });

  it('is made with the algorithm of the key', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const caller = await cdsCaller({ base: 'https://cds.example', kid: 'mine' }, pemOf(rsa.privateKey), fhirBase);
    expect(caller).toMatchObject({ algorithm: 'RS384', kid: 'mine', issuer: fhirBase });
  });

  it.each([
    ['text', () => 'no key'],
    ['a key on another curve', () => pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
  ])('cannot be made from %s', async (_, pem) => {
    expect(await cdsCaller({ base: 'https://cds.example' }, pem(), fhirBase)).toMatchObject({
      missing: 'no-credential',
    });
  });
});

describe('a token that has to be refused', () => {
  const right = { issuer: fhirBase, audience: address, algorithms: ['ES384', 'RS384'] };

  it.each(callerFaults.filter((fault) => fault !== 'no-token' && fault !== 'replayed' && fault !== 'other-tenant'))(
    '%s: a careful verifier refuses it',
    async (fault) => {
      const token = await faultyCallerToken(fault, await callerOf(), [address], { used: '', keySet });
      await expect(jwtVerify(token ?? '', ec.publicKey, right)).rejects.toThrow();
    },
  );

  it('is wrong in nothing else: a verifier that does not look at this takes it', async () => {
    const caller = await callerOf({ tenant: 'lakeside' });
    const make = (fault: (typeof callerFaults)[number]) =>
      faultyCallerToken(fault, caller, [address], { used: 'used', keySet }).then((token) => token ?? '');
    const secret = new TextEncoder().encode(
      createPublicKey(ec.privateKey).export({ type: 'spki', format: 'pem' }).toString(),
    );
    await jwtVerify(await make('shared-secret'), secret, { ...right, algorithms: ['HS256'] });
    await jwtVerify(await make('wrong-audience'), ec.publicKey, { issuer: fhirBase });
    await jwtVerify(await make('foreign-key-set'), foreign.publicKey, right);
    await jwtVerify(await make('unknown-issuer'), foreign.publicKey, { audience: address });
    const expired = await make('expired');
    await jwtVerify(expired, ec.publicKey, { ...right, currentDate: new Date((decodeJwt(expired).iat ?? 0) * 1_000) });
    const { payload } = await jwtVerify(await make('other-tenant'), ec.publicKey, right);
    expect(payload['tenant']).not.toBe('lakeside');
    expect(decodeProtectedHeader(await make('unsigned'))).toMatchObject({ alg: 'none', kid: caller.kid });
    expect(decodeJwt(await make('foreign-signature'))).toMatchObject({ iss: fhirBase, aud: address });
    expect(await make('replayed')).toBe('used');
    expect(await faultyCallerToken('no-token', caller, [address], { used: '', keySet })).toBeUndefined();
  });
});

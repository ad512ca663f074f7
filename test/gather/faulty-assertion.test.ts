import { decodeJwt, decodeProtectedHeader, exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { assertionFaults, faultyAssertion, type AssertionFault } from '../../src/gather/faulty-assertion.js';
import { openForeignKeySet } from '../../src/gather/foreign-key-set.js';

const tokenUrl = 'https://ehr.example/token';
const keys = await generateKeyPair('ES384', { extractable: true });
const client = {
  binding: { id: 'spare', environment: 'test', usedBy: 'ai-system', flow: 'backend', alg: 'ES384', kid: 'k1' },
  credential: { clientId: 'spare-1', privateKeyPem: await exportPKCS8(keys.privateKey) },
  tokenUrl,
} as const;
const used = await faultyAssertion('expired', client, {});

async function verified(fault: AssertionFault): Promise<{ signed: boolean; differs: string[] }> {
  const keySet = await openForeignKeySet(tokenUrl, 'ES384');
  const text = await faultyAssertion(fault, client, { keySet, replayed: used });
  await keySet.close();
  const nowSeconds = Date.now() / 1_000;
  const { iss, sub, aud, exp = 0 } = decodeJwt(text);
  const { kid, jku, alg } = decodeProtectedHeader(text);
  const signed = await jwtVerify(text, keys.publicKey, { currentDate: new Date((exp - 60) * 1_000) }).then(
    () => true,
    () => false,
  );
  const differs = [
    ...(alg === 'ES384' ? [] : ['alg']),
    ...(kid === 'k1' ? [] : ['kid']),
    ...(jku === undefined ? [] : ['jku']),
    ...(iss === 'spare-1' ? [] : ['iss']),
    ...(sub === 'spare-1' ? [] : ['sub']),
    ...(aud === tokenUrl ? [] : ['aud']),
    ...(exp > nowSeconds && exp < nowSeconds + 300 ? [] : ['exp']),
  ];
  return { signed, differs };
}

describe('an assertion a server has to refuse', () => {
  it.each([
    ['no-signature', false, ['alg']],
    ['foreign-signature', false, []],
    ['foreign-key-set', false, ['kid', 'jku']],
    ['replayed', true, ['exp']],
    ['wrong-audience', true, ['aud']],
    ['wrong-subject', true, ['sub']],
    ['expired', true, ['exp']],
    ['lives-100-minutes', true, ['exp']],
    ['unknown-key', true, ['kid']],
  ] as const)('%s is wrong in that and in nothing else', async (fault, signed, differs) => {
    expect(await verified(fault)).toEqual({ signed, differs });
  });

  it('covers every fault there is', () => {
    expect(assertionFaults).toHaveLength(9);
  });

  it('points at an address that cannot exist unless the server is on this machine', async () => {
    const elsewhere = await openForeignKeySet(tokenUrl, 'ES384');
    expect([new URL(elsewhere.url).hostname, elsewhere.fetched()]).toEqual(['keys.invalid', null]);
    const here = await openForeignKeySet('https://127.0.0.1:9443/token', 'ES384');
    expect([new URL(here.url).hostname, here.fetched()]).toEqual(['127.0.0.1', false]);
    await here.close();
  });
});

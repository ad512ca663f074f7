import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { listen } from '../wire/listener.js';
import { isLoopback } from './write-policy.js';

const generate = promisify(generateKeyPair);

/** A key nobody registered, and the address that is said to publish it. */
export interface ForeignKeySet {
  readonly url: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** Whether somebody asked for the key set; null where the server could not have reached this machine. */
  fetched(): boolean | null;
  close(): Promise<void>;
}

/** Never resolves (RFC 2606): a server elsewhere is not sent to anybody's address. */
const nowhere = 'https://keys.invalid/jwks.json';

/** Listens on loopback where the token URL is there too. */
export async function openForeignKeySet(tokenUrl: string, algorithm: 'RS384' | 'ES384'): Promise<ForeignKeySet> {
  const { publicKey, privateKey } = await foreignKey(algorithm);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const key = { kid, privateKey };
  if (!isLoopback(tokenUrl)) {
    return { ...key, url: nowhere, fetched: () => null, close: () => Promise.resolve() };
  }
  let requests = 0;
  const body = JSON.stringify({ keys: [{ ...jwk, kid, alg: algorithm, use: 'sig' }] });
  const listener = await listen({
    handler() {
      requests += 1;
      return { status: 200, headers: { 'content-type': 'application/json' }, body };
    },
  });
  return { ...key, url: `${listener.origin}/jwks.json`, fetched: () => requests > 0, close: () => listener.close() };
}

/** A key pair of the kind an algorithm needs. */
export const foreignKey = (algorithm: 'RS384' | 'ES384'): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> =>
  algorithm === 'RS384' ? generate('rsa', { modulusLength: 2048 }) : generate('ec', { namedCurve: 'P-384' });

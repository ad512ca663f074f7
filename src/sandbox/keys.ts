import { generateKeyPair, type KeyObject } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { ToolError } from '../model/errors.js';

const generate = promisify(generateKeyPair);

export interface ClientKey {
  readonly kid: string;
  /** Public key with `kid`, `alg` and `use`. */
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  /** PKCS #8. */
  readonly privatePem: string;
}

/** The key of a name: a new one when the name is first asked for. */
export type KeyOf = (name: string, algorithm: 'RS384' | 'ES384') => Promise<ClientKey>;

/** A signing key for `private_key_jwt`: RSA 2048 for RS384, P-384 for ES384. The kid is the RFC 7638 thumbprint. */
export async function createClientKey(algorithm: 'RS384' | 'ES384'): Promise<ClientKey> {
  const { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject } =
    algorithm === 'RS384'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ec', { namedCurve: 'P-384' });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    kid,
    publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' },
    privateJwk: { ...(await exportJWK(privateKey)), kid, alg: algorithm, use: 'sig' },
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/**
 * Makes a folder only its owner can enter. One that exists keeps its rights: it may be anything of the user's.
 * @throws ToolError `folder-not-usable`
 */
export async function createPrivateFolder(folder: string): Promise<void> {
  await usable(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }));
}

/**
 * Replaces a file by one only its owner can read. A link of that name is replaced, never followed.
 * @throws ToolError `folder-not-usable`
 */
export async function writePrivateFile(folder: string, name: string, text: string): Promise<string> {
  const file = join(folder, name);
  const fresh = `${file}.new`;
  await usable(folder, async () => {
    await rm(fresh, { force: true });
    await writeFile(fresh, text, { mode: 0o600, flag: 'wx' });
    await rename(fresh, file);
  });
  return file;
}

async function usable(folder: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (fault) {
    const { code = 'unknown' } = fault as NodeJS.ErrnoException;
    throw new ToolError('folder-not-usable', `files cannot be written to ${folder} (${code})`, {
      next: 'Name a folder you may write to.',
    });
  }
}

/** Files of a certificate and its key in this folder, as the organization document names them. */
export async function writeListenerFiles(
  folder: string,
  identity: { readonly cert: string; readonly key: string } | undefined,
): Promise<{
  readonly listenerTls?: { readonly cert: { readonly ref: string }; readonly key: { readonly ref: string } };
}> {
  if (identity === undefined) return {};
  await writePrivateFile(folder, 'listener.pem', identity.cert);
  await writePrivateFile(folder, 'listener.key', identity.key);
  return { listenerTls: { cert: { ref: 'file:listener.pem' }, key: { ref: 'file:listener.key' } } };
}

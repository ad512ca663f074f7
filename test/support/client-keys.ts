import { createClientKey, type ClientKey } from '../../src/sandbox/keys.js';

const made: Record<'RS384' | 'ES384', Promise<ClientKey>[]> = { RS384: [], ES384: [] };

/**
 * Keys for one sandbox, all different, and the same ones for the next sandbox: making RSA keys took most of the time of a
 * short trial.
 */
export function reusedKeys(): typeof createClientKey {
  const used = { RS384: 0, ES384: 0 };
  return (algorithm) => (made[algorithm][used[algorithm]++] ??= createClientKey(algorithm));
}

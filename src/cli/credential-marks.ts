import { createHmac, createPrivateKey, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import type { CredentialMark } from '../gather/probe.js';
import { resolveSecret, type SecretPlaces } from '../load/secrets.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import type { Reference } from '../model/documents/parts.js';
import { ToolError } from '../model/errors.js';

/** Marks of one run compare with each other and with nothing else. */
export type Marking = (text: string) => string;

export function newMarking(): Marking {
  const key = randomBytes(32);
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}

/**
 * What tells the credentials of one environment apart, never the credentials: a keyed digest of the client id, of the
 * thumbprint of each key (RFC 7638), of each secret and of the client certificate. What does not resolve has no mark.
 */
export async function credentialMarks(
  organization: OrganizationProfile,
  environmentId: string,
  places: SecretPlaces,
  mark: Marking,
): Promise<CredentialMark[]> {
  const { id } = organization.metadata;
  const environment = organization.environments?.[environmentId];
  const one = async (
    what: CredentialMark['what'],
    holder: string,
    given: Reference | string | undefined,
    identityOf: (text: string) => Promise<string> | string = (text) => text,
  ): Promise<CredentialMark[]> => {
    if (given === undefined) return [];
    const named = { organization: id, what, holder };
    try {
      const text = typeof given === 'string' ? given : (await resolveSecret(given, places, readable(what))).trim();
      return [{ ...named, mark: mark(await identityOf(text)) }];
    } catch (error) {
      if (error instanceof ToolError || error instanceof UnreadableCredential) return [named];
      throw error;
    }
  };
  const bindings = (organization.auth?.bindings ?? []).filter((binding) => binding.environment === environmentId);
  const marks = await Promise.all([
    ...bindings.flatMap((binding) => [
      one('client-id', binding.id, binding.clientId),
      one('key', binding.id, binding.key, thumbprint),
      one('secret', binding.id, binding.secret),
    ]),
    one('certificate', environmentId, environment?.tls?.clientCert?.cert, fingerprint),
    one('key', environmentId, environment?.tls?.clientCert?.key, thumbprint),
  ]);
  return marks.flat();
}

class UnreadableCredential extends Error {
  override readonly name = 'UnreadableCredential';
}

const readable = (what: CredentialMark['what']): { anyoneMayRead?: boolean } =>
  what === 'certificate' || what === 'client-id' ? { anyoneMayRead: true } : {};

async function thumbprint(pem: string): Promise<string> {
  try {
    return await calculateJwkThumbprint(await exportJWK(createPublicKey(createPrivateKey(pem))));
  } catch {
    throw new UnreadableCredential('no private key');
  }
}

function fingerprint(pem: string): string {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    throw new UnreadableCredential('no certificate');
  }
}

import { createPrivateKey } from 'node:crypto';
import { resolveSecret, type SecretPlaces } from '../load/secrets.js';
import type { AuthBinding, OrganizationProfile } from '../model/documents/organization.js';
import { ToolError } from '../model/errors.js';
import type { Diagnosis } from '../report/diagnosis.js';
import { certificateFiles } from './run-inputs.js';

const dayMs = 86_400_000;
/** The limits of `profile.credentials`. */
const lastDays = 7;
const noticeDays = 30;

/** Whether each key of the environment can be read and is of its binding's algorithm, and how long certificates in files hold. */
export async function diagnoseSecrets(
  organization: OrganizationProfile,
  environmentId: string,
  places: SecretPlaces,
  nowMs: number,
): Promise<Diagnosis[]> {
  const bindings = (organization.auth?.bindings ?? []).filter(({ environment }) => environment === environmentId);
  const keys = await Promise.all(bindings.map((binding) => diagnoseBinding(binding, places)));
  const files = await certificateFiles(organization, environmentId, places);
  const none: Diagnosis = {
    area: 'secrets',
    what: 'clients',
    level: 'note',
    found: 'none for this environment: a run reads public documents only',
    next: 'Add auth.bindings, and make a key with "ehr-scorecard keys".',
  };
  return [
    ...(bindings.length === 0 ? [none] : keys),
    ...files.map(({ name, notAfter }): Diagnosis => {
      if (notAfter !== null) return diagnoseValidity(name, notAfter, nowMs);
      return { area: 'certificates', what: name, level: 'ill', found: 'the file holds no certificate' };
    }),
  ];
}

async function diagnoseBinding(binding: AuthBinding, places: SecretPlaces): Promise<Diagnosis> {
  const about = { area: 'secrets', what: binding.id } as const;
  try {
    if (typeof binding.clientId === 'object') await resolveSecret(binding.clientId, places, { anyoneMayRead: true });
    if (binding.clientId === undefined) {
      return { ...about, level: 'ill', found: 'no clientId', next: 'Add the id the EHR gave this client.' };
    }
    if (binding.key !== undefined) return { ...about, ...keyWords(await resolveSecret(binding.key, places), binding) };
    if (binding.secret !== undefined) {
      await resolveSecret(binding.secret, places);
      return { ...about, level: 'well', found: 'client secret is there' };
    }
    if (binding.flow !== 'backend') return { ...about, level: 'well', found: 'public client, people sign in' };
    return { ...about, level: 'ill', found: 'neither key nor secret', next: 'Make one with "ehr-scorecard keys".' };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { ...about, level: 'ill', found: error.message, ...(error.next === undefined ? {} : { next: error.next }) };
  }
}

/** RS384 takes RSA of 2,048 bits or more, ES384 the curve P-384 (RFC 7518, section 3.1). */
function keyWords(pem: string, { alg = 'RS384' }: AuthBinding): Pick<Diagnosis, 'level' | 'found' | 'next'> {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    const { modulusLength = 0, namedCurve } = asymmetricKeyDetails ?? {};
    const fits = alg === 'RS384' ? asymmetricKeyType === 'rsa' && modulusLength >= 2_048 : namedCurve === 'secp384r1';
    const kind = asymmetricKeyType === 'rsa' ? `RSA of ${modulusLength} bits` : (namedCurve ?? asymmetricKeyType);
    if (fits && pem.includes('BEGIN PRIVATE KEY')) return { level: 'well', found: `private key for ${alg}, ${kind}` };
    if (fits) {
      return {
        level: 'ill',
        found: 'the private key is not in PKCS #8',
        next: 'openssl pkcs8 -topk8 -nocrypt -in OLD.pem -out NEW.pem',
      };
    }
    return { level: 'ill', found: `${kind} cannot sign ${alg}`, next: 'Correct alg, or make a key for it.' };
  } catch {
    return {
      level: 'ill',
      found: 'the file holds no private key without a passphrase',
      next: 'Name a PKCS #8 PEM file.',
    };
  }
}

/** How long a certificate still holds. @param notAfter ISO 8601 */
export function diagnoseValidity(what: string, notAfter: string, nowMs: number): Diagnosis {
  const days = Math.floor((Date.parse(notAfter) - nowMs) / dayMs);
  const found = `${days < 0 ? 'ended' : `${days} days left, until`} ${notAfter.slice(0, 10)}`;
  if (days > noticeDays) return { area: 'certificates', what, level: 'well', found };
  const level = days < lastDays ? 'ill' : 'note';
  return { area: 'certificates', what, level, found, next: 'Have it renewed before it ends.' };
}

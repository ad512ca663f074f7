import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { AuthBinding } from '../model/documents/organization.js';
import { ExchangeFault } from './request.js';
import { foreignKey, type ForeignKeySet } from './foreign-key-set.js';
import { assertionClaims, signedAssertion, type Credential } from './sign-in.js';

/** What is wrong with a client assertion; the worst to have accepted first (safety rule 27). */
export const assertionFaults = [
  'no-signature',
  'foreign-signature',
  'foreign-key-set',
  'replayed',
  'wrong-audience',
  'wrong-subject',
  'expired',
  'lives-100-minutes',
  'unknown-key',
] as const;
export type AssertionFault = (typeof assertionFaults)[number];

const minute = 60;
const nobody = 'https://nobody.invalid/token';
const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/**
 * A client assertion a server has to refuse.
 * https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html#signature-verification
 * @param given.replayed an assertion that was used before
 * @throws ExchangeFault `prerequisite-failed` when what it needs is not given
 */
export async function faultyAssertion(
  fault: AssertionFault,
  client: { readonly binding: AuthBinding; readonly credential: Credential; readonly tokenUrl: string },
  given: { readonly replayed?: string; readonly keySet?: ForeignKeySet },
): Promise<string> {
  const { binding, credential, tokenUrl } = client;
  const alg = binding.alg ?? 'RS384';
  const claims = assertionClaims(credential.clientId, tokenUrl);
  const own = (different: Parameters<typeof signedAssertion>[3]): Promise<string> =>
    signedAssertion(binding, credential, tokenUrl, different);
  const kid = binding.kid === undefined ? {} : { kid: binding.kid };
  const make: Readonly<Record<AssertionFault, () => string | Promise<string>>> = {
    'no-signature': () => `${encoded({ alg: 'none', typ: 'JWT', ...kid })}.${encoded(claims)}.`,
    'foreign-signature': async () => {
      const { privateKey } = await foreignKey(alg);
      return new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT', ...kid }).sign(privateKey);
    },
    'foreign-key-set': () => {
      const { keySet } = given;
      if (keySet === undefined) throw new ExchangeFault('prerequisite-failed', 'no foreign key set', undefined);
      return new SignJWT(claims)
        .setProtectedHeader({ alg, typ: 'JWT', kid: keySet.kid, jku: keySet.url })
        .sign(keySet.privateKey);
    },
    replayed: () => {
      if (given.replayed === undefined)
        throw new ExchangeFault('prerequisite-failed', 'no assertion was used before', undefined);
      return given.replayed;
    },
    'wrong-audience': () => own({ claims: { aud: nobody } }),
    'wrong-subject': () => own({ claims: { sub: randomUUID() } }),
    expired: () => own({ claims: { iat: claims.iat - 20 * minute, exp: claims.iat - 15 * minute } }),
    'lives-100-minutes': () => own({ claims: { exp: claims.iat + 100 * minute } }),
    'unknown-key': () => own({ kid: randomUUID() }),
  };
  return make[fault]();
}

import { listen } from '../../wire/listener.js';
import { isLoopback } from '../write-policy.js';

/** Names nobody can own: https://www.rfc-editor.org/rfc/rfc2606 */
export const foreignHost = 'scorecard-foreign.invalid';

/** A FHIR base nobody has agreed on. */
export interface ForeignIssuer {
  readonly base: string;
  close(): Promise<void>;
}

/** Where the app runs on this machine it could ask the foreign base where to sign in; elsewhere the name leads nowhere. */
export async function openForeignIssuer(launchUrl: URL): Promise<ForeignIssuer> {
  if (!isLoopback(launchUrl.href)) return { base: `https://${foreignHost}/fhir`, close: () => Promise.resolve() };
  const body = JSON.stringify({
    authorization_endpoint: `https://${foreignHost}/authorize`,
    token_endpoint: `https://${foreignHost}/token`,
    code_challenge_methods_supported: ['S256'],
    capabilities: ['launch-ehr'],
  });
  const listener = await listen({
    handler: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body }),
  });
  return { base: `${listener.origin}/fhir`, close: () => listener.close() };
}

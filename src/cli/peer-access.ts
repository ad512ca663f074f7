import type { PeerAccess } from '../gather/peers.js';
import type { OriginRule, Purpose } from '../wire/exchange.js';
import type { PeerInput } from './peer-inputs.js';
import { credentialsOf, originsOfEnvironment, secretPlacesOf, type DocumentFlags } from './run-inputs.js';

/** Of another organization, and of the product there. */
const reachedThere = new Set<Purpose>(['fhir', 'token', 'authorize', 'ai-app', 'ai-routes']);

/**
 * Where other organizations are reached, and with what: their FHIR base and sign-in, and the product as they open it, each
 * with the certificates their own file names, and the credentials that lie beside that file.
 */
export async function peerAccess(
  peers: readonly PeerInput[],
  flags: DocumentFlags,
): Promise<{ readonly origins: readonly OriginRule[]; readonly access: ReadonlyMap<string, PeerAccess> }> {
  const origins: OriginRule[] = [];
  const access = new Map<string, PeerAccess>();
  for (const { path, peer } of peers) {
    const { organization, environment, environmentId } = peer;
    const secretPlaces = secretPlacesOf({ ...flags, organization: path });
    const reached = await originsOfEnvironment(environment, organization, secretPlaces);
    origins.push(...reached.origins.filter(({ purpose }) => reachedThere.has(purpose)));
    access.set(organization.metadata.id, {
      bases: reached.bases,
      credentials: await credentialsOf(organization, environmentId, secretPlaces),
    });
  }
  return { origins, access };
}

import { environmentKey, otherEnvironments } from '../gather/discovery.js';
import type { PeerAccess } from '../gather/peers.js';
import type { RunDocuments } from '../gather/probe.js';
import type { SecretPlaces } from '../load/secrets.js';
import { ToolError } from '../model/errors.js';
import type { OriginRule } from '../wire/exchange.js';
import { tlsOf } from './run-inputs.js';

/**
 * Where the organization's other environments are reached, for what needs no sign-in. One whose certificates cannot be read
 * from here is left out: the run is not about it.
 */
export async function environmentAccess(
  { organization, environmentId }: Pick<RunDocuments, 'organization' | 'environmentId'>,
  secretPlaces: SecretPlaces,
  known: readonly OriginRule[],
): Promise<{ readonly origins: readonly OriginRule[]; readonly access: ReadonlyMap<string, PeerAccess> }> {
  const origins: OriginRule[] = [];
  const access = new Map<string, PeerAccess>();
  for (const { id, environment } of otherEnvironments(organization, environmentId)) {
    try {
      const tls = await tlsOf(environment, secretPlaces);
      const { origin } = new URL(environment.fhirBase);
      // An origin has one way to be trusted; that of the run's own environment comes first.
      if (![...known, ...origins].some((rule) => rule.origin === origin && rule.purpose === 'fhir')) {
        origins.push({ origin, purpose: 'fhir', ...(tls === undefined ? {} : { tls }) });
      }
      access.set(environmentKey(id), { bases: { fhir: environment.fhirBase }, credentials: new Map() });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
    }
  }
  return { origins, access };
}

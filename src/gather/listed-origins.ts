import { logAddress } from '../model/ai-log-place.js';
import type { RunDocuments } from './probe.js';

/** What each origin of the organization file is used for, in the order of the file. */
export function listedOrigins({
  organization: { auth, aiSystem, audit },
  environment: { fhirBase, tokenUrl },
  environmentId,
}: Pick<RunDocuments, 'organization' | 'environment' | 'environmentId'>): ReadonlyMap<string, string[]> {
  const bindings = (auth?.bindings ?? []).filter((binding) => binding.environment === environmentId);
  const listed: readonly (readonly [use: string, url: unknown])[] = [
    ['fhir', fhirBase],
    ['token', tokenUrl],
    ...bindings.map(({ jwksUrl }) => ['jwks', jwksUrl] as const),
    ['launch', aiSystem?.launchUrl],
    ['routes', aiSystem?.routes],
    ['webhook', aiSystem?.webhook?.url],
    ['cds-hooks', aiSystem?.cdsHooks?.base],
    ['ai-query', aiSystem?.query?.url],
    ['ai-log', logAddress({ aiSystem })],
    ['ai-control', aiSystem?.control?.url],
    ...(audit?.sources ?? []).map(({ location }) => ['audit', location] as const),
  ];
  const origins = new Map<string, string[]>();
  for (const [use, url] of listed) {
    if (typeof url !== 'string' || !URL.canParse(url)) continue;
    const { origin } = new URL(url);
    origins.set(origin, [...new Set([...(origins.get(origin) ?? []), use])]);
  }
  return origins;
}

import type { Environment, OrganizationProfile } from '../model/documents/organization.js';
import type { ProbeTools } from './probe.js';
import type { Answer, RequestTemplate } from './request.js';

/** What any client may ask for without a sign-in. */
export const discoveryPaths = { statement: 'metadata', smart: '.well-known/smart-configuration' } as const;
const accepts: Readonly<Record<keyof typeof discoveryPaths, string>> = {
  statement: 'application/fhir+json',
  smart: 'application/json',
};
/** More are left aside, in the order of the file. */
const mostOthers = 3;

/** Other environments of the same organization, at addresses of their own. */
export function otherEnvironments(
  { environments = {} }: OrganizationProfile,
  environmentId: string,
): readonly { readonly id: string; readonly environment: Environment }[] {
  const bases = new Set([environments[environmentId]?.fhirBase]);
  return Object.entries(environments)
    .flatMap(([id, environment]) => {
      if (bases.has(environment.fhirBase)) return [];
      bases.add(environment.fhirBase);
      return [{ id, environment }];
    })
    .slice(0, mostOthers);
}

/** Under which name another environment is reached, beside other organizations. */
export const environmentKey = (id: string): string => `environment:${id}`;

/** One discovery document of the run's own environment, asked for once in a run. */
export async function ownDiscovery(
  { once, anonymous, cite }: ProbeTools,
  what: keyof typeof discoveryPaths,
): Promise<Answer> {
  const answer = await once(`discovery ${what}`, () =>
    anonymous({ method: 'GET', path: discoveryPaths[what], headers: { accept: accepts[what] } }),
  );
  cite([answer.exchange]);
  return answer;
}

/** The same of another environment. */
export const discoveryOf = (
  { anonymous }: ProbeTools,
  environmentId: string,
  what: keyof typeof discoveryPaths,
): Promise<Answer> =>
  anonymous({
    method: 'GET',
    path: discoveryPaths[what],
    headers: { accept: accepts[what] },
    peer: environmentKey(environmentId),
  });

/** What asking for both documents of this environment and of the others may send. */
export const discoveryTemplates = (others: readonly { readonly id: string }[]): RequestTemplate[] =>
  Object.values(discoveryPaths).flatMap((path) => {
    const template = { context: 'anonymous', method: 'GET', path, most: 1 } as const;
    return [template, ...others.map(({ id }) => ({ ...template, peer: environmentKey(id) }))];
  });

import type { Resource } from 'fhir/r4.js';
import { readSearchset } from '../fhir/bundle.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import { SafetyStop } from '../model/errors.js';
import { scopeFor } from './recorder.js';
import { ExchangeFault } from './request.js';
import type { Session } from './session.js';
import { TemplateBudget } from './template-match.js';
import { isLive } from './undo-state.js';

/**
 * Before anything is written: objects of earlier runs that are still live, found by our identifier system, which works on
 * any machine (safety rule 24). A server may ignore the parameter, so only bodies that carry the system count.
 * @throws SafetyStop when there are some
 */
export async function refuseLeftovers(options: {
  readonly organization: OrganizationProfile;
  readonly sessionFor: (resourceType: string) => Session | undefined;
}): Promise<void> {
  const { organization, sessionFor } = options;
  const system = organization.writePolicy?.identifierSystem;
  if (system === undefined) return;
  const types = (organization.writePolicy?.allow ?? [])
    .filter((rule) => rule.interactions.includes('create') && rule.resource !== 'Subscription')
    .map((rule) => rule.resource);
  const left: string[] = [];
  for (const type of new Set(types)) {
    const session = sessionFor(type);
    if (session === undefined) continue;
    const scope = scopeFor(
      'leftovers',
      'run',
      new TemplateBudget('leftovers', [
        { context: session.context, method: 'POST', path: `${type}/_search?identifier&_count`, most: 1 },
      ]),
    );
    const answer = await session
      .send(scope, {
        method: 'POST',
        path: `${type}/_search`,
        form: [
          ['identifier', `${system}|`],
          ['_count', '200'],
        ],
      })
      .catch((error: unknown) => {
        if (error instanceof ExchangeFault) return undefined;
        throw error;
      });
    const page = readSearchset(answer?.resource);
    if (page === undefined || page === 'too-many') continue;
    left.push(
      ...page.matches.filter((match) => isLive(match) && carries(match, system)).map((match) => `${type}/${match.id}`),
    );
  }
  if (left.length === 0) return;
  throw new SafetyStop(
    'leftovers',
    24,
    `${left.length} object(s) of an earlier run are still live: ${left.slice(0, 10).join(', ')}`,
    'Run `ehr-scorecard cleanup` on the folder of that run, or have the EHR team remove them, then start again.',
  );
}

function carries(resource: Resource, system: string): boolean {
  const { identifier } = resource as { identifier?: unknown };
  return (Array.isArray(identifier) ? identifier : []).some(
    (each: { system?: unknown } | undefined) => each?.system === system,
  );
}

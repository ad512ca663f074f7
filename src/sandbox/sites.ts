import type { Resource } from 'fhir/r4.js';

/** A site of an organization, with the references that make a resource belong to it. */
export interface Site {
  readonly id: string;
  /** `Location/<id>` */
  readonly location: string;
  /** `Organization/<id>` */
  readonly organization: string;
}

/**
 * The site a resource belongs to; `everywhere` for directories and administration, `unknown` where no reference leads
 * to a site (a session limited to a site does not see it).
 */
export type SiteOf = (resource: Resource) => { site: string } | 'everywhere' | 'unknown';

/** Elements that lead to a site, most telling first. Where a visit takes place counts before where its patient lives. */
const ways: Readonly<Record<string, readonly string[]>> = {
  Patient: ['managingOrganization'],
  Schedule: ['actor'],
  Slot: ['schedule'],
  Appointment: ['slot', 'participant.actor'],
  Encounter: ['location.location', 'subject'],
  DocumentReference: ['context.encounter', 'subject'],
  Coverage: ['beneficiary'],
  Task: ['for', 'focus'],
  Provenance: ['target'],
};
const usualWays = ['encounter', 'subject', 'patient'];
const siteless = new Set([
  'Organization',
  'Location',
  'Practitioner',
  'PractitionerRole',
  'HealthcareService',
  'Medication',
  'Subscription',
  'AuditEvent',
]);
const deepestWay = 4;

export function createSiteOf(
  sites: readonly Site[],
  find: (resourceType: string, id: string) => Resource | undefined,
): SiteOf {
  const byReference = new Map(
    sites.flatMap(({ id, location, organization }) => [[location, id] as const, [organization, id] as const]),
  );

  function follow(resource: Resource, depth: number): string | undefined {
    for (const way of ways[resource.resourceType] ?? usualWays) {
      for (const reference of referencesAt(resource, way)) {
        const site = byReference.get(reference);
        if (site !== undefined) return site;
        const [type, id] = reference.split('/');
        const next = depth < deepestWay && type && id ? find(type, id) : undefined;
        const further = next && follow(next, depth + 1);
        if (further !== undefined) return further;
      }
    }
    return undefined;
  }

  return (resource) => {
    if (siteless.has(resource.resourceType)) return 'everywhere';
    const site = follow(resource, 0);
    return site === undefined ? 'unknown' : { site };
  };
}

function referencesAt(resource: Resource, way: string): string[] {
  let values: unknown[] = [resource];
  for (const step of way.split('.')) values = values.flatMap((value) => childrenOf(value, step));
  return values.flatMap((value) => childrenOf(value, 'reference')).filter((value) => typeof value === 'string');
}

function childrenOf(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
  return [(value as Record<string, unknown>)[name]].flat();
}

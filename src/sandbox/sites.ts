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
const ways: Readonly<Record<string, readonly Way[]>> = {
  Patient: [['managingOrganization']],
  Schedule: [['actor']],
  Slot: [['schedule']],
  Appointment: [['slot'], ['participant', 'actor']],
  Encounter: [['location', 'location'], ['subject']],
  DocumentReference: [['context', 'encounter'], ['subject']],
  Coverage: [['beneficiary']],
  Task: [['for'], ['focus']],
  Provenance: [['target']],
  Binary: [['securityContext']],
};
const usualWays: readonly Way[] = [['encounter'], ['subject'], ['patient']];
/** Element names from the resource down to a Reference. */
type Way = readonly string[];
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

  function siteOfReference(reference: string, depth: number): string | undefined {
    const site = byReference.get(reference);
    if (site !== undefined || depth === deepestWay) return site;
    const [type, id] = reference.split('/');
    const next = type && id ? find(type, id) : undefined;
    return next && follow(next, depth + 1);
  }

  function follow(resource: Resource, depth: number): string | undefined {
    for (const way of ways[resource.resourceType] ?? usualWays) {
      const site = firstAlong(resource, way, 0, (reference) => siteOfReference(reference, depth));
      if (site !== undefined) return site;
    }
    return undefined;
  }

  return (resource) => {
    if (siteless.has(resource.resourceType)) return 'everywhere';
    const site = follow(resource, 0);
    return site === undefined ? 'unknown' : { site };
  };
}

/** The first answer `ask` gives to a reference at the end of a way. Asked for every search hit, so nothing is collected. */
function firstAlong(
  value: unknown,
  way: Way,
  step: number,
  ask: (reference: string) => string | undefined,
): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (const item of value) {
      const answer = firstAlong(item, way, step, ask);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
  const name = way[step];
  if (name !== undefined) {
    return Object.hasOwn(value, name)
      ? firstAlong((value as Record<string, unknown>)[name], way, step + 1, ask)
      : undefined;
  }
  const { reference } = value as { reference?: unknown };
  return typeof reference === 'string' ? ask(reference) : undefined;
}

import type { Consent, ConsentProvision, Coding, Resource } from 'fhir/r4.js';
import type { Role } from './clients.js';
import { patientsOf } from './fhir/references.js';

/** Why the record keeps a resource from a role that may otherwise read its type. */
export type Withheld = 'label' | 'consent';

/** Roles of programs: what a person asked to be kept from machines is kept from these. */
const machines: ReadonlySet<Role> = new Set(['bot', 'assistant', 'tracker']);
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
/** From least to most (https://terminology.hl7.org/ValueSet-v3-Confidentiality.html). */
const levels = ['U', 'L', 'M', 'N', 'R', 'V'];

/**
 * Machines get neither what is labelled restricted or very restricted nor what a patient's active Consent denies.
 * https://hl7.org/fhir/R4/security-labels.html, https://hl7.org/fhir/R4/consent.html
 * @param consents all Consents of the organization
 */
export function withheldFrom(
  role: Role,
  resource: Resource,
  base: string,
  consents: () => Iterable<Resource>,
): Withheld | undefined {
  if (!machines.has(role)) return undefined;
  const level = levelOf(resource);
  if (level !== undefined && levels.indexOf(level) >= levels.indexOf('R')) return 'label';
  for (const { status, provision, patient } of consents() as Iterable<Consent>) {
    if (status !== 'active' || provision === undefined || !denies(provision, resource)) continue;
    const whose = patient?.reference?.replace(/^Patient\//, '');
    if (whose !== undefined && patientsOf(resource, base).includes(whose)) return 'consent';
  }
  return undefined;
}

function denies({ type, class: classes = [], provision = [] }: ConsentProvision, resource: Resource): boolean {
  const concerned = classes.length === 0 || classes.some(({ code }) => code === resource.resourceType);
  return (type === 'deny' && concerned) || provision.some((inner) => denies(inner, resource));
}

function levelOf(resource: Resource): string | undefined {
  return resource.meta?.security?.find(({ system }) => system === confidentiality)?.code;
}

/** The highest confidentiality among the resources, as the label of the bundle that holds them. */
export function highWaterMark(resources: readonly Resource[]): Coding[] {
  const highest = resources.reduce((mark, each) => Math.max(mark, levels.indexOf(levelOf(each) ?? '')), -1);
  const code = levels[highest];
  return code === undefined ? [] : [{ system: confidentiality, code }];
}

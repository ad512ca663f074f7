import type { Resource } from 'fhir/r4.js';
import { readSearchset } from '../fhir/bundle.js';
import { localReference } from '../fhir/reference.js';
import { scopesAllow } from '../fhir/scopes.js';
import type { AccessContext, TestPatient } from '../model/documents/organization.js';
import { SafetyStop } from '../model/errors.js';
import { foundByPatient } from './known-objects.js';
import type { Client, ProbeTools, RunDocuments } from './probe.js';
import type { RequestTemplate } from './request.js';

/** An object of a site, shown to exist by a session that may see it. */
export interface SiteObject {
  readonly id: string;
  readonly site: string;
}

type Documents = Pick<RunDocuments, 'organization' | 'environmentId'>;

/** Patients whose records are looked through for an object of one type. */
const patientsAsked = 2;
const rowsAsked = '5';

/** Who reads what belongs to a site: a context of that site first, else one of every site. */
export function witness(
  { organization, environmentId }: Documents,
  site: string,
  resourceType: string,
  letter: 'r' | 's',
): AccessContext | undefined {
  const may = (context: AccessContext): boolean => {
    const binding = organization.auth?.bindings?.find((each) => each.id === context.binding);
    return (
      binding?.flow === 'backend' &&
      binding.environment === environmentId &&
      scopesAllow(binding.scopes ?? [], resourceType, letter)
    );
  };
  const contexts = (organization.contexts ?? []).filter(may);
  return contexts.find((each) => each.site === site) ?? contexts.find((each) => each.site === undefined);
}

const elsewhere = <T extends { readonly site?: string }>(
  listed: readonly T[] | undefined,
  allowed: readonly string[],
) =>
  (listed ?? []).flatMap((each) =>
    each.site === undefined || allowed.includes(each.site) ? [] : [{ item: each, site: each.site }],
  );

const patientsElsewhere = ({ organization }: Documents, allowed: readonly string[]) =>
  elsewhere<TestPatient>(organization.testData?.patients, allowed);

/** The search that leads to objects of a type at a site: by patient, or slots by schedule. */
const searched = (resourceType: string): 'patient' | 'schedule' | undefined =>
  resourceType === 'Slot' ? 'schedule' : foundByPatient.has(resourceType) ? 'patient' : undefined;

/** What `objectElsewhere` may send for these types. */
export function siteObjectTemplates(
  documents: Documents,
  allowed: readonly string[],
  resourceTypes: readonly string[],
): RequestTemplate[] {
  const { organization } = documents;
  const template = (letter: 'r' | 's', type: string, parameter: string, sites: readonly string[], most: number) =>
    [...new Set(sites.map((site) => witness(documents, site, type, letter)?.id))].flatMap((context) =>
      context === undefined
        ? []
        : [
            letter === 'r'
              ? ({ context: `context:${context}`, method: 'GET', path: `${type}/{id}`, most } as const)
              : ({
                  context: `context:${context}`,
                  method: 'POST',
                  path: `${type}/_search?${parameter}&_count`,
                  most,
                } as const),
          ],
    );
  const patients = patientsElsewhere(documents, allowed).map(({ site }) => site);
  const schedules = elsewhere(organization.testData?.schedules, allowed).map(({ site }) => site);
  return resourceTypes.flatMap((type) => {
    const by = searched(type);
    if (type === 'Patient') return template('r', type, '', patients, patientsAsked);
    if (type === 'Schedule') return template('r', type, '', schedules, 1);
    if (by === 'schedule') return template('s', type, by, schedules, 1);
    return by === undefined
      ? []
      : [...template('s', type, by, patients, patientsAsked), ...template('r', 'Patient', '', patients, patientsAsked)];
  });
}

/** An object of the type at a site outside `allowed`, of listed test data; made once in a run. */
export const objectElsewhere = (
  tools: ProbeTools,
  allowed: readonly string[],
  resourceType: string,
): Promise<SiteObject | undefined> =>
  tools.once(`site-object:${resourceType}:${allowed.join(',')}`, () => find(tools, allowed, resourceType));

async function find(tools: ProbeTools, allowed: readonly string[], type: string): Promise<SiteObject | undefined> {
  const by = searched(type);
  if (type === 'Schedule' || by === 'schedule') {
    for (const { item, site } of elsewhere(tools.organization.testData?.schedules, allowed)) {
      const client = await signedIn(tools, witness(tools, site, type, by === undefined ? 'r' : 's'));
      if (client === undefined) continue;
      if (by === undefined) {
        const { resource } = await client.read(type, item.id);
        return resource?.resourceType === type ? { id: item.id, site } : undefined;
      }
      return rowAt(tools, client, type, by, `Schedule/${item.id}`, site);
    }
    return undefined;
  }
  for (const { item, site } of patientsElsewhere(tools, allowed).slice(0, patientsAsked)) {
    if (!(await proven(tools, item, site))) continue;
    if (type === 'Patient') return { id: item.id, site };
    const client = by && (await signedIn(tools, witness(tools, site, type, 's')));
    const found = client && (await rowAt(tools, client, type, 'patient', item.id, site));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function signedIn(tools: ProbeTools, context: AccessContext | undefined): Promise<Client | undefined> {
  const client = context && tools.context(context.id);
  return client !== undefined && (await client.signedIn()).usableToken ? client : undefined;
}

/** The first row that refers to no other site. */
async function rowAt(
  tools: ProbeTools,
  client: Client,
  type: string,
  parameter: 'patient' | 'schedule',
  value: string,
  site: string,
): Promise<SiteObject | undefined> {
  const { resource } = await client.search(type, [
    [parameter, value],
    ['_count', rowsAsked],
  ]);
  const page = readSearchset(resource);
  if (page === undefined || page === 'too-many') return undefined;
  const others = (tools.organization.sites ?? []).filter((each) => each.id !== site);
  const places = new Set(others.flatMap(({ location, organization }) => [location, organization]));
  const own = page.matches.find(
    (match) => match.resourceType === type && match.id !== undefined && !refersTo(match, places),
  );
  return own?.id === undefined ? undefined : { id: own.id, site };
}

function refersTo(value: unknown, places: ReadonlySet<string | undefined>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((each) => refersTo(each, places));
  return Object.entries(value).some(([name, inner]) =>
    name === 'reference' ? places.has(localReference(inner)) : refersTo(inner, places),
  );
}

/** Whether a session that may has read the patient. @throws SafetyStop when it does not carry its canary (safety rule 8) */
const proven = (tools: ProbeTools, patient: TestPatient, site: string): Promise<boolean> =>
  tools.once(`site-patient:${patient.alias}`, async () => {
    const client = await signedIn(tools, witness(tools, site, 'Patient', 'r'));
    const resource: Resource | undefined = client && (await client.read('Patient', patient.id)).resource;
    if (resource?.resourceType !== 'Patient') return false;
    if ('name' in resource && JSON.stringify(resource.name).includes(patient.canary) && !('link' in resource))
      return true;
    throw new SafetyStop(
      'canary-missing',
      8,
      `test patient ${patient.alias} does not carry its canary, or was merged: it may be a real person`,
      'Check the id and the canary in testData.patients with the EHR team before anything else is sent.',
    );
  });

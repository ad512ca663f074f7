import type { Location, Organization } from 'fhir/r4.js';
import type { ClinicSite, OrganizationId } from './clinic-index.js';
import type { Identity } from './identity.js';

export interface Places {
  readonly resources: readonly (Organization | Location)[];
  readonly sites: readonly ClinicSite[];
  /** `Organization/<id>` of the payer. */
  readonly payer: string;
}

const sitesOf: Readonly<Record<OrganizationId, readonly { id: string; name: string }[]>> = {
  lakeside: [
    { id: 'north', name: 'Lakeside North Clinic' },
    { id: 'south', name: 'Lakeside South Clinic' },
    { id: 'imaging', name: 'Lakeside Imaging Center' },
  ],
  summit: [
    { id: 'north', name: 'Summit North Clinic' },
    { id: 'south', name: 'Summit South Clinic' },
    { id: 'imaging', name: 'Summit Imaging Center' },
  ],
};

const zones: Readonly<Record<OrganizationId, string>> = { lakeside: 'America/Chicago', summit: 'America/Denver' };

export const organizationNames: Readonly<Record<OrganizationId, string>> = {
  lakeside: 'Lakeside Clinics (synthetic)',
  summit: 'Summit Medical Group (synthetic)',
};

const providerType = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: 'prov' }] };
const payerType = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: 'pay' }] };

/** The organization, its payer, and for each site an Organization (owner of its patients) and a Location. */
export function createPlaces({ organization, newId, system }: Identity): Places {
  const parent: Organization = {
    resourceType: 'Organization',
    id: newId('org'),
    active: true,
    type: [providerType],
    name: organizationNames[organization],
  };
  const payer: Organization = {
    resourceType: 'Organization',
    id: newId('org'),
    identifier: [{ system: system('payer'), value: 'SAMPLE-PLAN' }],
    active: true,
    type: [payerType],
    name: 'Sample Health Plan (synthetic)',
  };
  const resources: (Organization | Location)[] = [parent, payer];
  const sites = sitesOf[organization].map(({ id, name }) => {
    const owner: Organization = {
      resourceType: 'Organization',
      id: newId('org'),
      identifier: [{ system: system('site'), value: id }],
      active: true,
      type: [providerType],
      name,
      partOf: { reference: `Organization/${parent.id}` },
    };
    const location: Location = {
      resourceType: 'Location',
      id: newId('loc'),
      identifier: [{ system: system('site'), value: id }],
      status: 'active',
      name,
      mode: 'instance',
      address: { line: ['1 Example Street'], city: 'Exampletown', state: 'WI', postalCode: '00000', country: 'US' },
      managingOrganization: { reference: `Organization/${owner.id}` },
    };
    resources.push(owner, location);
    return {
      id,
      name,
      location: `Location/${location.id}`,
      organization: `Organization/${owner.id}`,
      zone: zones[organization],
    };
  });
  return { resources, sites, payer: `Organization/${payer.id}` };
}

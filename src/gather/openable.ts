import type { OrganizationProfile } from '../model/documents/organization.js';
import type { OpenedOn } from './person.js';

/** Test patients an EHR can open an app on, each with a visit where one is listed; those with a visit come first. */
export function openable({ testData }: OrganizationProfile, site?: string): (OpenedOn & { readonly alias: string })[] {
  const { patients = [], encounters = [] } = testData ?? {};
  const all = patients
    .filter((patient) => patient.gaps === undefined && (site === undefined || (patient.site ?? site) === site))
    .map(({ id, alias }) => {
      const encounter = encounters.find((each) => each.patient === alias)?.id;
      return { patient: id, alias, ...(encounter === undefined ? {} : { encounter }) };
    });
  return [...all.filter((each) => 'encounter' in each), ...all.filter((each) => !('encounter' in each))];
}

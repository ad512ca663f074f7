import type { Contract } from '../model/documents/contract.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import { applyOverrides, type OverrideFinding } from '../model/documents/overrides.js';
import type { Problem } from '../model/documents/problem.js';
import type { LoadedDocument } from './documents.js';
import { isPatientLogin } from '../model/app-clients.js';
import { ProblemList } from './problem-list.js';
import { templateHoles } from './template-holes.js';

const overrideWords: Readonly<Record<OverrideFinding['code'], string>> = {
  'override-not-declared': 'the contract declares no override point',
  'override-not-allowed': 'the contract does not allow this value at',
  'override-missing': 'the organization has to fill in',
};

/** What contract and organization say of each other and do not agree on; each problem stands in one of the two files. */
export function crossProblems(
  contract: LoadedDocument<Contract>,
  organization: LoadedDocument<OrganizationProfile>,
): readonly (Problem & { readonly document: 'contract' | 'organization' })[] {
  const inOrganization = new ProblemList(organization.root);
  const inContract = new ProblemList(contract.root);
  const triggers = (contract.value.triggers ?? []).map(({ id }) => id);
  const actions = (contract.value.actions ?? []).map(({ id }) => id);
  const roles = contract.value.permissions?.roles;
  const metrics = (contract.value.success ?? []).map(({ id }) => id);
  const { channels = {}, paths = {}, contexts = [], identifierSystems } = organization.value;
  for (const id of Object.keys(channels)) inOrganization.refer('trigger', `/channels/${id}`, id, triggers);
  for (const id of Object.keys(paths)) inOrganization.refer('action', `/paths/${id}`, id, actions);
  for (const [index, { role, fhirUser }] of contexts.entries()) {
    // The matrix is of staff; somebody who signs in as a patient has no row in it.
    if (roles !== undefined && !isPatientLogin(fhirUser))
      inOrganization.refer('role', `/contexts/${index}/role`, role, roles);
  }
  for (const [index, { metric }] of (organization.value.metrics ?? []).entries()) {
    inOrganization.refer('metric', `/metrics/${index}/metric`, metric, metrics);
  }
  const sites = organization.value.sites?.map(({ id }) => id);
  for (const [index, { site }] of (contract.value.permissions?.rules ?? []).entries()) {
    if (sites === undefined || site === undefined || site === 'own' || site === 'any') continue;
    for (const name of [site].flat()) inContract.refer('site', `/permissions/rules/${index}/site`, name, sites);
  }
  // A block nobody wrote is undecided; only one that is there can lack a name.
  const holes = identifierSystems === undefined ? [] : templateHoles(contract.root);
  for (const { pointer, name } of holes) {
    const [, system] = /^identifierSystems\.(.+)$/.exec(name) ?? [];
    inContract.refer('identifier system', pointer, system, Object.keys(identifierSystems ?? {}));
  }
  for (const { code, path, document, pointer } of applyOverrides(contract.value, organization.value).findings) {
    const list = document === 'contract' ? inContract : inOrganization;
    list.add(code, pointer, `${overrideWords[code]} ${path}`, { path });
  }
  return [
    ...inContract.problems.map((problem) => ({ ...problem, document: 'contract' as const })),
    ...inOrganization.problems.map((problem) => ({ ...problem, document: 'organization' as const })),
  ];
}

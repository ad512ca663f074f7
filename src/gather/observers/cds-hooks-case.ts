import type { Resource } from 'fhir/r4.js';
import type { Contract, ContractResource } from '../../model/documents/contract.js';
import type { OrganizationProfile, TestPatient } from '../../model/documents/organization.js';
import type { TestCases } from '../test-cases.js';
import { MissingTemplateValue } from '../template-values.js';
import type { DiscoveredService } from './cds-hooks-documents.js';
import { readTemplate } from './cds-hooks-prefetch.js';

/** What one call of a hook is about. */
export interface HookCase {
  readonly context: Readonly<Record<string, unknown>>;
  /** Data for the templates this tool can fill from the contract's own searches. */
  readonly prefetch: Readonly<Record<string, unknown>>;
}

interface Documents {
  readonly contract: Contract;
  readonly organization: OrganizationProfile;
}

/** Hooks whose context can be made from a test patient, the visit and the order. */
export const playedHooks = ['patient-view', 'order-select', 'order-sign', 'encounter-start', 'encounter-discharge'];

const orderTypes = ['ServiceRequest', 'MedicationRequest', 'DeviceRequest', 'NutritionOrder', 'VisionPrescription'];
const somebody = 'Practitioner/ehr-scorecard';

/**
 * A call about one test patient, out of nothing but what the contract reads. Undefined where the hook needs what the test
 * data do not hold.
 * https://cds-hooks.hl7.org/hooks/order-sign/
 */
export async function hookCase(
  service: DiscoveredService,
  testPatient: TestPatient,
  cases: TestCases,
  { contract, organization }: Documents,
): Promise<HookCase | undefined> {
  const { hook = '' } = service;
  if (!playedHooks.includes(hook)) return undefined;
  await cases.proven(testPatient);
  const found = async (resource: ContractResource | undefined): Promise<readonly Resource[]> => {
    if (resource?.find === undefined) return [];
    try {
      return (await cases.find(resource, testPatient)).resources;
    } catch (error) {
      if (error instanceof MissingTemplateValue) return [];
      throw error;
    }
  };
  const searched = (types: readonly string[]): ContractResource | undefined =>
    contract.resources?.find(({ type, find }) => find !== undefined && types.includes(type));
  const context: Record<string, unknown> = {
    userId: userOf(organization),
    patientId: testPatient.id,
  };
  const encounter = organization.testData?.encounters?.find(({ patient }) => patient === testPatient.alias);
  if (encounter !== undefined) context['encounterId'] = encounter.id;
  if (hook.startsWith('order-')) {
    const [order] = await found(searched(orderTypes));
    if (order === undefined) return undefined;
    const draft = { ...order, status: 'draft' };
    context['draftOrders'] = bundleOf('collection', [draft]);
    if (hook === 'order-select') context['selections'] = [`${order.resourceType}/${order.id}`];
  }
  if (hook.startsWith('encounter-') && encounter === undefined) return undefined;
  const prefetch: Record<string, unknown> = {};
  for (const [key, template] of service.prefetch) {
    const { types, read } = readTemplate(template);
    const [type = ''] = types;
    const resources =
      type === 'Patient' ? [(await cases.proven(testPatient)).patient] : await found(searched(types.slice(0, 1)));
    if (type !== 'Patient' && searched([type]) === undefined) continue;
    // No data is null, and never an empty Bundle.
    prefetch[key] = resources.length === 0 ? null : read ? resources[0] : bundleOf('searchset', resources);
  }
  return { context, prefetch };
}

/** The same about a patient, an order and a visit that exist nowhere. */
export function aboutNobody({ context, prefetch }: HookCase, newId: () => string): HookCase {
  const ids = new Map<string, string>();
  const learn = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { resourceType, id } = value as { resourceType?: unknown; id?: unknown };
    if (typeof resourceType === 'string' && typeof id === 'string' && !ids.has(id)) ids.set(id, newId());
    for (const [key, inner] of Object.entries(value)) if (key !== 'contained') learn(inner);
  };
  for (const name of ['patientId', 'encounterId']) {
    const id = context[name];
    if (typeof id === 'string') ids.set(id, newId());
  }
  learn(context);
  learn(prefetch);
  const renamed = (value: unknown, key: string): unknown => {
    if (typeof value === 'string' && naming.has(key)) {
      const [, type, id = ''] = /^(?:(?:.*\/)?([A-Z][A-Za-z]{1,63})\/)?([A-Za-z0-9.-]{1,64})$/.exec(value) ?? [];
      const other = ids.get(id);
      return other === undefined ? value : type === undefined ? other : `${type}/${other}`;
    }
    if (Array.isArray(value)) return value.map((inner) => renamed(inner, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, renamed(inner, name)]));
  };
  return renamed({ context, prefetch }, '') as HookCase;
}

/** Elements that name a resource. */
const naming = new Set(['id', 'reference', 'patientId', 'encounterId', 'selections']);

const userOf = ({ contexts = [], auth }: OrganizationProfile): string => {
  const staff = new Set((auth?.bindings ?? []).filter(({ usedBy }) => usedBy === 'staff').map(({ id }) => id));
  return contexts.find(({ binding, fhirUser }) => fhirUser !== undefined && staff.has(binding))?.fhirUser ?? somebody;
};

const bundleOf = (type: string, resources: readonly object[]): object => ({
  resourceType: 'Bundle',
  type,
  ...(type === 'searchset' ? { total: resources.length } : {}),
  entry: resources.map((resource) => ({ resource })),
});

import type { Resource } from 'fhir/r4.js';
import type { ContractAction } from '../model/documents/contract.js';
import type { FactValue } from '../model/fact.js';
import { ObjectTemplates, searchTemplate, stateElement } from './action-steps.js';
import type { Client, ProbeTools } from './probe.js';
import type { RequestTemplate } from './request.js';
import { followPages, searchsetOf } from './result-pages.js';
import type { FilledBody } from './test-objects.js';

/** What an action left in the EHR, as its author read it. */
export interface Written {
  readonly action: ContractAction;
  readonly filled: FilledBody;
  readonly object: Resource;
}

/** An index may lag; only what is missing at the third look is missing. */
const looks = 3;
const pagesFollowed = 2;

/** What looking by one search may send. */
export const lookTemplates = (context: string, search: string, type: string): RequestTemplate[] => [
  { context, method: 'GET', path: `${type}/{id}`, most: 2 },
  { context, method: 'GET', path: 'Patient/{id}', most: 2 },
  { ...searchTemplate(context, search, looks), pages: pagesFollowed },
  { context, method: 'GET', path: search.split('?')[0] ?? '', most: looks, pages: pagesFollowed },
];

/**
 * Whether another session finds the object by a search of the contract. What is not found counts as missing only when the
 * same session reads the object, or its patient, before and after.
 */
export async function seenByOthers(
  client: Client,
  search: string,
  written: Written,
  tools: ProbeTools,
): Promise<FactValue<'staff-view'>['views'][number]['sees']> {
  const { object, action } = written;
  const request = await new ObjectTemplates(tools, written.filled, object).search(search);
  let before = false;
  for (let look = 1; ; look++) {
    const page = searchsetOf(await client.search(request.type, request.parameters));
    if (page === undefined) return 'unknown';
    const { rows, end } = await followPages(client, request.type, page, tools.environment.fhirBase, {
      pages: pagesFollowed,
    });
    const found = rows.find(({ resourceType, id }) => resourceType === object.resourceType && id === object.id);
    if (found !== undefined) return stateOf(found, action) === stateOf(object, action) ? 'as-written' : 'other-state';
    if (end !== 'end') return 'unknown';
    // Only what is not found at once needs controls, around the looks that follow.
    if (look === 1) before = await mayRead(client, written);
    if (look === looks) return before && (await mayRead(client, written)) ? 'nothing' : 'unknown';
    await tools.pause(tools.environmentClass === 'simulator' ? 50 : 2_000);
  }
}

async function mayRead(client: Client, { object, filled }: Written): Promise<boolean> {
  if ((await client.read(object.resourceType, object.id ?? '')).ok) return true;
  return (await client.read('Patient', filled.patient.id)).ok;
}

const stateOf = (resource: Resource, action: ContractAction): unknown =>
  (resource as unknown as Record<string, unknown>)[stateElement(action)];

import type { Resource } from 'fhir/r4.js';
import { defineDeviation, withResources } from '../deviation.js';

const dropped: Readonly<Record<string, string>> = { Slot: 'serviceType', Patient: 'birthDate' };

export default defineDeviation({
  id: 'field-dropped',
  title: 'Most slots lack the visit type, most patients the birth date',
  caughtBy: ['read.required-fields'],
  source: 'https://hl7.org/fhir/R4/conformance-rules.html#mustSupport',
  wrap: (next) => async (request) => withResources(await next(request), withoutItsField),
});

function withoutItsField(resource: Resource): Resource {
  const field = dropped[resource.resourceType];
  if (field === undefined || keepsIt(resource.id ?? '')) return resource;
  return Object.fromEntries(Object.entries(resource).filter(([name]) => name !== field)) as unknown as Resource;
}

/** One id in five. */
function keepsIt(id: string): boolean {
  return Buffer.from(id).reduce((sum, byte) => sum + byte, 0) % 5 === 0;
}

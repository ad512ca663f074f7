import type { CapabilityStatement, Resource } from 'fhir/r4.js';
import { defineDeviation, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'statement-of-another-release',
  title: 'The server speaks FHIR R4B',
  caughtBy: ['discovery.capability'],
  source: 'https://hl7.org/fhir/R4/versioning.html',
  wrap: (next) => async (request) =>
    request.path.endsWith('/metadata') ? withResources(await next(request), changed) : next(request),
});

const changed = (resource: Resource): Resource =>
  ({ ...(resource as CapabilityStatement), fhirVersion: '4.3.0' }) as Resource;

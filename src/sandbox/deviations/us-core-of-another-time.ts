import type { CapabilityStatement, Resource } from 'fhir/r4.js';
import { defineDeviation, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'us-core-of-another-time',
  title: 'The server follows an older US Core than the organization says',
  caughtBy: ['discovery.capability'],
  source: 'https://hl7.org/fhir/us/core/general-requirements.html',
  wrap: (next) => async (request) =>
    request.path.endsWith('/metadata') ? withResources(await next(request), changed) : next(request),
});

const changed = (resource: Resource): Resource =>
  ({
    ...(resource as CapabilityStatement),
    implementationGuide: ['http://hl7.org/fhir/us/core/ImplementationGuide/hl7.fhir.us.core|3.1.1'],
  }) as Resource;

import type { CapabilityStatement, Resource } from 'fhir/r4.js';
import { defineDeviation, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'another-product-answers',
  title: 'The server names itself as another product than the one the connection is listed for',
  caughtBy: ['profile.certified-connection'],
  source: 'https://hl7.org/fhir/R4/capabilitystatement-definitions.html#CapabilityStatement.software',
  wrap: (next) => async (request) =>
    request.path.endsWith('/metadata') ? withResources(await next(request), changed) : next(request),
});

const changed = (resource: Resource): Resource =>
  ({
    ...(resource as CapabilityStatement),
    software: { name: 'Passerelle', version: '7' },
    implementation: { description: 'Passerelle of the clinic' },
  }) as Resource;

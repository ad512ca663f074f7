import type { CapabilityStatement, Resource } from 'fhir/r4.js';
import { defineDeviation, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'patch-in-one-environment',
  title: 'The environment it is tried in takes patches, the other one does not',
  caughtBy: ['profile.environment-parity'],
  source: 'https://hl7.org/fhir/R4/capabilitystatement.html',
  wrap: (next) => async (request) =>
    request.path.endsWith('/twin/fhir/metadata') ? withResources(await next(request), withoutPatch) : next(request),
});

function withoutPatch(resource: Resource): Resource {
  const statement = resource as CapabilityStatement;
  const rest = (statement.rest ?? []).map((server) => ({
    ...server,
    resource: (server.resource ?? []).map((type) => ({
      ...type,
      interaction: (type.interaction ?? []).filter(({ code }) => code !== 'patch'),
    })),
  }));
  return { ...statement, rest } as Resource;
}

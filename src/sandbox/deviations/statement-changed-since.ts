import type { CapabilityStatement, Resource } from 'fhir/r4.js';
import { defineDeviation, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'statement-changed-since',
  title: 'The statement was another one in the run before, though no version says so',
  caughtBy: ['profile.environment-parity'],
  source: 'https://hl7.org/fhir/R4/capabilitystatement.html',
  previous: true,
  wrap: (next) => {
    let asked = 0;
    return async (request) => {
      if (!request.path.endsWith('/lakeside/fhir/metadata')) return next(request);
      asked += 1;
      return asked === 1 ? withResources(await next(request), withoutLast) : next(request);
    };
  },
});

function withoutLast(resource: Resource): Resource {
  const statement = resource as CapabilityStatement;
  const rest = (statement.rest ?? []).map((server) => ({ ...server, resource: (server.resource ?? []).slice(0, -1) }));
  return { ...statement, rest } as Resource;
}

import type { CapabilityStatement, Resource } from 'fhir/r4.js';
import { answered, defineDeviation, outcome, withHeader, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'versions-not-kept',
  title: 'No resource has a version, and nobody is asked for one',
  caughtBy: ['write.version-conflict'],
  source: 'https://hl7.org/fhir/R4/http.html#versioning',
  wrap: (next) => async (request) => {
    if (request.path.includes('/_history')) return answered(404, outcome('not-found', 'No versions are kept'));
    const changes = ['PATCH', 'PUT', 'DELETE'].includes(request.method);
    const response = await next(withHeader(request, 'if-match', changes ? '*' : undefined));
    const { etag: _etag, ...headers } = response.headers ?? {};
    const location = headers['location']?.replace(/\/_history\/[^/]+$/, '');
    return withResources(
      { ...response, headers: { ...headers, ...(location === undefined ? {} : { location }) } },
      (resource) => unversioned(resource),
    );
  },
});

function unversioned(resource: Resource): Resource {
  if (resource.resourceType === 'CapabilityStatement') return statementWithout(resource as CapabilityStatement);
  const { versionId: _versionId, ...meta } = resource.meta ?? {};
  return resource.meta === undefined ? resource : { ...resource, meta };
}

const ofVersions = new Set(['vread', 'history-instance', 'history-type']);

const statementWithout = (statement: CapabilityStatement): CapabilityStatement => ({
  ...statement,
  rest: (statement.rest ?? []).map((rest) => ({
    ...rest,
    resource: (rest.resource ?? []).map((resource) => ({
      ...resource,
      versioning: 'no-version' as const,
      interaction: (resource.interaction ?? []).filter(({ code }) => !ofVersions.has(code)),
    })),
  })),
});

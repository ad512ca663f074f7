import type { CapabilityStatement } from 'fhir/r4.js';
import { answered, defineDeviation, outcome, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'patch-not-offered',
  title: 'Nothing stored can be changed in part',
  caughtBy: ['write.update-patch'],
  workflow: 'prior-authorization',
  source: 'https://hl7.org/fhir/R4/http.html#patch',
  wrap: (next) => async (request) => {
    if (request.method === 'PATCH') {
      return answered(405, outcome('not-supported', 'A resource is replaced as a whole'));
    }
    const response = await next(request);
    return request.path.endsWith('/metadata')
      ? withResources(response, (resource) => withoutPatch(resource as CapabilityStatement))
      : response;
  },
});

const withoutPatch = (statement: CapabilityStatement): CapabilityStatement => ({
  ...statement,
  rest: (statement.rest ?? []).map((rest) => ({
    ...rest,
    resource: (rest.resource ?? []).map((resource) => ({
      ...resource,
      interaction: (resource.interaction ?? []).filter(({ code }) => code !== 'patch'),
    })),
  })),
});

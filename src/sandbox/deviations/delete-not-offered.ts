import type { CapabilityStatement } from 'fhir/r4.js';
import { answered, defineDeviation, outcome, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'delete-not-offered',
  title: 'Nothing can be deleted through the interface',
  caughtBy: ['rollback.compensate'],
  source: 'https://hl7.org/fhir/R4/http.html#delete',
  given: ({ contract }) => {
    // A contract without a booking has nothing to take back by a delete.
    for (const action of contract['actions'] as Record<string, unknown>[]) {
      if (action['id'] !== 'book') continue;
      action['compensation'] = { interaction: 'delete', toState: 'deleted', limit: 'PT5M' };
    }
  },
  wrap: (next) => async (request) => {
    if (request.method === 'DELETE') return answered(405, outcome('not-supported', 'Nothing can be deleted'));
    const response = await next(request);
    return request.path.endsWith('/metadata')
      ? withResources(response, (resource) => withoutDelete(resource as CapabilityStatement))
      : response;
  },
});

const withoutDelete = (statement: CapabilityStatement): CapabilityStatement => ({
  ...statement,
  rest: (statement.rest ?? []).map((rest) => ({
    ...rest,
    resource: (rest.resource ?? []).map((resource) => ({
      ...resource,
      interaction: (resource.interaction ?? []).filter(({ code }) => code !== 'delete'),
    })),
  })),
});

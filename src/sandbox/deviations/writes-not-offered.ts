import type { CapabilityStatement } from 'fhir/r4.js';
import { answered, defineDeviation, outcome, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'writes-not-offered',
  title: 'Visits can be read and not booked through the interface',
  caughtBy: ['write.capability'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  wrap: (next) => async (request) => {
    if (request.method === 'POST' && request.path.endsWith('/Appointment')) {
      return answered(405, outcome('not-supported', 'Visits are booked on the screen'));
    }
    const response = await next(request);
    return request.path.endsWith('/metadata')
      ? withResources(response, (resource) => withoutCreate(resource as CapabilityStatement))
      : response;
  },
});

const withoutCreate = (statement: CapabilityStatement): CapabilityStatement => ({
  ...statement,
  rest: (statement.rest ?? []).map((rest) => ({
    ...rest,
    resource: (rest.resource ?? []).map((resource) =>
      resource.type === 'Appointment'
        ? { ...resource, interaction: (resource.interaction ?? []).filter(({ code }) => code !== 'create') }
        : resource,
    ),
  })),
});

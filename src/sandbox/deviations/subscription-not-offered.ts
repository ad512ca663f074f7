import type { CapabilityStatement } from 'fhir/r4.js';
import { defineDeviation, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'subscription-not-offered',
  title: 'The statement names no Subscription',
  caughtBy: ['event.channel'],
  source: 'https://hl7.org/fhir/R4/subscription.html',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!request.path.endsWith('/metadata')) return response;
    return withResources(response, (resource) => {
      const statement = resource as CapabilityStatement;
      return {
        ...statement,
        rest: statement.rest?.map((rest) => ({
          ...rest,
          resource: rest.resource?.filter(({ type }) => type !== 'Subscription'),
        })),
      } as CapabilityStatement;
    });
  },
});

import type { CapabilityStatement } from 'fhir/r4.js';
import { answered, defineDeviation, outcome, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'audit-events-not-offered',
  title: 'The log of accesses cannot be read through the interface',
  caughtBy: ['audit.reads-logged', 'audit.writes-logged'],
  besides: ['read.required-fields', 'write.version-conflict'],
  source: 'https://hl7.org/fhir/R4/auditevent.html',
  wrap: (next) => async (request) => {
    if (/\/fhir\/AuditEvent(\/|$)/.test(request.path)) {
      return answered(404, outcome('not-supported', 'The log is kept elsewhere'));
    }
    const response = await next(request);
    return request.path.endsWith('/metadata')
      ? withResources(response, (resource) => withoutLog(resource as CapabilityStatement))
      : response;
  },
});

const withoutLog = (statement: CapabilityStatement): CapabilityStatement => ({
  ...statement,
  rest: (statement.rest ?? []).map((rest) => ({
    ...rest,
    resource: (rest.resource ?? []).filter(({ type }) => type !== 'AuditEvent'),
  })),
});

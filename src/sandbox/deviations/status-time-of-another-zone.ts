import { defineDeviation, patches, sentBody, withBody } from '../deviation.js';

export default defineDeviation({
  id: 'status-time-of-another-zone',
  title: 'The offset of a time is dropped: the local time is stored as if it were UTC',
  caughtBy: ['write.status-timestamps'],
  source: 'https://hl7.org/fhir/R4/datatypes.html#dateTime',
  workflow: 'prior-authorization',
  wrap: (next) => (request) => {
    if (!patches(request, 'Task')) return next(request);
    const operations = sentBody(request) as { path: string; value?: unknown }[];
    return next(withBody(request, operations.map(asUtc)));
  },
});

const asUtc = (operation: { path: string; value?: unknown }): object =>
  operation.path === '/lastModified' && typeof operation.value === 'string'
    ? { ...operation, value: operation.value.replace(/[+-]\d{2}:\d{2}$/, 'Z') }
    : operation;

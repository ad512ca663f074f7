import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'missing-element-filled',
  title: 'A task without a status is stored as requested',
  caughtBy: ['write.invalid-rejected'],
  source: 'https://hl7.org/fhir/R4/conformance-rules.html#cardinality',
  workflow: 'prior-authorization',
  wrap: (next) => (request) => {
    if (request.method !== 'POST' || !request.path.endsWith('/Task')) return next(request);
    const task = JSON.parse(Buffer.from(request.body).toString()) as { status?: string };
    return next({ ...request, body: Buffer.from(JSON.stringify({ status: 'requested', ...task })) });
  },
});

import { creates, defineDeviation, sentBody, withBody } from '../deviation.js';

export default defineDeviation({
  id: 'machine-label-dropped',
  title: 'Labels in meta.security are dropped when a task is stored',
  caughtBy: ['write.ai-provenance'],
  source: 'https://hl7.org/fhir/R4/resource.html#Meta',
  workflow: 'prior-authorization',
  wrap: (next) => (request) => {
    if (!creates(request, 'Task')) return next(request);
    const { meta, ...content } = sentBody(request) as { meta?: { security?: unknown } };
    const { security: _dropped, ...kept } = meta ?? {};
    return next(withBody(request, { ...content, meta: kept }));
  },
});

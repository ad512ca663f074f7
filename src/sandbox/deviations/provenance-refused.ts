import { answered, creates, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'provenance-refused',
  title: 'The interface takes no Provenance',
  caughtBy: ['write.ai-provenance'],
  source: 'https://hl7.org/fhir/R4/provenance.html',
  workflow: 'prior-authorization',
  wrap: (next) => (request) =>
    creates(request, 'Provenance')
      ? Promise.resolve(answered(405, outcome('not-supported', 'Provenance is written by this system alone')))
      : next(request),
});

import { answered, defineDeviation, outcome, reads } from '../deviation.js';

export default defineDeviation({
  id: 'medication-links-broken',
  title: 'Prescriptions point to drugs that cannot be found',
  caughtBy: ['read.references-attachments'],
  source: 'https://hl7.org/fhir/R4/references.html',
  workflow: 'documentation',
  wrap: (next) => (request) =>
    reads(request, 'Medication')
      ? Promise.resolve(answered(404, outcome('not-found', 'There is no such resource')))
      : next(request),
});

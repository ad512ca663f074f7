import { answered, creates, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'create-refused',
  title: 'Creating is declared and refused',
  caughtBy: ['write.create'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  wrap: (next) => (request) =>
    creates(request, 'Appointment')
      ? Promise.resolve(answered(403, outcome('forbidden', 'Write access is not activated for this client')))
      : next(request),
});

import { answered, creates, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'create-outcome-with-200',
  title: 'A create that could not be carried out is answered 200 and an OperationOutcome',
  caughtBy: ['write.create'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  wrap: (next) => (request) =>
    creates(request, 'Appointment')
      ? Promise.resolve(answered(200, outcome('processing', 'The booking could not be carried out')))
      : next(request),
});

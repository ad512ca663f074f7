import { answered, defineDeviation, outcome } from '../deviation.js';

export default defineDeviation({
  id: 'invalid-write-fails',
  title: 'A visit that breaks a rule ends in a server error',
  caughtBy: ['write.invalid-rejected'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return request.method === 'POST' && request.path.endsWith('/Appointment') && response.status === 422
      ? answered(500, outcome('exception', 'Unexpected value'))
      : response;
  },
});

import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'invalid-write-unexplained',
  title: 'A visit that breaks a rule is refused without a word',
  caughtBy: ['write.invalid-rejected'],
  source: 'https://hl7.org/fhir/R4/operationoutcome.html',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return request.method === 'POST' && request.path.endsWith('/Appointment') && response.status === 422
      ? { status: 400 }
      : response;
  },
});

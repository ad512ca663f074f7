import { creates, defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'create-without-trace',
  title: 'A create is answered 201 with nothing that names what was created',
  caughtBy: ['write.create'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return creates(request, 'Appointment') && response.status === 201 ? { status: 201 } : response;
  },
});

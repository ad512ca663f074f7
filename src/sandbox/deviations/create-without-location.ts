import { creates, defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'create-without-location',
  title: 'A create is answered without Location',
  caughtBy: ['write.create'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!creates(request, 'Appointment')) return response;
    const { location: _location, ...headers } = response.headers ?? {};
    return { ...response, headers };
  },
});

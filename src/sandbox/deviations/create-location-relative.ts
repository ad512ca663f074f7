import { creates, defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'create-location-relative',
  title: 'Location is a relative reference',
  caughtBy: ['write.create'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  wrap: (next) => async (request) => {
    const response = await next(request);
    const location = response.headers?.['location'];
    if (location === undefined || !creates(request, 'Appointment')) return response;
    return { ...response, headers: { ...response.headers, location: location.replace(/^.*(?=Appointment\/)/, '') } };
  },
});

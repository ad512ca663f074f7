import { creates, defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'create-location-elsewhere',
  title: 'Location names a host behind the gateway',
  caughtBy: ['write.create'],
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2',
  wrap: (next) => async (request) => {
    const response = await next(request);
    const location = response.headers?.['location'];
    if (location === undefined || !creates(request, 'Appointment')) return response;
    const inside = location.replace(/^https?:\/\/[^/]+/, 'http://fhir.internal.example:8080');
    return { status: response.status, headers: { ...response.headers, location: inside }, body: '' };
  },
});

import { creates, defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'create-not-stored',
  title: 'A create is answered 201 and nothing is stored',
  caughtBy: ['write.create'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  wrap: (next) => (request) =>
    creates(request, 'Appointment')
      ? Promise.resolve({
          status: 201,
          headers: { location: `${request.path}/apt-lost/_history/1`, etag: 'W/"1"' },
        })
      : next(request),
});

import { defineDeviation, patches } from '../deviation.js';

export default defineDeviation({
  id: 'patch-not-applied',
  title: 'The first patch of an appointment is answered 200 and forgotten',
  caughtBy: ['write.update-patch', 'rollback.compensate'],
  source: 'https://hl7.org/fhir/R4/http.html#patch',
  wrap: (next) => {
    const forgotten = new Set<string>();
    return (request) => {
      if (!patches(request, 'Appointment') || forgotten.has(request.path)) return next(request);
      forgotten.add(request.path);
      return next({ ...request, method: 'GET', body: Buffer.alloc(0) });
    };
  },
});

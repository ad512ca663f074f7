import { setTimeout as pause } from 'node:timers/promises';
import { defineDeviation } from '../deviation.js';

const slowEvery = 3;
const slowMs = 4_000;

export default defineDeviation({
  id: 'write-slow-tail',
  title: 'One booking in three is acknowledged four seconds after it was made',
  caughtBy: ['latency.write'],
  source: 'https://hl7.org/fhir/R4/http.html#create',
  wrap(next) {
    let bookings = 0;
    return async (request) => {
      const response = await next(request);
      if (request.method !== 'POST' || !request.path.endsWith('/Appointment')) return response;
      bookings += 1;
      if (bookings % slowEvery === 0) await pause(slowMs, undefined, { ref: false });
      return response;
    };
  },
});

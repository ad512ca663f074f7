import { setTimeout as pause } from 'node:timers/promises';
import { defineDeviation, searches } from '../deviation.js';

const millisecondsPerEntry = 45;

export default defineDeviation({
  id: 'search-slow-when-wide',
  title: 'A search for slots takes longer the more it finds: over two seconds for a full page',
  caughtBy: ['latency.read'],
  source: 'https://hl7.org/fhir/R4/search.html#count',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!searches(request, 'Slot')) return response;
    const text = response.body === undefined ? '' : Buffer.from(response.body).toString();
    const entries = text.split('"fullUrl"').length - 1;
    await pause(entries * millisecondsPerEntry, undefined, { ref: false });
    return response;
  },
});

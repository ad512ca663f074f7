import type { Bundle } from 'fhir/r4.js';
import { defineDeviation, searches } from '../deviation.js';

const lagMs = 12_000;

export default defineDeviation({
  id: 'search-index-lags',
  title: 'A new visit is found by searches twelve seconds after it was booked',
  caughtBy: ['latency.read-after-write', 'freshness.source-age'],
  source: 'https://github.com/LinuxForHealth/FHIR/issues/3817',
  wrap(next) {
    const bookedAtMs = new Map<string, number>();
    return async (request) => {
      const response = await next(request);
      const body = response.body === undefined ? '' : Buffer.from(response.body).toString();
      if (request.method === 'POST' && request.path.endsWith('/Appointment') && response.status === 201) {
        const id = /"id":"([^"]+)"/.exec(body)?.[1];
        if (id !== undefined) bookedAtMs.set(id, request.receivedAtMs);
        return response;
      }
      if (!searches(request, 'Appointment') || response.status !== 200) return response;
      const bundle = JSON.parse(body) as Bundle;
      const indexed = (bundle.entry ?? []).filter(
        ({ resource }) =>
          request.receivedAtMs - (bookedAtMs.get(resource?.id ?? '') ?? Number.NEGATIVE_INFINITY) > lagMs,
      );
      return { ...response, body: JSON.stringify({ ...bundle, entry: indexed }) };
    };
  },
});

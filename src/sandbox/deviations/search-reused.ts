import { createHash } from 'node:crypto';
import { defineDeviation, searches } from '../deviation.js';
import type { ListenerResponse } from '../../wire/listener.js';

const reusedForMs = 60_000;

export default defineDeviation({
  id: 'search-reused',
  title: 'The result of an equal search is given again for a minute, unless no cached answer is asked for',
  caughtBy: ['latency.read-after-write', 'freshness.source-age'],
  source: 'https://hapifhir.io/hapi-fhir/docs/server_jpa/configuration.html',
  wrap(next) {
    const results = new Map<string, { readonly atMs: number; readonly response: ListenerResponse }>();
    return async (request) => {
      const asked = searches(request, 'Appointment') || searches(request, 'Slot');
      if (!asked || request.headers['cache-control']?.includes('no-cache')) return next(request);
      const key = createHash('sha256')
        .update(`${request.headers['authorization']} ${request.path}?${request.query.toString()} `)
        .update(request.body)
        .digest('hex');
      const known = results.get(key);
      if (known !== undefined && request.receivedAtMs - known.atMs < reusedForMs) return known.response;
      const response = await next(request);
      results.set(key, { atMs: request.receivedAtMs, response });
      return response;
    };
  },
});

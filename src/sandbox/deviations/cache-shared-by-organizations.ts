import type { ListenerResponse } from '../../wire/listener.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'cache-shared-by-organizations',
  title: 'A cache in front of all organizations forgets whose record it holds',
  caughtBy: ['auth.cross-org-token'],
  source: 'https://www.rfc-editor.org/rfc/rfc9111#section-3.5',
  peer: true,
  wrap: (next) => {
    const cached = new Map<string, ListenerResponse>();
    return async (request) => {
      const response = await next(request);
      const key = request.path.replace(/^\/[^/]*/, '');
      if (request.method === 'GET' && response.status === 200 && key.startsWith('/fhir/Patient/'))
        cached.set(key, response);
      return response.status === 404 ? (cached.get(key) ?? response) : response;
    };
  },
});

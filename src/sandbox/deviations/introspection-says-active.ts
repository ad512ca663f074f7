import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'introspection-says-active',
  title: 'Introspection calls every token active',
  caughtBy: ['auth.token-lifecycle'],
  source: 'https://www.rfc-editor.org/rfc/rfc7662#section-2.2',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!request.path.endsWith('/auth/introspect') || response.status !== 200) return response;
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ active: true }) };
  },
});

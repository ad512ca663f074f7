import { defineDeviation } from '../deviation.js';
import { isTokenRequest } from '../token-answer.js';

export default defineDeviation({
  id: 'token-endpoint-redirects',
  title: 'The token endpoint sends the signed assertion on to another host',
  caughtBy: ['auth.backend-token'],
  source: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.12',
  wrap: (next) => async (request) =>
    isTokenRequest(request)
      ? { status: 307, headers: { location: 'https://login.example/token' }, body: '' }
      : next(request),
});

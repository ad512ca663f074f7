import { defineDeviation } from '../deviation.js';
import { isTokenRequest } from '../token-answer.js';

export default defineDeviation({
  id: 'token-answer-is-html',
  title: 'The token endpoint answers 200 with a maintenance page',
  caughtBy: ['auth.backend-token'],
  source: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.1',
  wrap: (next) => async (request) =>
    isTokenRequest(request)
      ? { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><title>Maintenance</title></html>' }
      : next(request),
});

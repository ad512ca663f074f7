import { defineDeviation } from '../deviation.js';
import { withTokenAnswer } from '../token-answer.js';

export default defineDeviation({
  id: 'expires-in-text',
  title: 'The token answer states the lifetime as a text',
  caughtBy: ['auth.backend-token'],
  source: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.1',
  wrap: (next) => async (request) =>
    withTokenAnswer(request, await next(request), (answer) => ({ ...answer, expires_in: '300' })),
});

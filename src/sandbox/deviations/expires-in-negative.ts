import { defineDeviation } from '../deviation.js';
import { withTokenAnswer } from '../token-answer.js';

export default defineDeviation({
  id: 'expires-in-negative',
  title: 'The token answer states a lifetime below zero',
  caughtBy: ['auth.backend-token'],
  source: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.1',
  wrap: (next) => async (request) =>
    withTokenAnswer(request, await next(request), (answer) => ({ ...answer, expires_in: -1 })),
});

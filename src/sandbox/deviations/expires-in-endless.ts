import { defineDeviation } from '../deviation.js';
import { withTokenAnswer } from '../token-answer.js';

export default defineDeviation({
  id: 'expires-in-endless',
  title: 'The token answer states a lifetime of 30,000 years',
  caughtBy: ['auth.backend-token'],
  source: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.1',
  wrap: (next) => async (request) =>
    withTokenAnswer(request, await next(request), (answer) => ({ ...answer, expires_in: 1e12 })),
});

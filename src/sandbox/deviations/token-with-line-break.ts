import { defineDeviation } from '../deviation.js';
import { withTokenAnswer } from '../token-answer.js';

export default defineDeviation({
  id: 'token-with-line-break',
  title: 'The access token holds a line break and a header',
  caughtBy: ['auth.backend-token'],
  source: 'https://www.rfc-editor.org/rfc/rfc6750#section-2.1',
  wrap: (next) => async (request) =>
    withTokenAnswer(request, await next(request), (answer) => ({ ...answer, access_token: 'abc\r\nx-admin: true' })),
});

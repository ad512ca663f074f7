import { defineDeviation } from '../deviation.js';
import { isTokenRequest } from '../token-answer.js';

export default defineDeviation({
  id: 'sign-in-refused-without-a-code',
  title: 'A refused sign-in is answered with an empty page',
  caughtBy: ['auth.assertion-negative'],
  source: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.2',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return isTokenRequest(request) && response.status >= 400 ? { status: response.status } : response;
  },
});

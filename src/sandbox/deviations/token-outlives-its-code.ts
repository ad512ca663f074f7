import { defineDeviation } from '../deviation.js';
import { codeSent } from '../token-answer.js';

export default defineDeviation({
  id: 'token-outlives-its-code',
  title: 'A code sent twice is refused, but the token it gave goes on working',
  caughtBy: ['auth.pkce'],
  source: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2',
  workflow: 'documentation',
  wrap: (next) => {
    const seen = new Set<string>();
    return async (request) => {
      const code = codeSent(request);
      if (code === undefined) return next(request);
      if (seen.has(code)) {
        return {
          status: 400,
          headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
          body: '{"error":"invalid_grant"}',
        };
      }
      seen.add(code);
      return next(request);
    };
  },
});

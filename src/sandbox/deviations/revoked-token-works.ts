import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'revoked-token-works',
  title: 'Revocation is answered with 200 and changes nothing',
  caughtBy: ['auth.token-lifecycle'],
  source: 'https://www.rfc-editor.org/rfc/rfc7009#section-2',
  wrap: (next) => (request) =>
    request.path.endsWith('/auth/revoke') ? Promise.resolve({ status: 200 }) : next(request),
});

import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { ListenerRequest } from '../../wire/listener.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'peer-client-accepted',
  title: 'The token endpoints of all organizations share one list of clients',
  caughtBy: ['auth.cross-org-token'],
  source: 'https://hl7.org/fhir/smart-app-launch/backend-services.html',
  peer: true,
  wrap: (next) => async (request) => {
    const { sub } = assertionOf(request);
    return request.path === '/summit/auth/token' && sub?.startsWith('lakeside-') === true
      ? {
          status: 200,
          headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
          body: JSON.stringify({ access_token: randomUUID(), token_type: 'Bearer', expires_in: 300 }),
        }
      : next(request);
  },
});

function assertionOf({ body }: ListenerRequest): { readonly sub?: string } {
  const assertion = new URLSearchParams(Buffer.from(body).toString('utf8')).get('client_assertion');
  return assertion === null ? {} : decodeJwt(assertion);
}

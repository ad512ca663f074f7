import { defineDeviation, withSmartConfiguration } from '../deviation.js';

export default defineDeviation({
  id: 'keys-over-plain-http',
  title: 'The keys of the server are offered over plain http',
  caughtBy: ['discovery.smart-config'],
  source: 'https://www.rfc-editor.org/rfc/rfc7517#section-9.1',
  wrap: (next) => async (request) =>
    withSmartConfiguration(request, await next(request), (document) => ({
      ...document,
      jwks_uri: 'http://keys.elsewhere.example/jwks',
    })),
});
